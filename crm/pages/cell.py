"""One field of a record, changed where it stands in a list."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm import labels
from crm.errors import CrmError, NotVisible, StaleVersion
from crm.models.levels import Privilege
from crm.pages.conflict import THEIRS, sides, who_changed
from crm.pages.edit import saved_sentence
from crm.pages.list import is_fragment_for, shown_rows
from crm.pages.loading import load
from crm.records.editing import cell_form, editable_columns
from crm.records.lists.address import ListAddress, canonical
from crm.records.lists.tables import BoundColumn
from crm.records.running import number_of, run, say
from crm.records.services import lock_reason, update_record
from crm.registry.declaration import RecordType
from crm.registry.links import list_url

EDITOR = "cell-editor"  # id of the element that holds the field
ROW = "tr[data-editing]"  # the row in the page that the answer takes the place of


@require_http_methods(["GET", "POST"])
def edit_cell(
    request: HttpRequest, record_type: RecordType, record_id: int, column: str
) -> HttpResponse:
    """The field in its form, and what became of it: the row of the list the address tells of.

    Without a script it is a small page that leads back to that list.
    """
    known = editable_columns(record_type).get(column)
    if known is None:
        raise Http404
    record = load(request, record_type, record_id)
    request.actor.require(Privilege.WRITE, record)
    address = ListAddress(
        actor=request.actor, record_type=record_type, query=canonical(request.GET)
    )
    address.check()
    data = request.POST if request.method == "POST" else None
    form = cell_form(known, request.actor, record, data)
    reason = _refusal(record_type, record, form)
    if reason:
        return _refused(request, address, reason)
    if data and data.get("take") == THEIRS:
        return _done(request, address, record)
    if data is not None and form.is_valid():
        return _save(request, address, known, record, form)
    return _ask(request, address, record, form, status=422 if form.is_bound else 200)


def _refusal(record_type: RecordType, record: Any, form: Any) -> str:
    reason = lock_reason(record_type, record)
    if reason or form is not None:
        return str(reason or "")
    return _("As things stand, this value can't be changed.")


def _refused(request: HttpRequest, address: ListAddress, reason: str) -> HttpResponse:
    if is_fragment_for(request, EDITOR):
        return render(request, "records/_cell_refusal.html", {"reason": reason}, status=422)
    messages.error(request, reason)
    return redirect(_back(address))


def _save(
    request: HttpRequest, address: ListAddress, column: BoundColumn, record: Any, form: Any
) -> HttpResponse:
    """Writes the one field of the form, whatever else was sent."""
    try:
        saved, operation_id = run(
            actor=request.actor,
            service=update_record,
            record_type=address.record_type,
            record_id=record.pk,
            version=number_of(request.POST.get("version", "")),
            values=_given(column.name, form),
        )
    except StaleVersion as conflict:
        return _both(request, address, record, form, conflict)
    except NotVisible:
        raise
    except CrmError as error:
        form.show_error(error)
        return _ask(request, address, record, form, status=error.status)
    if saved.version != record.version:
        say(request, saved_sentence(saved), operation_id)
    return _done(request, address, saved)


def _given(name: str, form: Any) -> dict[str, Any]:
    """An owner nobody chose stays who it is."""
    value = form.values()[name]
    return {} if name == "owner" and not value else {name: value}


def _both(
    request: HttpRequest, address: ListAddress, record: Any, form: Any, conflict: StaleVersion
) -> HttpResponse:
    """Somebody else changed this very field: the editor says to what, and keeps what was typed."""
    now = address.record_type.model.objects.select_related("modified_by").get(pk=record.pk)
    seen = number_of(request.POST.get("version", "")) or 0
    more = {
        "side": sides(request, now, conflict)[0],
        "their_name": who_changed(now, seen),
        "version": conflict.version,
    }
    return _ask(request, address, record, form, status=conflict.status, **more)


def _ask(
    request: HttpRequest, address: ListAddress, record: Any, form: Any, *, status: int, **more: Any
) -> HttpResponse:
    record_type, (name, *_others) = address.record_type, form.fields
    is_fragment = is_fragment_for(request, EDITOR)
    action = reverse("records:cell", args=[record_type, record.pk, name])
    context = {
        "type": record_type,
        "record": record,
        "form": form,
        "label": labels.field_label(record_type.key, name),
        "version": request.POST.get("version", record.version),
        "action": f"{action}?{address.query.urlencode()}",
        "back": _back(address),
        "is_fragment": is_fragment,
        **more,
    }
    template = "records/_cell.html" if is_fragment else "records/cell.html"
    return render(request, template, context, status=status)


def _done(request: HttpRequest, address: ListAddress, record: Any) -> HttpResponse:
    """The row as it is now; nothing where the record has left the reader's sight."""
    if not is_fragment_for(request, EDITOR):
        return redirect(_back(address))
    rows = address.selection.row_of(record.pk, address.columns)
    response = HttpResponse(shown_rows(address, rows))
    response["HX-Retarget"], response["HX-Reswap"] = ROW, "outerHTML"
    return response


def _back(address: ListAddress) -> str:
    query = address.query.urlencode()
    there = list_url(address.record_type.key)
    return f"{there}?{query}" if query else there
