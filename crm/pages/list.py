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
from crm.records.lists.address import ListAddress, canonical
from crm.records.lists.narrow import narrow_places
from crm.records.lists.paging import COUNT_LIMIT, Page
from crm.records.lists.rows import rows_html
from crm.records.lists.tables import BoundColumn
from crm.registry.declaration import Feature, RecordType
from crm.ui import parts
from crm.ui.keyed import Keyed

PAGE_SIZE = 50
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

    @property
    def icon(self) -> str:
        return {"ascending": "arrow-up", "descending": "arrow-down"}.get(self.direction, "")


@dataclass(frozen=True)
class ListRights:
    """What the reader may do in this list."""

    create: bool
    export: bool
    import_rows: bool
    bulk: bool
    assign: bool
    delete: bool
    merge: bool
    edit: bool


@dataclass(frozen=True)
class ListCommands:
    """Where the commands at a list's head lead: queries of addresses, '' where there is none."""

    query: str
    rows_only: str
    whole: str
    board_query: str
    chart_query: str
    has_chart: bool


def list_records(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """One page of the list; the same answer for the page and for its fragment."""
    request.actor.require_type(Privilege.READ, record_type.key)
    tidy = canonical(request.GET)
    is_tidy = tidy.urlencode() == request.GET.urlencode()
    is_fragment = is_fragment_for(request, FRAGMENT)
    if not is_tidy and not is_fragment:
        return redirect(f"{request.path}?{tidy.urlencode()}" if tidy else request.path)
    address = ListAddress(actor=request.actor, record_type=record_type, query=tidy)
    if is_fragment_for(request, preview.PANE):
        return preview.pane(request, address)
    template = "records/_fragment.html" if is_fragment else "records/list.html"
    shown = {**context(address), **preview.context(request, address)}
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


def context(address: ListAddress) -> dict[str, Any]:
    page, count = shown_page(address)
    classes = cell_classes(address.columns)
    following = {"after": page.next_cursor} if page.next_cursor else {}
    preceding = {"before": page.previous_cursor} if page.previous_cursor else {}
    return {
        "listing": address,
        "type": address.record_type,
        "heads": _keyed_heads(address, classes),
        "saved_views": saved_views(address),
        "commands": _commands(address),
        "row_count": len(page.rows),
        "rows": shown_rows(address, page.rows),
        "count": shown_count(address, count),
        "is_uncounted": count > COUNT_LIMIT and "count" not in address.query,
        "next_query": address.changed(**following) if following else "",
        "previous_query": address.changed(**preceding) if preceding else "",
        "is_first": not (address.query.get("after") or address.query.get("before")),
        "is_pinned": address.pinned == address.view_key,
        "is_finding": "q" in address.query,
        "sorted_by": sorted_by(address),
        "page_size": PAGE_SIZE,
        **beside(address, is_drawn="drawn" in address.query),
        "may": list_rights(address),
    }


def shown_page(address: ListAddress) -> tuple[Page, int]:
    """The rows of this page, and how many there are on all pages up to COUNT_LIMIT and one."""
    selection, query = address.selection, address.query
    after, before = query.get("after", ""), query.get("before", "")
    page = selection.page(address.columns, size=PAGE_SIZE, after=after, before=before)
    is_all = address.is_first_page and not page.next_cursor
    return page, len(page.rows) if is_all else selection.count


def shown_rows(address: ListAddress, rows: Sequence[Any]) -> SafeString:
    """Records as rows of this list."""
    return rows_html(
        rows,
        address.columns,
        cell_classes(address.columns),
        actor=address.actor,
        has_picks=address.record_type.has(Feature.BULK),
        previewed=address.previewed,
        marked=address.preview_id,
    )


def _commands(address: ListAddress) -> ListCommands:
    has_address = address.is_narrowed or "view" in address.query
    return ListCommands(
        query=address.state.urlencode(),
        rows_only=address.rows_only,
        whole=address.whole,
        board_query=address.elsewhere if has_address else "",
        chart_query=address.chart_toggle if address.record_type.charts else "",
        has_chart=address.chart is not None,
    )


def list_rights(address: ListAddress) -> ListRights:
    record_type, actor = address.record_type, address.actor
    may_create = actor.can(record_type.key, Privilege.CREATE)
    may_export = actor.can(record_type.key, Privilege.EXPORT)
    may_edit = actor.can(record_type.key, Privilege.WRITE)
    may_merge = actor.can(record_type.key, Privilege.MERGE)
    return ListRights(
        create=may_create,
        export=record_type.has(Feature.EXPORT) and may_export,
        import_rows=record_type.has(Feature.IMPORT) and may_create,
        bulk=record_type.has(Feature.BULK),
        assign=actor.can(record_type.key, Privilege.ASSIGN),
        delete=actor.can(record_type.key, Privilege.DELETE),
        merge=record_type.has(Feature.MERGE) and may_edit and may_merge,
        edit=bool(may_edit and record_type.bulk_fields),
    )


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


def saved_views(address: ListAddress) -> tuple[ViewEntry, ...]:
    me = address.actor.id
    return tuple(
        ViewEntry(f"s{view.pk}", view.name, view.owner_id != me) for view in address.saved_views
    )


def _keyed_heads(address: ListAddress, classes: Mapping[str, str]) -> Keyed:
    """The heads by all they depend on: the columns, how they are sorted, and what may be edited."""
    record_type, actor = address.record_type, address.actor
    rights = (Privilege.WRITE, Privilege.ASSIGN)
    may = tuple(actor.can(record_type.key, privilege) for privilege in rights)
    key = (record_type, address.head_mark, tuple(classes.values()), may)
    return Keyed(key, partial(_heads, address, classes))


def _heads(address: ListAddress, classes: Mapping[str, str]) -> list[Head]:
    editable = editable_names(address.actor, address.record_type, address.columns)
    return [
        Head(
            column.name,
            column.label,
            classes[column.name].removeprefix("cut mid").strip(),
            *_sorting(address, column),
            is_editable=column.name in editable,
        )
        for column in address.columns
    ]


def _sorting(address: ListAddress, column: BoundColumn) -> tuple[str, str, bool]:
    """Where a click on the head leads, the direction it shows, and whether it counts first."""
    names = address.sort_names
    if not column.sort_path:
        return "", "", False
    is_first = bool(names) and names[0].removeprefix("-") == column.name
    if column.name in names:
        return address.changed(sort=f"-{column.name}"), "ascending", is_first
    if f"-{column.name}" in names:
        return address.changed(sort=column.name), "descending", is_first
    sign = "-" if column.kind in LATEST_FIRST else ""
    return address.changed(sort=f"{sign}{column.name}"), "", False


def sorted_by(address: ListAddress) -> str:
    """'Close date, then revenue'; '' where the list keeps its usual order."""
    known = {column.name: column for column in address.all_columns}
    names = [name.removeprefix("-") for name in address.sort_names]
    named = [known[name].label for name in names if name in known]
    if not named:
        return ""
    if len(named) == 1:
        return named[0]
    return _("%(first)s, then %(others)s") % {"first": named[0], "others": ", ".join(named[1:])}


def shown_count(address: ListAddress, count: int) -> str:
    """How many rows there are: counted to the end only for who asks for it."""
    if address.query.get("count") == "all":
        return parts.number(address.selection.rows.count())
    return _("1,000+") if count > COUNT_LIMIT else parts.number(count)
