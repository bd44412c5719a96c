"""What a list can be filtered, sorted and laid out by: small forms, fetched when opened.

Without JavaScript the same address is a page with all of them.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.conditions.words import path_label
from crm.models.levels import Privilege
from crm.records.lists.address import ListAddress, canonical
from crm.records.lists.board_address import BoardAddress
from crm.records.lists.filters.sets import all_filters, filter_set, parameters
from crm.records.lists.selection import MOST_SORTS
from crm.records.lists.tables import BoundColumn
from crm.registry.declaration import RecordType
from crm.registry.links import list_url

PARTS = ("filters", "sort", "columns")


@dataclass(frozen=True)
class FilterField:
    """What one field can be filtered by."""

    label: str
    inputs: list[Any]
    is_used: bool


def arrange(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The forms; each leads back to the list with what is chosen in its address."""
    request.actor.require_type(Privilege.READ, record_type.key)
    query = canonical(request.GET).copy()
    part = query.pop("part", [""])[0]
    if query.pop("board", None) and record_type.board:
        return _arrange_board(request, record_type, query)
    address = ListAddress(actor=request.actor, record_type=record_type, query=query)
    address.check()
    wanted = (part,) if part in PARTS else PARTS
    context: dict[str, Any] = {"listing": address, "type": record_type, "parts": wanted}
    context["back"] = list_url(record_type.key)
    for name in wanted:
        context |= _PARTS[name](address)
    template = f"records/_arrange_{part}.html" if request.htmx and part in PARTS else ""
    return render(request, template or "records/arrange.html", context)


def _arrange_board(request: HttpRequest, record_type: RecordType, query: QueryDict) -> HttpResponse:
    """A board is narrowed as its list is; its cards have neither columns nor an order to choose."""
    address = BoardAddress(actor=request.actor, record_type=record_type, query=query)
    address.list.check()
    context = {
        "listing": address.list,
        "type": record_type,
        "parts": ("filters",),
        "back": reverse("records:board", args=[record_type]),
        "is_board": True,
        "is_mine": address.is_mine,
        **_filters(address.list),
    }
    template = "records/_arrange_filters.html" if request.htmx else "records/arrange.html"
    return render(request, template, context)


def _filters(address: ListAddress) -> dict[str, Any]:
    record_type = address.record_type
    known = all_filters(record_type)
    filters = filter_set(record_type, address.state, address.actor, names=known)
    used = {
        parameters(record_type)[name] for name in address.state if name in parameters(record_type)
    }
    fields = []
    for path in record_type.filters:
        names = [name for name in (path, f"{path}_blank") if name in known]
        if names:
            inputs = [filters.form[name] for name in names]
            fields.append(FilterField(path_label(record_type, path), inputs, bool(used & {*names})))
    return {"filter_fields": fields, "kept_filters": _kept(address, parameters(record_type))}


def _sort(address: ListAddress) -> dict[str, Any]:
    choices = [
        (value, label)
        for column in address.all_columns
        if column.sort_path
        for value, label in ((column.name, _rising(column)), (f"-{column.name}", _falling(column)))
    ]
    now = [name for name in address.sort_names if name in dict(choices)]
    now += [""] * (MOST_SORTS - len(now))
    return {"sort_choices": choices, "sorts": now, "kept_sort": _kept(address, ("sort",))}


def _columns(address: ListAddress) -> dict[str, Any]:
    return {"shown": address.columns, "kept_columns": _kept(address, ("cols",))}


def _kept(address: ListAddress, without: Any) -> list[tuple[str, str]]:
    """The rest of the list's address, as a form's hidden fields."""
    return [
        (name, value)
        for name, values in address.state.lists()
        if name not in without
        for value in values
    ]


_PARTS = {"filters": _filters, "sort": _sort, "columns": _columns}


def _rising(column: BoundColumn) -> str:
    sentences = {
        "date": _("%(column)s, earliest first"),
        "moment": _("%(column)s, earliest first"),
        "money": _("%(column)s, smallest first"),
        "number": _("%(column)s, smallest first"),
        "percent": _("%(column)s, smallest first"),
    }
    return sentences.get(column.kind, _("%(column)s, A to Z")) % {"column": column.label}


def _falling(column: BoundColumn) -> str:
    sentences = {
        "date": _("%(column)s, latest first"),
        "moment": _("%(column)s, latest first"),
        "money": _("%(column)s, largest first"),
        "number": _("%(column)s, largest first"),
        "percent": _("%(column)s, largest first"),
    }
    return sentences.get(column.kind, _("%(column)s, Z to A")) % {"column": column.label}
