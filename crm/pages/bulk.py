"""One verb over many rows: edit, assign, delete, and the types' own verbs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm import labels
from crm.errors import CrmError, RuleViolation
from crm.models import BulkJob
from crm.pages.merge import go_to_merge
from crm.records.bulk import bulk_actions, jobs
from crm.records.bulk.tasks import enqueue_job
from crm.records.history.consequences import rehearse
from crm.records.lists.address import ListAddress
from crm.records.lists.selection import Selection
from crm.records.running import number_of, run, say
from crm.records.services import BulkResult
from crm.registry.declaration import Feature, RecordType
from crm.registry.links import list_url

LIMIT = 200_000
IN_REQUEST = 1000  # more rows are worked off in the background
CARRIED = 200  # more ids than that do not travel through the form
FORESEEN = 500  # rows for which the page says beforehand what would happen
NAMED = 10  # of those left alone

Chosen = dict[int, int | None]  # row -> the version that was seen


@require_POST
def bulk(request: HttpRequest, record_type: RecordType, verb: str) -> HttpResponse:
    """The chosen rows with a verb: first what it needs to know, then the deed and a report."""
    action = bulk_actions.action_of(record_type, verb)
    merges = verb == bulk_actions.MERGE and record_type.has(Feature.MERGE)
    if (
        verb not in (bulk_actions.EDIT, bulk_actions.ASSIGN, bulk_actions.DELETE)
        and action is None
        and not merges
    ):
        raise Http404
    chosen = chosen_rows(request, record_type, verb)
    ids = list(chosen)
    if not ids:
        messages.error(request, _("Choose at least one row first."))
        return redirect(_back(request, record_type))
    if merges:
        return go_to_merge(request, record_type, ids, otherwise=_back(request, record_type))
    if action and action.view:
        return import_string(action.view)(request, record_type, ids)
    data = request.POST if "do" in request.POST else None
    form = bulk_actions.form_of(record_type, verb, request.actor, data)
    is_complete = bulk_actions.is_complete(verb, form)
    if not is_complete or "foresee" in request.POST:
        foreseen = _foresee(request, record_type, chosen, verb, form) if is_complete else None
        return _ask(request, record_type, chosen, verb=verb, form=form, foreseen=foreseen)
    if len(ids) > IN_REQUEST:
        return _hand_over(request, record_type, ids, verb=verb)
    return _do(request, record_type, chosen, verb=verb, form=form)


def chosen_rows(request: HttpRequest, record_type: RecordType, verb: str) -> Chosen:
    """The ticked rows, every row of the view, or those chosen a step before; at most LIMIT.

    A ticked row is posted as `id.version`, the version its list showed. Of every row of a view
    nobody has seen each: these have none, and are changed as they are.
    """
    if job := _job_of(request, record_type, verb):
        return dict.fromkeys(job.ids)
    if request.POST.get("everything"):
        query = QueryDict(request.POST.get("query", ""))
        address = ListAddress(actor=request.actor, record_type=record_type, query=query)
        return dict.fromkeys(all_ids(address.selection))
    return seen_rows(request.POST.getlist("ids"))


def all_ids(selection: Selection) -> list[int]:
    """Every row of a view. Raises RuleViolation where they are more than LIMIT."""
    ids = list(selection.rows.order_by("pk").values_list("pk", flat=True)[: LIMIT + 1])
    if len(ids) > LIMIT:
        raise RuleViolation(
            _("At most %(limit)s rows can be changed at once. Narrow the view by a filter.")
            % {"limit": number_format(LIMIT, force_grouping=True)}
        )
    return ids


def seen_rows(texts: list[str]) -> Chosen:
    """'12.3' is row 12 as its version 3, '12' row 12 as it is; what is no number is left out."""
    chosen: Chosen = {}
    for text in texts:
        key, _point, version = text.partition(".")
        record_id = number_of(key)
        if record_id is not None:
            chosen[record_id] = number_of(version)
    return chosen


def _job_of(request: HttpRequest, record_type: RecordType, verb: str) -> BulkJob | None:
    job_id = number_of(request.POST.get("job", ""))
    if job_id is None:
        return None
    job = jobs.own_job(request.actor, job_id)
    if (job.record_type, job.verb) != (record_type.key, verb):
        raise Http404
    return job


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What the verb would do to the first `count` of the chosen rows."""

    count: int
    is_all: bool
    done: int = 0
    left_alone: Sequence[tuple[Any, str]] = ()
    left_count: int = 0
    refusal: CrmError | None = None


