"""One verb over many rows: edit, assign, delete, and the types' own verbs."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from crm import labels
from crm.errors import CrmError, RuleViolation
from crm.models import Principal
from crm.operations import current, operation
from crm.records import services
from crm.records.declaration import Action, RecordType
from crm.records.forms import RecordForm
from crm.records.listing import Listing
from crm.records.lookups import RecordChoiceField
from crm.records.services import BulkResult

LIMIT = 5000


class AssignForm(forms.Form):
    owner = RecordChoiceField(model=Principal, label=gettext_lazy("New owner"))

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].use_actor(actor)  # type: ignore[attr-defined]


@require_POST
def bulk(request: HttpRequest, record_type: RecordType, verb: str) -> HttpResponse:
    """The chosen rows with a verb: first what it needs to know, then the deed and a report."""
    ids = chosen_ids(request, record_type)
    if not ids:
        messages.error(request, _("Choose at least one row first."))
        return redirect(_back(request, record_type))
    known = {"edit": _edit, "assign": _assign, "delete": _delete}
    if verb in known:
        return known[verb](request, record_type, ids)
    for action in record_type.actions:
        if action.works_on_many and action.key == verb:
            return _own_verb(request, record_type, action, ids)
    raise Http404


def chosen_ids(request: HttpRequest, record_type: RecordType) -> list[int]:
    """The ticked rows, or every row of the view; at most LIMIT of them."""
    if request.POST.get("everything"):
        listing = Listing(
            actor=request.actor,
            record_type=record_type,
            query=QueryDict(request.POST.get("query", "")),
        )
        ids = list(listing.rows.order_by("pk").values_list("pk", flat=True)[: LIMIT + 1])
        if len(ids) > LIMIT:
            raise RuleViolation(
                _("At most 5,000 rows can be changed at once. Narrow the view by a filter.")
            )
        return ids
    return [int(one) for one in request.POST.getlist("ids") if one.isdecimal()][:LIMIT]


def _edit(request: HttpRequest, record_type: RecordType, ids: list[int]) -> HttpResponse:
    form = bulk_form(record_type, request)
    if "do" not in request.POST or not form.is_valid():
        return _ask(request, record_type, ids, verb="edit", form=form)
    values = {
        name: form.cleaned_data[name]
        for name in form.fields
        if request.POST.get(f"change_{name}") and name in form.cleaned_data
    }
    if not values:
        form.add_error(None, _("Tick at least one field to change."))
        return _ask(request, record_type, ids, verb="edit", form=form)
    return _do(
        request,
        record_type,
        lambda actor: services.bulk_update_records(
            actor=actor, record_type=record_type, ids=ids, values=values
        ),
        form=form,
        verb="edit",
        ids=ids,
    )


def bulk_form(record_type: RecordType, request: HttpRequest) -> Any:
    """The type's form with its bulk fields only; none is required, ticked ones count."""
    form_class = import_string(record_type.form)
    data = request.POST if "do" in request.POST else None
    form: RecordForm = form_class(data, actor=request.actor)
    for name in list(form.fields):
        if name not in record_type.bulk_fields:
            del form.fields[name]
        elif not request.POST.get(f"change_{name}"):
            form.fields[name].required = False
    return form


def _assign(request: HttpRequest, record_type: RecordType, ids: list[int]) -> HttpResponse:
    form = AssignForm(request.POST if "do" in request.POST else None, actor=request.actor)
    if "do" not in request.POST or not form.is_valid():
        return _ask(request, record_type, ids, verb="assign", form=form)
    owner = form.cleaned_data["owner"]
    return _do(
        request,
        record_type,
        lambda actor: services.assign_records(
            actor=actor, record_type=record_type, ids=ids, owner_id=owner.pk
        ),
        form=form,
        verb="assign",
        ids=ids,
    )


def _delete(request: HttpRequest, record_type: RecordType, ids: list[int]) -> HttpResponse:
    return _do(
        request,
        record_type,
        lambda actor: services.delete_records(actor=actor, record_type=record_type, ids=ids),
        form=None,
        verb="delete",
        ids=ids,
    )


