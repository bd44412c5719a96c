"""A record beside the list it stands in: what one wants to know before opening it."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm.access.actor import Actor
from crm.errors import NotVisible
from crm.journal.timeline import Entry, timeline
from crm.models.levels import Privilege
from crm.pages.loading import load
from crm.pages.record import is_blank, subtitle
from crm.records.lists.address import ListAddress
from crm.records.lists.tables import BoundColumn, bind, field_columns, key_columns
from crm.records.services import lock_reason
from crm.registry.declaration import Column, Feature, RecordType, Section

PANE = "preview"  # id of the element a fragment takes the place of
MOST_FIELDS = 14
MOST_PLANNED = 3
MOST_EARLIER = 4

Shown = tuple[BoundColumn, Any]


@dataclass(frozen=True)
class Preview:
    """What the pane shows. Without a record it says that there is none to be seen."""

    record: Any = None
    subtitle: list[Any] = field(default_factory=list)
    key_fields: list[Shown] = field(default_factory=list)
    sections: list[tuple[Section, list[Shown]]] = field(default_factory=list)
    planned: list[Entry] = field(default_factory=list)
    earlier: list[Entry] = field(default_factory=list)
    may_edit: bool = False


def pane(request: HttpRequest, address: ListAddress) -> HttpResponse:
    """The pane alone, for a list that stands there already."""
    shown = context(request, address)
    found = shown["preview"]
    status = 404 if found and found.record is None else 200
    return render(request, "records/_preview.html", shown, status=status)


def context(request: HttpRequest, address: ListAddress) -> dict[str, Any]:
    """What the list's page needs to show the pane; no query while nothing is previewed."""
    asked = "preview" in address.query
    preview = _preview(request, address) if asked else None
    return {"preview": preview, "listing": address, "type": address.record_type}


def _preview(request: HttpRequest, address: ListAddress) -> Preview:
    try:
        record = load(request, address.record_type, address.preview_id or 0)
    except NotVisible:
        return Preview()
    return preview_of(request.actor, address.record_type, record)


def preview_of(actor: Actor, record_type: RecordType, record: Any) -> Preview:
    planned: list[Entry] = []
    earlier: list[Entry] = []
    if record_type.has(Feature.TIMELINE):
        happened = timeline(actor, record)
        planned, earlier = happened.planned[:MOST_PLANNED], happened.earlier[:MOST_EARLIER]
    keys = _key_columns(record_type)
    return Preview(
        record=record,
        subtitle=subtitle(actor, record_type, record),
        key_fields=_filled(actor, keys, record),
        sections=_sections(actor, record_type, record, _told(record_type, keys)),
        planned=planned,
        earlier=earlier,
        may_edit=not lock_reason(record_type, record) and actor.allows(Privilege.WRITE, record),
    )


def _key_columns(record_type: RecordType) -> list[BoundColumn]:
    """The fields of the record's header, and in any case whose it is."""
    columns = list(key_columns(record_type))
    if not any(column.name == "owner" for column in columns):
        columns += bind(record_type, [Column(name="owner")])
    return columns


def _told(record_type: RecordType, keys: list[BoundColumn]) -> set[str]:
    """What stands above the sections already."""
    status = [record_type.status.field] if record_type.status else []
    return {record_type.title, *status, *record_type.subtitle, *(column.name for column in keys)}


def _filled(actor: Actor, columns: list[BoundColumn], record: Any) -> list[Shown]:
    filled = [column for column in columns if not is_blank(column.value(record))]
    return [(column, html) for column in filled if (html := column.html(record, actor))]


def _sections(
    actor: Actor, record_type: RecordType, record: Any, told: set[str]
) -> list[tuple[Section, list[Shown]]]:
    """What is filled in, section by section, up to a number of fields; links to many are left
    to the record's own page."""
    left, shown = MOST_FIELDS, []
    for section in record_type.sections:
        if section.is_form_only:
            continue
        columns = [
            column
            for column in field_columns(record_type, section)
            if column.kind != "many" and column.name not in told
        ]
        cells = _filled(actor, columns, record)[:left]
        left -= len(cells)
        if cells:
            shown.append((section, cells))
    return shown
