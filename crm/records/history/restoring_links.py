"""Records that an undo deleted although something that stays links to them: they come back.

An undo goes batch by batch in key order and lets the records of one job go together, in whatever
circle they link each other. So when a later record stays as it is, because somebody changed it
again, what it links to may lie in the bin already.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm.errors import CrmError, RuleViolation
from crm.models import Activity, FieldChange, JournalEntry, Record
from crm.operations import named
from crm.records.services.many import restore_rows
from crm.registry.registry import registry

Keys = Mapping[str, Collection[int]]  # record type -> ids


def restore_linked(operations: Collection[UUID], left: Keys) -> dict[tuple[str, int], CrmError]:
    """Takes out of the bin what an undo of `operations` deleted and the records in `left` link to.

    What comes back brings what it links to in turn. Returns why each is there again. Locks the
    rows in key order; journals 'restored', emits RecordsChanged. Per step a handful of queries for
    each type, however many records there are.
    """
    reasons: dict[tuple[str, int], CrmError] = {}
    while left:
        restored = {
            type_key: _restore(type_key, ids, operations) for type_key, ids in _targets(left)
        }
        left = {type_key: rows for type_key, rows in restored.items() if rows}
        reasons |= {
            (type_key, pk): used_elsewhere(record)
            for type_key, rows in restored.items()
            for pk, record in rows.items()
        }
    return reasons


def used_elsewhere(record: Record) -> CrmError:
    return RuleViolation(
        _("“%(record)s” is used by other records meanwhile, so this can't be undone.")
        % {"record": named(record)}
    )


def _targets(left: Keys) -> Iterator[tuple[str, set[int]]]:
    """Per record type the ids of what the living among the records link to."""
    found: dict[str, set[int]] = defaultdict(set)
    for type_key, ids in left.items():
        model = registry.get(type_key).model
        links = _links(model)
        rows = model.objects.alive().filter(pk__in=ids)  # type: ignore[attr-defined]
        for values in rows.values_list(*links) if links else ():
            for linked_type, value in zip(links.values(), values, strict=True):
                if value is not None:
                    found[linked_type].add(value)
        if model is Activity:
            for linked_type, value in rows.values_list("regarding_type", "regarding_id"):
                if value is not None:
                    found[linked_type].add(value)
    yield from ((key, ids) for key, ids in found.items() if key in registry)


def _links(model: type[Record]) -> dict[str, str]:
    """Attribute -> type of what it links to, for the links between record types."""
    types: dict[Any, str] = {record_type.model: record_type.key for record_type in registry}
    return {
        field.attname: types[field.related_model]
        for field in model._meta.concrete_fields
        if field.related_model in types
    }


def _restore(type_key: str, ids: Collection[int], operations: Collection[UUID]) -> dict[int, Any]:
    """Those of the records that the undo put into the bin; where the place is taken, it stays."""
    record_type = registry.get(type_key)
    made = FieldChange.objects.filter(
        operation__in=operations,
        record_type=type_key,
        record_id__in=ids,
        event=FieldChange.Event.INSERT,
    )
    undone = JournalEntry.objects.filter(
        verb="undone",
        record_type=type_key,
        record_id__in=made.values("record_id"),
        data__operation__in=[str(one) for one in operations],
    )
    rows: Any = record_type.model._base_manager.filter(
        pk__in=undone.values("record_id"), deleted_at__isnull=False
    )
    records = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
    if not records:
        return {}
    refused = restore_rows(record_type, list(records.values())).refused
    restored = {pk: record for pk, record in records.items() if pk not in refused}
    JournalEntry.objects.filter(
        operation__in=operations, record_type=type_key, record_id__in=restored
    ).update(is_undone=False)
    return restored
