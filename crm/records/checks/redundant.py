"""A declaration never repeats what the model says: the repetition would outlive a change of it."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from crm.records.lists.tables import BoundColumn
from crm.registry.declaration import Column, RecordType

WITHOUT: dict[str, Any] = {"kind": None, "related": (), "sort": None, "accessor": ""}


def redundant_arguments(record_type: RecordType) -> Iterator[str]:
    for column in (*record_type.columns, *record_type.key_fields):
        for name in redundant_of(record_type, column):
            value = getattr(column, name)
            yield (
                f"column '{column.name}' says {name}={value!r}, which the model says already;"
                " leave it out."
            )


def redundant_of(record_type: RecordType, column: Column) -> list[str]:
    """The arguments without which the column is drawn, joined and sorted just so."""
    declared = _effect(record_type, column)
    return [
        name
        for name, nothing in WITHOUT.items()
        if getattr(column, name) != nothing
        and _effect(record_type, dataclasses.replace(column, **{name: nothing})) == declared
    ]


def _effect(record_type: RecordType, column: Column) -> tuple[Any, ...]:
    bound = BoundColumn(record_type, column)
    return (bound.path, str(bound.kind), frozenset(bound.related), bound.sort_path, bound.needs)
