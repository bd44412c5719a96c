"""Deleting records, and the bin they can be taken out of."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from crm.company.settings import company
from crm.errors import StaleVersion
from crm.models.levels import Privilege
from crm.pages.action import conflict_dialog
from crm.pages.loading import load
from crm.records import services
from crm.records.running import go, number_of, run, say
from crm.records.services import restore_records
from crm.records.services.emptying import held_by_others
from crm.registry.declaration import Action, RecordType
from crm.registry.links import list_url

SHOWN = 200

DELETE = Action(
    key="delete",
    label=gettext_lazy("Delete"),
    icon="trash-2",
    privilege=Privilege.DELETE,
    is_dangerous=True,
)


@require_POST
def delete_record(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    record = load(request, record_type, record_id)
    request.actor.require(Privilege.DELETE, record)
    try:
        _nothing, operation_id = run(
            actor=request.actor,
            service=services.delete_record,
            record_type=record_type,
            record_id=record_id,
            version=number_of(request.POST.get("version", "")),
        )
    except StaleVersion as conflict:
        return conflict_dialog(request, record_type, DELETE, record_id, conflict)
    say(request, _("Moved “%(record)s” to the bin.") % {"record": record}, operation_id)
    return go(request, list_url(record_type.key))


@require_http_methods(["GET", "POST"])
def bin_page(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """What was deleted and can be restored."""
    request.actor.require_type(Privilege.DELETE, record_type.key)
    if request.method == "POST":
        return _restore(request, record_type)
    binned = record_type.model.objects.in_bin().unmerged()
    rows = binned.reachable_by(request.actor, Privilege.DELETE)
    found = list(rows.select_related("modified_by").order_by("-deleted_at", "-pk")[: SHOWN + 1])
    days = company().bin_days
    context = {
        "type": record_type,
        "rows": _leaving(record_type, found[:SHOWN], days),
        "has_more": len(found) > SHOWN,
        "days": days,
    }
    return render(request, "records/bin.html", context)


@dataclass(frozen=True)
class Leaving:
    """A record in the bin: when it is erased, or that others hold it back."""

    record: Any
    goes_on: date
    is_held: bool


def _leaving(record_type: RecordType, rows: list[Any], days: int) -> list[Leaving]:
    held = held_by_others(record_type.model, [row.pk for row in rows]) if rows else set()
    return [Leaving(row, _goes_on(row, days), row.pk in held) for row in rows]


def _goes_on(row: Any, days: int) -> date:
    return timezone.localdate(row.deleted_at + timedelta(days=days))


def _restore(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    ids = [pk for pk in map(number_of, request.POST.getlist("ids")) if pk is not None]
    if ids:
        result, operation_id = run(
            actor=request.actor, service=restore_records, record_type=record_type, ids=ids
        )
        done = ngettext("Restored %(count)s row.", "Restored %(count)s rows.", result.done)
        say(request, done % {"count": result.done}, operation_id)
    return redirect("records:bin", record_type)
