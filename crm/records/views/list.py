"""The list of any record type."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.access.levels import Privilege
from crm.records.declaration import Feature, RecordType
from crm.records.listing import PAGE_SIZE, Listing
from crm.records.narrow import narrow_places
from crm.records.paging import COUNT_LIMIT
from crm.records.tables import BoundColumn
from crm.ui.frame import AREA_COOKIE


@dataclass(frozen=True)
class Head:
    """A column's head: what a click sorts by, and how the list is sorted now."""

    column: BoundColumn
    direction: str  # ascending | descending | ''
    query: str


def list_records(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """One page of the list; the same answer for the page and for its fragment."""
    request.actor.require_type(Privilege.READ, record_type.key)
    listing = Listing(actor=request.actor, record_type=record_type, query=request.GET)
    is_fragment = request.htmx and request.htmx.target == "list"
    template = "records/_list.html" if is_fragment else record_type.list_template
    response = render(request, template, context(listing))
    _remember_area(request, record_type, response)
    return response


def context(listing: Listing) -> dict[str, Any]:
    record_type, actor = listing.record_type, listing.actor
    page = listing.page
    return {
        "listing": listing,
        "type": record_type,
        "heads": [_head(listing, column) for column in listing.columns],
        "rows": page.rows,
        "columns": listing.columns,
        "narrow": narrow_places(listing.columns),
        "count": _count(listing.count),
        "next_query": listing.address(after=page.next_cursor) if page.next_cursor else "",
        "previous_query": listing.address(before=page.previous_cursor)
        if page.previous_cursor
        else "",
        "is_first": not (listing.query.get("after") or listing.query.get("before")),
        "is_narrowed": bool(listing.chips or listing.query.get("q")),
        "may_create": actor.can(record_type.key, Privilege.CREATE),
        "may_export": record_type.has(Feature.EXPORT)
        and actor.can(record_type.key, Privilege.EXPORT),
        "may_import": record_type.has(Feature.IMPORT)
        and actor.can(record_type.key, Privilege.CREATE),
        "may_bulk": record_type.has(Feature.BULK),
        "may_assign": actor.can(record_type.key, Privilege.ASSIGN),
        "may_delete": actor.can(record_type.key, Privilege.DELETE),
        "may_edit": actor.can(record_type.key, Privilege.WRITE) and record_type.bulk_fields,
        "many_actions": [action for action in record_type.actions if action.works_on_many],
        "page_size": PAGE_SIZE,
    }


def _head(listing: Listing, column: BoundColumn) -> Head:
    if not column.sort_path:
        return Head(column, "", "")
    if column.name in listing.sort_names:
        return Head(column, "ascending", listing.address(sort=f"-{column.name}"))
    if f"-{column.name}" in listing.sort_names:
        return Head(column, "descending", listing.address(sort=column.name))
    return Head(column, "", listing.address(sort=column.name))


def _count(found: int) -> str:
    return _("1,000+") if found > COUNT_LIMIT else str(found)


def _remember_area(request: HttpRequest, record_type: RecordType, response: HttpResponse) -> None:
    """A type that stands in one area only takes the reader there."""
    areas = {place.area for place in record_type.places}
    if len(areas) == 1 and request.COOKIES.get(AREA_COOKIE) not in areas:
        response.set_cookie(AREA_COOKIE, areas.pop(), samesite="Lax", httponly=True)
