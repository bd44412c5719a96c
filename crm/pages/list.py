"""The list of any record type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.charts.beside import beside
from crm.frame.areas import remember_area
from crm.models.levels import Privilege
from crm.pages import preview
from crm.records.editing import editable_names
from crm.records.lists.listing import PAGE_SIZE, Listing, canonical
from crm.records.lists.narrow import narrow_places
from crm.records.lists.paging import COUNT_LIMIT
from crm.records.lists.rows import rows_html
from crm.records.lists.tables import BoundColumn
from crm.registry.declaration import Feature, RecordType
from crm.ui import parts
from crm.ui.keyed import Keyed

FRAGMENT = "listing"  # id of the element that a fragment takes the place of
LATEST_FIRST = frozenset({"money", "number", "percent", "moment"})


@dataclass(frozen=True)
class Head:
    """A column's head: what a click sorts by, and how the list is sorted now."""

    name: str
    label: str
    css: str
    query: str
    direction: str = ""  # ascending | descending | ''
    is_first: bool = False  # whether the list is sorted by this column before all others
    is_editable: bool = False  # whether cells below it can be changed where they stand


def list_records(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """One page of the list; the same answer for the page and for its fragment."""
    request.actor.require_type(Privilege.READ, record_type.key)
    tidy = canonical(request.GET)
    is_tidy = tidy.urlencode() == request.GET.urlencode()
    is_fragment = is_fragment_for(request, FRAGMENT)
    if not is_tidy and not is_fragment:
        return redirect(f"{request.path}?{tidy.urlencode()}" if tidy else request.path)
    listing = Listing(actor=request.actor, record_type=record_type, query=tidy)
    if is_fragment_for(request, preview.PANE):
        return preview.pane(request, listing)
    template = "records/_fragment.html" if is_fragment else record_type.list_template
    shown = {**context(listing), **preview.context(request, listing)}
    response = render(request, template, shown)
    if is_fragment and not is_tidy:
        response["HX-Push-Url"] = f"{request.path}?{tidy.urlencode()}"
    patch_vary_headers(response, ["HX-Request"])
    remember_area(request, record_type, response)
    return response


def is_fragment_for(request: HttpRequest, target: str) -> bool:
    """Whether the page is there already and only this part of it is asked for."""
    asked = request.htmx
    return bool(asked) and asked.target == target and not asked.history_restore_request


def context(listing: Listing) -> dict[str, Any]:
    listing.check()
    page = listing.page
    columns = listing.columns
    classes = cell_classes(columns)
    following = {"after": page.next_cursor} if page.next_cursor else {}
    preceding = {"before": page.previous_cursor} if page.previous_cursor else {}
    return {
        "listing": listing,
        "type": listing.record_type,
        "heads": _keyed_heads(listing, classes),
        "saved_views": saved_views(listing),
        "board_query": listing.elsewhere if listing.is_narrowed or "view" in listing.query else "",
        "has_chart": listing.chart is not None,
        "chart_query": listing.chart_toggle if listing.record_type.charts else "",
        "row_count": len(page.rows),
        "rows": shown_rows(listing, page.rows),
        "count": shown_count(listing),
        "next_query": listing.address(**following) if following else "",
        "previous_query": listing.address(**preceding) if preceding else "",
        "is_first": not (listing.query.get("after") or listing.query.get("before")),
        "is_pinned": listing.pinned == listing.view_key,
        "is_finding": "q" in listing.query,
        "sorted_by": sorted_by(listing),
        "page_size": PAGE_SIZE,
        **beside(listing, is_drawn="drawn" in listing.query),
        **_allowed(listing),
    }


def shown_rows(listing: Listing, rows: Sequence[Any]) -> SafeString:
    """Records as rows of this list."""
    return rows_html(
        rows,
        listing.columns,
        cell_classes(listing.columns),
        actor=listing.actor,
        has_picks=listing.record_type.has(Feature.BULK),
        previewed=listing.previewed,
        marked=listing.preview_id,
    )


def _allowed(listing: Listing) -> dict[str, Any]:
    record_type, actor = listing.record_type, listing.actor
    may_create = actor.can(record_type.key, Privilege.CREATE)
    may_export = actor.can(record_type.key, Privilege.EXPORT)
    may_edit = actor.can(record_type.key, Privilege.WRITE)
    may_merge = actor.can(record_type.key, Privilege.MERGE)
    return {
        "may_create": may_create,
        "may_export": record_type.has(Feature.EXPORT) and may_export,
        "may_import": record_type.has(Feature.IMPORT) and may_create,
        "may_bulk": record_type.has(Feature.BULK),
        "may_assign": actor.can(record_type.key, Privilege.ASSIGN),
        "may_delete": actor.can(record_type.key, Privilege.DELETE),
        "may_merge": record_type.has(Feature.MERGE) and may_edit and may_merge,
        "may_edit": bool(may_edit and record_type.bulk_fields),
    }


def cell_classes(columns: Sequence[BoundColumn]) -> dict[str, str]:
    """The classes of a column's cells: how they line up, and where they go on a narrow screen."""
    places = narrow_places(columns)
    sides = {column.name: "r" if column.is_right else "cut mid" for column in columns}
    return {name: f"{side} {places.get(name, '')}".strip() for name, side in sides.items()}


@dataclass(frozen=True)
class ViewEntry:
    """A saved view in the menu of views."""

    key: str
    name: str
    is_shared: bool  # by somebody else


def saved_views(listing: Listing) -> tuple[ViewEntry, ...]:
    me = listing.actor.id
    return tuple(
        ViewEntry(f"s{view.pk}", view.name, view.owner_id != me) for view in listing.saved_views
    )


def _keyed_heads(listing: Listing, classes: Mapping[str, str]) -> Keyed:
    """The heads by all they depend on: the columns, how they are sorted, and what may be edited."""
    record_type, actor = listing.record_type, listing.actor
    rights = (Privilege.WRITE, Privilege.ASSIGN)
    may = tuple(actor.can(record_type.key, privilege) for privilege in rights)
    key = (record_type, listing.head_mark, tuple(classes.values()), may)
    return Keyed(key, partial(_heads, listing, classes))


def _heads(listing: Listing, classes: Mapping[str, str]) -> list[Head]:
    editable = editable_names(listing.actor, listing.record_type, listing.columns)
    return [
        Head(
            column.name,
            column.label,
            classes[column.name].removeprefix("cut mid").strip(),
            *_sorting(listing, column),
            is_editable=column.name in editable,
        )
        for column in listing.columns
    ]


def _sorting(listing: Listing, column: BoundColumn) -> tuple[str, str, bool]:
    """Where a click on the head leads, the direction it shows, and whether it counts first."""
    names = listing.sort_names
    if not column.sort_path:
        return "", "", False
    is_first = bool(names) and names[0].removeprefix("-") == column.name
    if column.name in names:
        return listing.address(sort=f"-{column.name}"), "ascending", is_first
    if f"-{column.name}" in names:
        return listing.address(sort=column.name), "descending", is_first
    sign = "-" if column.kind in LATEST_FIRST else ""
    return listing.address(sort=f"{sign}{column.name}"), "", False


def sorted_by(listing: Listing) -> str:
    """'Close date, then revenue'; '' where the list keeps its usual order."""
    known = {column.name: column for column in listing.all_columns}
    names = [name.removeprefix("-") for name in listing.sort_names]
    named = [known[name].label for name in names if name in known]
    if not named:
        return ""
    if len(named) == 1:
        return named[0]
    return _("%(first)s, then %(others)s") % {"first": named[0], "others": ", ".join(named[1:])}


def shown_count(listing: Listing) -> str:
    """How many rows there are: counted to the end only for who asks for it."""
    if listing.query.get("count") == "all":
        return parts.number(listing.rows.count())
    return _("1,000+") if listing.count > COUNT_LIMIT else parts.number(listing.count)
