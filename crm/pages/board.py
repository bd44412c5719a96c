"""The board of a type: cards in lanes, moved by drag, by menu or without JavaScript."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm import labels
from crm.errors import CrmError, StaleVersion
from crm.models.levels import Privilege
from crm.pages.action import conflict_dialog
from crm.records.lists.address import canonical
from crm.records.lists.board_address import BoardAddress
from crm.records.lists.board_columns import BoardColumns, ShownColumn
from crm.records.running import run, say, version_for
from crm.registry.declaration import Action, BoardColumn, RecordType


def board(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The board, narrowed as its list can be; with htmx, the cards that follow in one lane."""
    if record_type.board is None:
        raise Http404
    request.actor.require_type(Privilege.READ, record_type.key)
    tidy = canonical(request.GET).urlencode()
    if tidy != request.GET.urlencode() and not request.htmx:
        return redirect(f"{request.path}?{tidy}" if tidy else request.path)
    address = BoardAddress(actor=request.actor, record_type=record_type, query=request.GET)
    columns = BoardColumns(address.list.selection, record_type.board, is_mine=address.is_mine)
    context = {
        "type": record_type,
        "board": record_type.board,
        "lanes": columns.lanes,
        "state": address.state.urlencode(),
        "actor": request.actor,
    }
    wanted = next((lane for lane in columns.lanes if lane.value == address.lane_key), None)
    if request.htmx and wanted:
        shown = columns.lane(wanted, [], address.after)
        context |= {"shown": shown, "more": _more(address, shown), "is_more": True}
        response = render(request, "records/_board_cards.html", context)
    else:
        shown_lanes = columns.shown(address.lane_key, address.after)
        context["shown_lanes"] = [(shown, _more(address, shown)) for shown in shown_lanes]
        context |= _around(request, record_type, address)
        response = render(request, "records/board.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _more(address: BoardAddress, shown: ShownColumn) -> str:
    """The address of the cards that follow; '' at the end of the lane."""
    return address.lane_from(shown.lane.value, shown.next_cursor)


def _around(request: HttpRequest, record_type: RecordType, address: BoardAddress) -> dict[str, Any]:
    plural = labels.plural(record_type.key)
    return {
        "listing": address.list,
        "title": address.list.title if "view" in address.state else plural,
        "is_mine": address.is_mine,
        "besides_mine": address.besides_mine,
        "filters_url": _filters_url(record_type, address),
        "may_create": request.actor.can(record_type.key, Privilege.CREATE),
    }


def _filters_url(record_type: RecordType, address: BoardAddress) -> str:
    """Where the filters of the board are chosen."""
    query = address.list.state.copy()
    query["board"] = "1"
    if address.is_mine:
        query["mine"] = "1"
    return f"{reverse('records:arrange', args=[record_type])}?{query.urlencode()}"


@require_POST
def move_card(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Moves a card to a lane by the type's own service.

    Where somebody else moved it elsewhere since, the answer says where, and offers to move it on.
    """
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
            value=value,
            **version_for(import_string(declared.move), request.POST.get("version", "")),
        )
        say(request, _("Moved to “%(lane)s”.") % {"lane": lane.label}, operation_id)
    except StaleVersion as conflict:
        return conflict_dialog(request, record_type, _moving_to(lane), record_id, conflict)
    except CrmError as error:
        messages.error(request, str(error))
        if error.fields and declared.ask:
            asking = reverse("records:action", args=[record_type, record_id, declared.ask])
            return redirect(f"{asking}?{urlencode({'value': value})}")
    state = canonical(QueryDict(request.POST.get("query", ""))).urlencode()
    address = reverse("records:board", args=[record_type])
    return redirect(f"{address}?{state}" if state else address)


def _moving_to(lane: BoardColumn) -> Action:
    label = _("Move to “%(lane)s”") % {"lane": lane.label}
    return Action(key="move", label=label, icon=lane.icon or "arrow-right")
