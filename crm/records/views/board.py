"""The board of a type: cards in lanes, moved by drag, by menu or without JavaScript."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm import labels
from crm.access.levels import Privilege
from crm.errors import CrmError
from crm.records.declaration import Board, Lane, RecordType
from crm.records.views.running import number_of, run, say

CARDS = 50


@dataclass(frozen=True)
class ShownLane:
    """A lane with its first cards; totals are per currency because they don't add up across."""

    lane: Lane
    cards: list[Any]
    count: int
    totals: list[tuple[Decimal, str]]


def board(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    declared = record_type.board
    if declared is None:
        raise Http404
    request.actor.require_type(Privilege.READ, record_type.key)
    rows = declared.select(record_type.model.objects.visible_to(request.actor), request.actor)
    if request.GET.get("mine"):
        rows = rows.owned_by(request.actor.principal_ids)
    context = {
        "type": record_type,
        "board": declared,
        "lanes": _lanes(request, declared, rows),
        "title": labels.plural(record_type.key),
        "is_mine": bool(request.GET.get("mine")),
        "may_create": request.actor.can(record_type.key, Privilege.CREATE),
    }
    return render(request, "records/board.html", context)


def _lanes(request: HttpRequest, declared: Board, rows: Any) -> list[ShownLane]:
    sums = _sums(declared, rows)
    lanes = []
    for lane in declared.lanes():
        found = rows.filter(**{declared.field: lane.value})
        cards = list(
            found.select_related(*declared.related).defer("search_text").recent_first()[:CARDS]
        )
        if declared.decorate:
            declared.decorate(request.actor, cards)
        counted = sums.get(lane.value, [])
        totals = [(total, code) for _count, total, code in counted if total]
        lanes.append(ShownLane(lane, cards, sum(row[0] for row in counted), totals))
    return lanes


def _sums(declared: Board, rows: Any) -> dict[str, list[tuple[int, Decimal, str]]]:
    """Lane value -> (count, total, currency) rows, in one query."""
    if not declared.total:
        counted = rows.order_by().values_list(declared.field).annotate(Count("pk"))
        return {value: [(count, Decimal(0), "")] for value, count in counted}
    grouped = rows.order_by().values_list(declared.field, "currency_id")
    found: dict[str, list[tuple[int, Decimal, str]]] = {}
    summed = grouped.annotate(Count("pk"), Sum(declared.total)).order_by("currency_id")
    for value, code, count, total in summed:
        found.setdefault(value, []).append((count, total or Decimal(0), code))
    return found


@require_POST
def move_card(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Moves a card to a lane by the type's own service."""
    declared = record_type.board
    if declared is None:
        raise Http404
    value = request.POST.get("value", "")
    lane = next((lane for lane in declared.lanes() if lane.value == value), None)
    if lane is None:
        raise Http404
    try:
        _moved, operation_id = run(
            actor=request.actor,
            service=import_string(declared.move),
            record_id=record_id,
            version=number_of(request.POST.get("version", "")),
            value=value,
        )
        say(request, _("Moved to “%(lane)s”.") % {"lane": lane.label}, operation_id)
    except CrmError as error:
        messages.error(request, str(error))
        if error.fields and declared.ask:
            asking = reverse("records:action", args=[record_type, record_id, declared.ask])
            return redirect(f"{asking}?{urlencode({'value': value})}")
    return redirect("records:board", record_type)
