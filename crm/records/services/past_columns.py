"""Columns of the field history whose model has moved on: renamed, of another type, or gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from crm.models import ColumnRename
from crm.runtime.cache_versions import cache_version
from crm.runtime.process_cache import ProcessCache

_renames: ProcessCache[Mapping[tuple[str, str], str]] = ProcessCache(size=1)


@dataclass(frozen=True)
class Unreadable:
    """A value of the history that its field, or the lack of one, can't make a value of now."""

    stored: Any

    def __str__(self) -> str:
        return "" if self.stored is None else str(self.stored)


def _read() -> Mapping[tuple[str, str], str]:
    rows = ColumnRename.objects.order_by("pk").values_list("record_type", "old", "new")
    return {(record_type, old): new for record_type, old, new in rows}


def current_column(type_key: str, column: str) -> str:
    """What a column of the history is called now; a name given again counts as the newer one."""
    renames = _renames.get(cache_version("schema"), _read)
    seen = {column}
    while (new := renames.get((type_key, column))) and new not in seen:
        seen.add(new)
        column = new
    return column


def column_names(type_key: str, column: str) -> list[str]:
    """Every name under which the history may hold the values of a column, its present one first."""
    renames = _renames.get(cache_version("schema"), _read)
    older = [old for key, old in renames if key == type_key]
    return [column, *(old for old in older if old != column and _leads(type_key, old, column))]


def _leads(type_key: str, old: str, column: str) -> bool:
    return current_column(type_key, old) == column


def past_field(record: Any, column: str) -> Any:
    """The field that a column of the history is now; None where it was dropped."""
    stored = {field.column: field for field in record._meta.concrete_fields}
    if column in stored:
        return stored[column]
    return stored.get(current_column(record.type_key(), column))


def from_history(record: Any, column: str, value: Any) -> Any:
    """A value as history keeps it (JSON), as the Python value of the model's field.

    Unreadable where the column was dropped, or has a type by now that can't hold the value.
    """
    field = past_field(record, column)
    if field is None:
        return Unreadable(value)
    if value is None:
        return None
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    try:
        return field.to_python(value)
    except (ValidationError, TypeError, ValueError):
        return Unreadable(value)
