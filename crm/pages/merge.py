"""Merging: choose which records are one thing, compare them, say what stays."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm import labels
from crm.access.actor import Actor
from crm.errors import AccessDenied, CrmError, NotVisible, RuleViolation
from crm.models.levels import Privilege
from crm.pages.loading import load
from crm.records.forms import ActionForm, dress
from crm.records.lists.lookups import RecordMultipleChoiceField
from crm.records.merging.comparing import compared_fields
from crm.records.merging.duplicates import find_duplicates
from crm.records.merging.merged_records import merged_into
from crm.records.merging.services import merge_records, refuse_count, refuse_other_types
from crm.records.merging.side_by_side import SideBySide, links_read
from crm.records.running import go, number_of, run, say, token_of
from crm.records.services import lock_reason
from crm.records.services.once import make_once
from crm.registry.declaration import RecordType
from crm.registry.links import list_url, record_url

NEEDED = (Privilege.WRITE, Privilege.MERGE)


def merge_url(record_type: RecordType, ids: Iterable[int]) -> str:
    query = QueryDict(mutable=True)
    query.setlist("ids", [str(pk) for pk in sorted(set(ids))])
    return f"{reverse('records:merge', args=[record_type])}?{query.urlencode()}"


def go_to_merge(
    request: HttpRequest, record_type: RecordType, ids: list[int], *, otherwise: str
) -> HttpResponse:
    """From ticked rows to the page that compares them, if all of them may be merged."""
    rows = record_type.model.objects.visible_to(request.actor)
    try:
        refuse_count(len(set(ids)))
        _refuse_others_work(request, rows.filter(pk__in=ids))
    except RuleViolation as refused:
        messages.error(request, str(refused))
        return redirect(otherwise)
    return redirect(merge_url(record_type, ids))


def _refuse_others_work(request: HttpRequest, records: Iterable[Any]) -> None:
    """Says which ticked rows are in the way, so that they can be unticked."""
    kept = [f"“{one}”" for one in records if not _may(request, one)]
    if kept:
        raise RuleViolation(
            _("Your roles do not allow merging %(names)s. An administrator can change that.")
            % {"names": ", ".join(kept)}
        )


def _may(request: HttpRequest, record: Any) -> bool:
    return all(request.actor.allows(one, record) for one in NEEDED)


class OthersForm(ActionForm):
    """Which records are the same as this one; the likely ones are ticked beside it."""

    def __init__(self, *args: Any, actor: Actor, record: Any, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **kwargs)
        self.fields["others"] = RecordMultipleChoiceField(
            model=type(record), actor=actor, required=False, label=_("Look for another one")
        )
        dress(self)


@require_http_methods(["GET", "POST"])
def choose_others(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """What the record may be the same as: likely duplicates, and any other by look-up."""
    refuse_other_types(record_type)
    record = load(request, record_type, record_id)
    _require(request, [record])
    if reason := lock_reason(record_type, record):
        messages.error(request, str(reason))
        return redirect(record_url(record))
    sent = request.POST if request.method == "POST" else None
    form = OthersForm(sent, actor=request.actor, record=record)
    if request.method == "POST" and form.is_valid():
        ticked = [number_of(one) for one in request.POST.getlist("ids")]
        others = {*(one.pk for one in form.cleaned_data["others"] or ()), *filter(None, ticked)}
        if others - {record.pk}:
            here = request.get_full_path()
            return go_to_merge(request, record_type, [record.pk, *others], otherwise=here)
        form.add_error(None, _("Choose at least one other record."))
    values = {name: getattr(record, name) for key in record_type.duplicates for name in key.fields}
    context = {
        "type": record_type,
        "record": record,
        "form": form,
        "matches": find_duplicates(request.actor, record_type, values, exclude=record.pk),
        "title": labels.with_names(_("Merge with another %(type)s"), record_type.key),
    }
    status = 422 if form.is_bound else 200
    return render(request, "records/merge_with.html", context, status=status)


@require_http_methods(["GET", "POST"])
def merge_page(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The records side by side; on a POST they become one."""
    refuse_other_types(record_type)
    sent = request.POST if request.method == "POST" else request.GET
    ids = sorted({pk for pk in map(number_of, sent.getlist("ids")) if pk is not None})
    if request.method == "POST":
        return _merge(request, record_type, ids)
    try:
        refuse_count(len(ids))
    except RuleViolation as refused:
        messages.error(request, str(refused))
        return redirect(list_url(record_type.key))
    return _page(request, record_type, ids)


