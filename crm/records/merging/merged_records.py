"""What became of merged records: where an address leads, and what was merged into a record."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm import clock, labels
from crm.access.actor import HIDDEN_RECORD, Actor
from crm.company.settings import company
from crm.models import Activity, File, JournalEntry, MergedRecord, Record
from crm.models.levels import Privilege
from crm.records.merging.pointers import OnMerge, Pointer, pointers_to
from crm.registry.declaration import Feature, Panel, RecordType
from crm.registry.registry import Registry
from crm.ui import parts

SHOWN = 10

_WAY = """
WITH RECURSIVE way AS (
    SELECT survivor_id, 1 AS step FROM crm_mergedrecord
    WHERE record_type = %(type)s AND record_id = %(id)s
    UNION ALL
    SELECT merged.survivor_id, way.step + 1
    FROM way JOIN crm_mergedrecord merged
        ON merged.record_type = %(type)s AND merged.record_id = way.survivor_id
)
SELECT survivor_id FROM way ORDER BY step DESC LIMIT 1
"""


def merged_into(actor: Actor, record_type: RecordType, record_id: int) -> Any:
    """The record that stayed in the end, if the actor may see it; else None."""
    if not record_type.has(Feature.MERGE):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_WAY, {"type": record_type.key, "id": record_id})
        found = cursor.fetchone()
    rows = record_type.model.objects.visible_to(actor)
    return rows.filter(pk=found[0]).first() if found else None


# What was merged into a record, beside its timeline


@dataclass(frozen=True)
class PastMerge:
    """One merge into a record: whom it made one with, and the operation where Undo is offered."""

    titles: tuple[str, ...]
    at: datetime
    who: str
    operation: UUID | None


def add_merged_panels(registry: Registry) -> None:
    """Every type with the feature shows what was merged into a record of it."""
    for record_type in registry.declared.values():
        if record_type.has(Feature.MERGE):
            registry.add_panel(record_type.key, _panel(record_type.key))


def _panel(type_key: str) -> Panel:
    def merged_here(_actor: Actor) -> QuerySet[Any]:
        return MergedRecord.objects.filter(record_type=type_key, survivor_id=OuterRef("pk"))

    return Panel(
        key="merged",
        label=gettext_lazy("Merged into this"),
        icon="merge",
        template="records/merged.html",
        load=past_merges,
        when=merged_here,
        order=95,
    )


def past_merges(actor: Actor, record: Record) -> dict[str, Any] | None:
    """The latest merges into the record, with Undo for those the actor may take back."""
    rows = MergedRecord.objects.filter(record_type=record.type_key(), survivor_id=record.pk)
    latest = list(rows.order_by("-pk")[:SHOWN])
    if not latest:
        return None
    titles = _titles(actor, type(record), latest)
    by_operation: dict[UUID, list[MergedRecord]] = defaultdict(list)
    for row in latest:
        by_operation[row.operation].append(row)
    entries = JournalEntry.objects.filter(operation__in=list(by_operation)).select_related("actor")
    told = list(entries.order_by("pk"))
    final = {one.operation for one in told if one.is_final}
    first = {one.operation: one for one in reversed(told)}
    return {
        "merges": [
            PastMerge(
                titles=tuple(titles[row.record_id] for row in found),
                at=found[0].merged_at,
                who=_who(first[operation]),
                operation=operation
                if operation not in final and _may_undo(actor, first[operation])
                else None,
            )
            for operation, found in by_operation.items()
        ]
    }


def _titles(actor: Actor, model: type[Record], rows: list[MergedRecord]) -> dict[int, str]:
    reached: Any = model.objects.reachable_by(actor)  # type: ignore[attr-defined]
    found = reached.in_bulk([row.record_id for row in rows])
    hidden = HIDDEN_RECORD
    return {row.record_id: str(found.get(row.record_id, hidden)) for row in rows}


def _who(entry: JournalEntry) -> str:
    return entry.actor.name if entry.actor else _("The system")


def _may_undo(actor: Actor, entry: JournalEntry) -> bool:
    is_young = clock.now() - entry.at <= timedelta(days=company().bin_days)
    return is_young and (actor.can_administer or entry.actor_id == actor.id)


# What records would bring along, as far as the reader may see it


def brought_along(
    actor: Actor, record_type: RecordType, ids: Collection[int]
) -> dict[int, list[str]]:
    """Record -> '3 contacts', '2 files': one query per kind of what points to the records."""
    said: dict[int, list[str]] = {pk: [] for pk in ids}
    for key, counts in _counts(actor, record_type, ids).items():
        for pk, count in counts.items():
            said[pk].append(_said(key, count))
    return said


def _counts(
    actor: Actor, record_type: RecordType, ids: Collection[int]
) -> dict[str, dict[int, int]]:
    counts: dict[str, dict[int, int]] = {}
    for pointer in pointers_to(record_type):
        key = _key_of(pointer)
        if key is None or pointer.on_merge == OnMerge.GOES:
            continue
        known = counts.setdefault(key, defaultdict(int))
        for pk, count in _counted(actor, record_type, pointer, ids).items():
            known[pk] += count
    return counts


def _key_of(pointer: Pointer) -> str | None:
    """What the rows are called in a count; None for what is too small to be told."""
    if pointer.model is File:
        return "file"
    return pointer.model.type_key() if issubclass(pointer.model, Record) else None


def _counted(
    actor: Actor, record_type: RecordType, pointer: Pointer, ids: Collection[int]
) -> Mapping[int, int]:
    """Whoever may read a record sees the files and the work on it; of others, what they may see."""
    rows = pointer.rows_to_move(record_type.model, ids, among=ids)
    if pointer.model in (File, Activity):
        rows = rows.filter(deleted_at=None)
    elif not actor.can(pointer.model.type_key(), Privilege.READ):
        return {}
    else:
        rows = pointer.model.objects.visible_to(actor).filter(pk__in=rows.values("pk"))
    counted = rows.order_by().values_list(pointer.attribute).annotate(Count("pk"))
    return dict(counted)


def _said(key: str, count: int) -> str:
    if key == "file":
        return ngettext("%(count)s file", "%(count)s files", count) % {"count": parts.number(count)}
    one, many = _("%(count)s %(type)s"), _("%(count)s %(types)s")
    return labels.with_names(one if count == 1 else many, key, count=parts.number(count))
