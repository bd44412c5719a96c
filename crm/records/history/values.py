"""Values a record had, shown as the page shows the ones it has."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import HIDDEN_RECORD, Actor
from crm.models import FieldChange, Principal, Record
from crm.records.lists.tables import BoundColumn
from crm.records.services.past_columns import (
    Unreadable,
    current_column,
    from_history,
    past_field,
)
from crm.registry.declaration import Column
from crm.registry.registry import registry

# What the database keeps for itself; nobody reads it in a history.
KEPT_QUIET = frozenset(
    {"id", "unit_id", "version", "created_at", "created_by_id", "modified_at", "modified_by_id"}
    | {"deleted_at", "search_text", "happened_at"}
)

LONG = 60


class LinkedRecords:
    """The records that past values link to, as far as the actor may see them.

    Read in one query per type; shared by the readers of several records.
    """

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._records: dict[tuple[Any, int], Any] = {}

    def load(self, links: Iterable[tuple[Any, int]]) -> None:
        wanted: dict[Any, set[int]] = {}
        for model, pk in links:
            wanted.setdefault(model, set()).add(pk)
        for model, ids in wanted.items():
            found = self._readable(model).in_bulk(ids)
            self._records |= {(model, pk): found.get(pk) for pk in ids}

    def get(self, model: Any, pk: int) -> Any:
        """None for what the actor may not see, and for what is gone."""
        return self._records.get((model, pk))

    def _readable(self, model: Any) -> Any:
        if model is not Principal and issubclass(model, Record):
            return model.objects.visible_to(self._actor)
        return model._default_manager.all()


class PastValues:
    """Shows values of one record out of its history. Links are read in one query per type."""

    def __init__(self, actor: Actor, record: Any, *, linked: LinkedRecords | None = None) -> None:
        self.record = record
        self.linked = linked or LinkedRecords(actor)
        self.record_type = registry.of(record)
        declared = (*self.record_type.key_fields, *self.record_type.columns)
        self._columns = {column.name: column for column in declared}
        self._fields = {
            field.column: field
            for field in record._meta.concrete_fields
            if field.column not in KEPT_QUIET and not field.generated and labels.has_name(field)
        }

    @property
    def fields(self) -> list[Any]:
        return list(self._fields.values())

    def field(self, column: str) -> Any:
        """The field a history column belongs to now; None when nobody needs to read it."""
        if column in self._fields:
            return self._fields[column]
        return self._fields.get(current_column(self.record.type_key(), column))

    def is_dropped(self, column: str) -> bool:
        """Whether the model no longer has what this column held."""
        return past_field(self.record, column) is None and column not in KEPT_QUIET

    def label(self, column: str) -> str:
        """What the field of a history column is called; a dropped one by its column."""
        field = self.field(column)
        if field is not None:
            return labels.field_label(self.record.type_key(), field.name)
        words = capfirst(column.removesuffix("_id").replace("_", " "))
        return _("%(field)s (no longer a field)") % {"field": words}

    def load(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Reads the records that (column, value) pairs link to, before they are shown."""
        self.linked.load(self.links_in(pairs))

    def links_in(self, pairs: Iterable[tuple[str, Any]]) -> Iterator[tuple[Any, int]]:
        """(model, key) of what the values of (column, value) pairs link to."""
        for column, value in pairs:
            field = self.field(column)
            if isinstance(field, models.ForeignKey) and value is not None:
                yield field.related_model, value

    def text(self, column: str, stored: Any) -> Any:
        """As `html`, but for a link only the name of what it leads to."""
        field = self.field(column)
        if stored is None or not isinstance(field, models.ForeignKey):
            return self.html(column, stored)
        return str(self.linked.get(field.related_model, stored) or HIDDEN_RECORD)

    def html(self, column: str, stored: Any) -> Any:
        """A value as history keeps it (JSON), shown; '' for nothing."""
        field = self.field(column)
        value = from_history(self.record, column, stored)
        if value is None or value == "":
            return ""
        if isinstance(value, Unreadable):
            return str(value)
        if isinstance(field, models.ForeignKey):
            value = self.linked.get(field.related_model, value)
            if value is None:
                return HIDDEN_RECORD
        return self._shown(field, value)

    def _shown(self, field: Any, value: Any) -> Any:
        declared = self._columns.get(field.name)
        column = BoundColumn(self.record_type, Column(name=field.name))
        if declared and declared.kind not in ("link", "pill") and not declared.template:
            column = BoundColumn(self.record_type, declared)
        return column.html(_Past(self.record, field.name, value))


class _Past:
    """A record in which one field has another value."""

    def __init__(self, record: Any, name: str, value: Any) -> None:
        self._record, self._name, self._value = record, name, value

    def __getattr__(self, name: str) -> Any:
        return self._value if name == self._name else getattr(self._record, name)


def is_long(field: Any, *values: Any) -> bool:
    """Text too long to stand in a line."""
    return isinstance(field, models.TextField) or any(
        isinstance(value, str) and len(value) > LONG for value in values
    )


def read_by_people(past: PastValues, change: FieldChange) -> Iterator[tuple[str, list[Any]]]:
    """(column, [old, new]) of the fields of an update that people care about."""
    if change.event == FieldChange.Event.UPDATE:
        for column, pair in change.changes.items():
            if past.field(column) is not None or past.is_dropped(column):
                yield column, pair
