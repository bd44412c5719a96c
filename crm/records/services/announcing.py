"""Emitting RecordsChanged: every path that writes record rows calls this once per statement."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import models

from crm.models import Record
from crm.operations import current, emit
from crm.registry.events import ChangeKind, RecordsChanged

DELETED = frozenset({"deleted_at"})


def announce(
    kind: ChangeKind,
    model: type[Record],
    ids: Collection[int],
    fields: Collection[str] = frozenset(),
) -> None:
    """Emits one RecordsChanged for the rows; nothing where no row or no field changed.

    Costs no query. Runs in the transaction of the write, as its subscribers do.
    """
    is_update = kind in (ChangeKind.CHANGED, ChangeKind.DELETED, ChangeKind.RESTORED)
    if ids and (fields or not is_update):
        emit(
            RecordsChanged(
                kind=kind,
                record_type=model.type_key(),
                ids=tuple(sorted(ids)),
                fields=frozenset(fields),
                operation=current().id,
            )
        )


def announce_each(model: type[Record], changes: Iterable[tuple[int, Collection[str]]]) -> None:
    """As `announce`, for rows of one statement whose fields differ: one event per set of fields.

    `changes` gives (row, names of the fields that changed). Rows that went to the bin or came back
    are to be announced as such.
    """
    by_fields: dict[frozenset[str], list[int]] = defaultdict(list)
    for record_id, names in changes:
        by_fields[frozenset(names)].append(record_id)
    for names, ids in by_fields.items():
        announce(ChangeKind.CHANGED, model, ids, names)


def changed_fields(record: Any, old: Mapping[str, Any]) -> set[str]:
    """The fields that have another value now than in `old`, field or attribute name -> value."""
    names = set()
    for name, value in old.items():
        field = record._meta.get_field(name)
        before = value.pk if isinstance(value, models.Model) else value
        if getattr(record, field.attname) != before:
            names.add(field.name)
    return names


def field_names(model: type[Record], attributes: Iterable[str]) -> set[str]:
    """The names of the fields with these attributes: 'owner' for 'owner_id'."""
    return {model._meta.get_field(name).name for name in attributes}
