"""Columns bound to their record type: labels, values, what they need read and how they sort."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.safestring import SafeString

from crm import labels
from crm.access.actor import Actor
from crm.models import Principal, Record
from crm.records.lists.cells import cell
from crm.records.lists.paging import SortKey
from crm.registry.declaration import Column, RecordType, Section
from crm.registry.derived import derived
from crm.registry.registry import registry

RIGHT = frozenset({"money", "number", "percent"})
CHOSEN = frozenset({"choice", "stage", "pill"})
SCOPED = ("unit", "owner")  # what the gate asks of a linked record


@dataclass(frozen=True)
class BoundColumn:
    """A declared column together with the model field its accessor ends in."""

    record_type: RecordType
    column: Column

    @property
    def name(self) -> str:
        return self.column.name

    @cached_property
    def path(self) -> str:
        return self.column.accessor or self.column.name

    @cached_property
    def orm_path(self) -> str:
        return self.path.replace(".", "__")

    @cached_property
    def field(self) -> Any:
        """The model field at the end of the path, or None for what is computed."""
        return field_at(self.record_type.model, self.orm_path)

    @property
    def label(self) -> str:
        if self.column.label is not None:
            return str(self.column.label)
        return labels.field_label(self.record_type.key, self.path.split(".")[0])

    @cached_property
    def kind(self) -> str:
        return self.column.kind or kind_of(self.field)

    @cached_property
    def choices(self) -> dict[Any, Any]:
        return dict(getattr(self.field, "flatchoices", ()))

    @property
    def is_right(self) -> bool:
        return self.kind in RIGHT

    @property
    def is_wide_only(self) -> bool:
        return self.column.is_wide_only

    @cached_property
    def sort_path(self) -> str:
        """The ORM paths that order by this column, '' when it can't be sorted by."""
        if self.column.sort is not None:
            return self.column.sort
        field = self.field
        if field is None or isinstance(field, models.ManyToManyField | models.TextField):
            return ""
        if isinstance(field, models.ForeignKey):
            return f"{self.orm_path}__{title_of(field.related_model)}"
        return self.orm_path

    @cached_property
    def related(self) -> tuple[str, ...]:
        """Links to fetch along with the rows."""
        steps = self.steps
        if isinstance(self.field, models.ForeignKey) and steps[-1] == self.field.name:
            return (self.orm_path, *self.column.related)
        return ("__".join(steps[:-1]), *self.column.related) if steps[1:] else self.column.related

    @cached_property
    def needs(self) -> frozenset[str] | None:
        """The fields the cell reads of a row; None when only its template or property knows."""
        if self.column.reads:
            return frozenset().union(*(self._read(path) for path in self.column.reads))
        if self.column.template or set(self.column.related) - {self.orm_path}:
            return None
        deadline = self.column.deadline
        if self.column.annotate:
            return frozenset([deadline.field] if deadline else [])
        if self.field is None:
            return None
        needed = self._read(self.orm_path) | ({deadline.field} if deadline else set())
        if self.kind == "money":
            needed.add("currency_id")
        if self.kind == "pill" and self.record_type.status:
            needed.add(self.record_type.status.field)
        model = self.record_type.model
        return frozenset(path for path in needed if field_at(model, path) is not None)

    def _read(self, path: str) -> set[str]:
        field = field_at(self.record_type.model, path)
        is_link = isinstance(field, models.ForeignKey)
        return {path} | (read_of_link(field.related_model, path) if is_link else set())

    @cached_property
    def steps(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))

    def value(self, row: Any) -> Any:
        found: Any = row
        for step in self.steps:
            if found is None:
                return None
            found = getattr(found, step)
        return found() if callable(found) else found

    def text(self, row: Any) -> Any:
        """The value as an export writes it: words for choices, titles for links."""
        value = self.value(row)
        if self.kind in CHOSEN and self.choices:
            return str(self.choices.get(value, value or ""))
        return str(value) if isinstance(value, models.Model) else value

    def html(self, row: Any, actor: Actor | None = None) -> SafeString | str:
        return cell(self, row, actor)


@derived
def bound_columns(record_type: RecordType) -> tuple[BoundColumn, ...]:
    """Every column of the type's list; a process binds them once."""
    return tuple(BoundColumn(record_type, column) for column in record_type.columns)


@derived
def key_columns(record_type: RecordType) -> tuple[BoundColumn, ...]:
    """What the header of a record's page shows."""
    return tuple(bind(record_type, record_type.key_fields))


@derived
def subtitle_columns(record_type: RecordType) -> tuple[BoundColumn, ...]:
    """What stands under the title of a record."""
    paths = record_type.subtitle
    return tuple(bind(record_type, [Column(name=path, accessor=path) for path in paths]))


