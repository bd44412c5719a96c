"""What apps add to the import of a record type: of their own, or of one in an app below."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm.exchange.imports.fields import ImportField


@dataclass(frozen=True, kw_only=True)
class ImportAddition:
    """An addition to the import of the type with the key `record_type`.

    `aliases` are other headings that files use for the type's own fields. `fields` are taken
    beyond those, or in place of one. `prepare(record)` completes an imported record before it is
    checked (a missing name ...); `follow(records)` runs once a chunk's new records are written, in
    the same operation.
    """

    record_type: str
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: tuple[ImportField, ...] = ()
    prepare: Callable[[Any], None] | None = None
    follow: Callable[[list[Any]], None] | None = None


_additions: dict[str, list[ImportAddition]] = defaultdict(list)


def add_to_import(addition: ImportAddition) -> None:
    _additions[addition.record_type].append(addition)


def additions_to(type_key: str) -> tuple[ImportAddition, ...]:
    """In the order of the apps: the lowest first."""
    return tuple(_additions.get(type_key, ()))