def _merge(request: HttpRequest, record_type: RecordType, ids: list[int]) -> HttpResponse:
    actor, survivor_id = request.actor, number_of(request.POST.get("survivor", ""))
    try:
        if survivor_id not in ids:
            raise RuleViolation(_("Choose which one stays."))
        (stayed, is_new), operation_id = run(
            actor=actor,
            service=make_once,
            token=token_of(request),
            make=lambda: merge_records(
                actor=actor,
                record_type=record_type,
                survivor_id=survivor_id,
                loser_ids=[pk for pk in ids if pk != survivor_id],
                versions=_versions(request, ids),
                choices=_chosen(request, record_type),
            ),
        )
    except (NotVisible, AccessDenied):
        raise
    except CrmError as refused:
        return _refused(request, record_type, ids, refused)
    if is_new:
        say(request, _("Merged into “%(record)s”.") % {"record": stayed}, operation_id)
    return go(request, record_url(stayed))


def _versions(request: HttpRequest, ids: list[int]) -> dict[int, int]:
    posted = {pk: number_of(request.POST.get(f"version_{pk}", "")) for pk in ids}
    return {pk: version for pk, version in posted.items() if version is not None}


def _chosen(request: HttpRequest, record_type: RecordType) -> dict[str, int]:
    posted = {
        one.name: number_of(request.POST.get(f"keep_{one.name}", ""))
        for one in compared_fields(record_type)
    }
    return {name: pk for name, pk in posted.items() if pk is not None}


def _refused(
    request: HttpRequest, record_type: RecordType, ids: list[int], refused: CrmError
) -> HttpResponse:
    """Back to the table with what was chosen; to the record that stayed if somebody was quicker."""
    rows = record_type.model.objects.visible_to(request.actor).filter(pk__in=ids)
    if rows.count() == len(ids) > 1:
        return _page(request, record_type, ids, refused=refused)
    stayed = (merged_into(request.actor, record_type, pk) for pk in ids)
    found = next(filter(None, stayed), None)
    messages.error(request, str(refused))
    return redirect(record_url(found) if found else list_url(record_type.key))


def _page(
    request: HttpRequest,
    record_type: RecordType,
    ids: list[int],
    *,
    refused: CrmError | None = None,
) -> HttpResponse:
    rows = record_type.model.objects.visible_to(request.actor).filter(pk__in=ids)
    records = list(rows.select_related(*links_read(record_type)).defer("search_text"))
    if len(records) < len(ids):
        raise NotVisible
    _require(request, records)
    table = SideBySide(
        request.actor,
        record_type,
        records,
        survivor_id=number_of(request.POST.get("survivor", "")),
        chosen=_chosen(request, record_type),
        errors=refused.fields if refused else None,
    )
    context = {
        "type": record_type,
        "table": table,
        "locked": [(one, reason) for one in records if (reason := lock_reason(record_type, one))],
        "refused": refused,
        "title": labels.with_names(_("Merge %(types)s"), record_type.key),
        "token": request.POST.get("form_token") or uuid.uuid4().hex,
    }
    status = refused.status if refused else 200
    return render(request, "records/merge.html", context, status=status)


def _require(request: HttpRequest, records: Iterable[Any]) -> None:
    for record in records:
        for privilege in NEEDED:
            request.actor.require(privilege, record)