def _foresee(
    request: HttpRequest, record_type: RecordType, chosen: Chosen, verb: str, form: Any
) -> Foreseen:
    ids = sorted(chosen)[:FORESEEN]
    result, consequences = rehearse(
        actor=request.actor,
        service=bulk_actions.do,
        record_type=record_type,
        verb=verb,
        form=form,
        ids=ids,
        versions=chosen,
    )
    foreseen = Foreseen(
        count=len(ids), is_all=len(ids) == len(chosen), refusal=consequences.refusal
    )
    if foreseen.refusal:
        return foreseen
    named = dict(islice(result.refused.items(), NAMED))
    return replace(
        foreseen,
        done=result.done,
        left_alone=refusals(request, record_type, named),
        left_count=len(ids) - result.done,
    )


def _ask(
    request: HttpRequest,
    record_type: RecordType,
    chosen: Chosen,
    *,
    verb: str,
    form: Any,
    foreseen: Foreseen | None = None,
) -> HttpResponse:
    job = _job_of(request, record_type, verb)
    if job is None and len(chosen) > CARRIED:
        job = jobs.choose_rows(
            actor=request.actor, record_type=record_type, verb=verb, ids=list(chosen)
        )
    context = {
        "type": record_type,
        "ids": [] if job else [_posted(*row) for row in chosen.items()],
        "count": len(chosen),
        "job": job,
        "verb": verb,
        "form": form,
        "foreseen": foreseen,
        "title": title_of(record_type, verb),
        "back": _back(request, record_type),
        "query": request.POST.get("query", ""),
    }
    is_refused = form is not None and form.is_bound and form.errors
    status = 422 if is_refused and "foresee" not in request.POST else 200
    return render(request, "records/bulk.html", context, status=status)


def title_of(record_type: RecordType, verb: str) -> str:
    """The verb and what it is done to: 'Edit contacts'."""
    titles = {
        bulk_actions.EDIT: _("Edit %(types)s"),
        bulk_actions.ASSIGN: _("Assign %(types)s"),
        bulk_actions.DELETE: _("Delete %(types)s"),
    }
    action = bulk_actions.action_of(record_type, verb)
    return labels.with_names(titles.get(verb) or (action.label if action else ""), record_type.key)


def _posted(record_id: int, version: int | None) -> str:
    return str(record_id) if version is None else f"{record_id}.{version}"


def _hand_over(
    request: HttpRequest, record_type: RecordType, ids: list[int], *, verb: str
) -> HttpResponse:
    """So many rows are a worker's: the request only writes down what is wanted."""
    actor = request.actor
    job = _job_of(request, record_type, verb) or jobs.choose_rows(
        actor=actor, record_type=record_type, verb=verb, ids=ids
    )
    data = request.POST.copy()
    for name in ("ids", "csrfmiddlewaretoken"):
        data.pop(name, None)
    enqueue_job(jobs.begin_job(actor=actor, job_id=job.pk, data=data.urlencode()))
    return redirect("jobs:job", job_id=job.pk)


def _do(
    request: HttpRequest, record_type: RecordType, chosen: Chosen, *, verb: str, form: Any
) -> HttpResponse:
    try:
        result, operation_id = run(
            actor=request.actor,
            service=bulk_actions.do,
            record_type=record_type,
            verb=verb,
            form=form,
            ids=list(chosen),
            versions=chosen,
        )
    except CrmError as error:
        if form is None:
            raise
        form.add_error(None, str(error))
        return _ask(request, record_type, chosen, verb=verb, form=form)
    if result.done:
        say(request, done_sentence(verb, result.done), operation_id)
    if not result.refused:
        return redirect(_back(request, record_type))
    return _report(request, record_type, result)


def done_sentence(verb: str, count: int) -> str:
    sentences = {
        bulk_actions.EDIT: ngettext("Changed %(count)s row.", "Changed %(count)s rows.", count),
        bulk_actions.ASSIGN: ngettext("Assigned %(count)s row.", "Assigned %(count)s rows.", count),
        bulk_actions.DELETE: ngettext(
            "Moved %(count)s row to the bin.", "Moved %(count)s rows to the bin.", count
        ),
    }
    done = ngettext("Done for %(count)s row.", "Done for %(count)s rows.", count)
    return sentences.get(verb, done) % {"count": count}


def _report(request: HttpRequest, record_type: RecordType, result: BulkResult) -> HttpResponse:
    context = {
        "type": record_type,
        "result": result,
        "refused": refusals(request, record_type, result.refused),
        "back": _back(request, record_type),
    }
    return render(request, "records/bulk_report.html", context, status=200 if result.done else 422)


def refusals(
    request: HttpRequest, record_type: RecordType, refused: dict[int, str]
) -> list[tuple[Any, str]]:
    """The records that were left alone, with the reason, as far as the reader sees them."""
    rows = record_type.model.objects.visible_to(request.actor).in_bulk(list(refused))
    return [(rows[pk], reason) for pk, reason in refused.items() if pk in rows]


def _back(request: HttpRequest, record_type: RecordType) -> str:
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return f"{list_url(record_type.key)}?{query}" if query else list_url(record_type.key)