def _own_verb(
    request: HttpRequest, record_type: RecordType, action: Action, ids: list[int]
) -> HttpResponse:
    """A type's verb; its view takes (request, record_type, ids), its service one id at a time."""
    if action.view:
        return import_string(action.view)(request, record_type, ids)
    form_class = import_string(action.form) if action.form else None
    data = request.POST if "do" in request.POST else None
    form = form_class(data, actor=request.actor) if form_class else None
    if form is not None and ("do" not in request.POST or not form.is_valid()):
        return _ask(request, record_type, ids, verb=action.key, form=form, action=action)
    service = import_string(action.service)
    values = form.cleaned_data if form is not None else {}
    return _do(
        request,
        record_type,
        lambda actor: each(actor=actor, service=service, ids=ids, values=values),
        form=form,
        verb=action.key,
        ids=ids,
    )


@operation
def each(*, actor: Any, service: Callable[..., Any], ids: list[int], values: Any) -> BulkResult:
    """Runs a service over ids in key order; each refusal is reported, the others are done."""
    done, refused = 0, {}
    for record_id in sorted(ids):
        try:
            service(actor=actor, record_id=record_id, version=None, **values)
            done += 1
        except CrmError as error:
            refused[record_id] = str(error)
    return BulkResult(done=done, refused=refused)


@operation
def _named(*, actor: Any, deed: Callable[[Any], BulkResult]) -> tuple[BulkResult, str]:
    return deed(actor), str(current().id)


def _do(
    request: HttpRequest,
    record_type: RecordType,
    deed: Callable[[Any], BulkResult],
    *,
    form: Any,
    verb: str,
    ids: list[int],
) -> HttpResponse:
    try:
        result, operation_id = _named(actor=request.actor, deed=deed)
    except CrmError as error:
        if form is None:
            raise
        form.add_error(None, str(error))
        return _ask(request, record_type, ids, verb=verb, form=form)
    if result.done:
        messages.success(
            request, _done_sentence(record_type, verb, result), extra_tags=operation_id
        )
    if not result.refused:
        return redirect(_back(request, record_type))
    return _report(request, record_type, result)


def _done_sentence(record_type: RecordType, verb: str, result: BulkResult) -> str:
    sentences = {
        "edit": ngettext("Changed %(count)s row.", "Changed %(count)s rows.", result.done),
        "assign": ngettext("Assigned %(count)s row.", "Assigned %(count)s rows.", result.done),
        "delete": ngettext(
            "Moved %(count)s row to the bin.", "Moved %(count)s rows to the bin.", result.done
        ),
    }
    done = ngettext("Done for %(count)s row.", "Done for %(count)s rows.", result.done)
    return sentences.get(verb, done) % {"count": result.done}


def _ask(
    request: HttpRequest,
    record_type: RecordType,
    ids: list[int],
    *,
    verb: str,
    form: Any,
    action: Action | None = None,
) -> HttpResponse:
    titles = {"edit": _("Edit %(types)s"), "assign": _("Assign %(types)s")}
    title = titles.get(verb) or (action.label if action else "")
    context = {
        "type": record_type,
        "ids": ids,
        "verb": verb,
        "form": form,
        "title": labels.with_names(title, record_type.key),
        "back": _back(request, record_type),
        "query": request.POST.get("query", ""),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "records/bulk.html", context, status=status)


def _report(request: HttpRequest, record_type: RecordType, result: BulkResult) -> HttpResponse:
    rows = record_type.model.objects.visible_to(request.actor).in_bulk(list(result.refused))
    context = {
        "type": record_type,
        "result": result,
        "refused": [(rows.get(pk), reason) for pk, reason in result.refused.items() if pk in rows],
        "back": _back(request, record_type),
    }
    return render(request, "records/bulk_report.html", context, status=200 if result.done else 422)


def _back(request: HttpRequest, record_type: RecordType) -> str:
    from crm.records.links import list_url

    query = QueryDict(request.POST.get("query", "")).urlencode()
    return f"{list_url(record_type.key)}?{query}" if query else list_url(record_type.key)