@derived
def field_columns(record_type: RecordType, section: Section) -> tuple[BoundColumn, ...]:
    """A section's fields on a record page: as their list column declares, where there is one."""
    declared = {column.name: column for column in record_type.columns}
    columns = [declared.get(name) or Column(name=name) for name in section.fields]
    return tuple(bind(record_type, columns))


def bind(record_type: RecordType, columns: Iterable[Column]) -> list[BoundColumn]:
    return [BoundColumn(record_type, column) for column in columns]


def field_at(model: Any, path: str) -> Any:
    field = None
    for step in path.split("__"):
        try:
            field = model._meta.get_field(step)
        except FieldDoesNotExist:
            return None
        model = getattr(field, "related_model", None) or model
    return field


def title_of(model: Any) -> str:
    """The field by which a linked row is called."""
    if model is Principal or not issubclass(model, Record):
        return "name" if model is Principal else "pk"
    return registry.of(model).title


def read_of_link(model: Any, path: str) -> set[str]:
    """What is read of a linked row: its name, and whose it is. Small tables are read whole."""
    if model is Principal:
        return {f"{path}__name"}
    if not issubclass(model, Record):
        return set()
    return {f"{path}__{name}" for name in (title_of(model), *SCOPED)}


_KINDS: tuple[tuple[Any, str], ...] = (
    (models.BooleanField, "bool"),
    (models.DateTimeField, "moment"),
    (models.DateField, "date"),
    (models.DecimalField, "money"),
    (models.IntegerField, "number"),
    (models.EmailField, "email"),
    (models.URLField, "web"),
    (models.ManyToManyField, "many"),
)


def kind_of(field: Any) -> str:
    if field is None:
        return "text"
    if isinstance(field, models.ForeignKey):
        return "person" if field.related_model is Principal else "record"
    if getattr(field, "choices", None):
        return "choice"
    return next((kind for known, kind in _KINDS if isinstance(field, known)), "text")


def fetch(rows: Any, columns: Sequence[BoundColumn], more: Iterable[str] = ()) -> Any:
    """The query set with what the columns read: links joined, computed values added."""
    related = {path for column in columns for path in column.related} | set(more)
    if related:
        rows = rows.select_related(*sorted(related))
    for column in columns:
        if column.column.annotate:
            rows = column.column.annotate(rows)
        elif column.kind == "many":
            rows = rows.prefetch_related(column.orm_path)
    return rows.defer("search_text")


def fetch_list(rows: Any, columns: Sequence[BoundColumn], keys: Sequence[SortKey]) -> Any:
    """As `fetch`, but of the rows nothing else is read: not one field no column shows."""
    sorted_by = {key.path for key in keys if field_at(rows.model, key.path) is not None}
    found = fetch(rows, columns, {path.rpartition("__")[0] for path in sorted_by if "__" in path})
    record_type = columns[0].record_type
    needed = {"pk", "version", record_type.title, *filter(None, [record_type.number]), *sorted_by}
    for column in columns:
        if column.needs is None:
            return found
        needed |= column.needs
    return found.defer(None).only(*needed, *_ways(needed))


def _ways(paths: Iterable[str]) -> set[str]:
    """The links that paths pass through."""
    return {
        "__".join(steps[:length])
        for steps in (path.split("__") for path in paths)
        for length in range(1, len(steps))
    }


def sort_keys(columns: Sequence[BoundColumn], names: Iterable[str]) -> list[SortKey]:
    """Keys for signed names such as '-modified_at'; unknown names raise KeyError."""
    by_name = {column.name: column for column in columns}
    keys = []
    for signed in names:
        name = signed.removeprefix("-")
        column = by_name.get(name) or _undeclared(columns, name)
        if not column.sort_path:
            raise KeyError(name)
        keys += _keys_of(column, is_descending=signed.startswith("-"))
    return [*keys, SortKey("pk", bool(keys) and keys[0].is_descending, is_nullable=False)]


def _keys_of(column: BoundColumn, *, is_descending: bool) -> list[SortKey]:
    model = column.record_type.model
    return [
        SortKey(path, is_descending, _is_nullable(model, path), _is_folded(column, path))
        for path in column.sort_path.split(",")
    ]


def _undeclared(columns: Sequence[BoundColumn], name: str) -> BoundColumn:
    """A model field no column shows; a view may order by it. Raises KeyError."""
    record_type = columns[0].record_type
    if "__" in name or field_at(record_type.model, name) is None:
        raise KeyError(name)
    return BoundColumn(record_type, Column(name=name))


def _is_nullable(model: Any, path: str) -> bool:
    field = field_at(model, path)
    return field is None or field.null or "__" in path


def _is_folded(column: BoundColumn, path: str) -> bool:
    """Words are sorted as people do; numbers and keys have no accents and case."""
    field = field_at(column.record_type.model, path)
    is_text = isinstance(getattr(field, "output_field", field), models.CharField)
    return is_text and not field.choices and path != column.record_type.number
