"""Columns bound to their record type: labels, values, and how a value is shown in a cell."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm import labels
from crm.models import Principal, Record
from crm.records.declaration import Column, RecordType
from crm.records.links import record_url
from crm.records.paging import SortKey
from crm.templatetags import ui

RIGHT = frozenset({"money", "number", "percent"})
NOTHING = SafeString("")


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
    def field(self) -> Any:
        """The model field at the end of the path, or None for what is computed."""
        return field_at(self.record_type.model, self.path.replace(".", "__"))

    @property
    def label(self) -> str:
        if self.column.label is not None:
            return str(self.column.label)
        return labels.field_label(self.record_type.key, self.path.split(".")[0])

    @cached_property
    def kind(self) -> str:
        if self.column.kind:
            return self.column.kind
        return kind_of(self.field)

    @property
    def is_right(self) -> bool:
        return self.kind in RIGHT

    @property
    def is_wide_only(self) -> bool:
        return self.column.is_wide_only

    @cached_property
    def sort_path(self) -> str:
        """The ORM path that orders by this column, '' when it can't be sorted by."""
        if self.column.sort is not None:
            return self.column.sort
        field = self.field
        if field is None or isinstance(field, models.ManyToManyField | models.TextField):
            return ""
        path = self.path.replace(".", "__")
        if isinstance(field, models.ForeignKey):
            return f"{path}__{_title_of(field.related_model)}"
        return path

    @cached_property
    def related(self) -> tuple[str, ...]:
        """Links to fetch along with the rows."""
        steps = self.path.split(".")
        if isinstance(self.field, models.ForeignKey) and steps[-1] == self.field.name:
            return ("__".join(steps), *self.column.related)
        return ("__".join(steps[:-1]), *self.column.related) if steps[1:] else self.column.related

    def value(self, row: Any) -> Any:
        found: Any = row
        for step in self.path.split("."):
            if found is None:
                return None
            found = getattr(found, step)
        return found() if callable(found) else found

    def text(self, row: Any) -> Any:
        """The value as an export writes it."""
        value = self.value(row)
        if self.kind in ("choice", "stage", "pill") and self.field is not None:
            return str(dict(self.field.flatchoices).get(value, value or ""))
        if isinstance(value, models.Model):
            return str(value)
        return value

    def html(self, row: Any) -> SafeString | str:
        if self.column.template:
            return compiled(self.column.template).render({"row": row, "column": self})
        value = self.value(row)
        if value is None or value == "":
            return NOTHING
        return CELLS.get(self.kind, _plain)(self, row, value)


@cache
def compiled(name: str) -> Any:
    return get_template(name)


def field_at(model: Any, path: str) -> Any:
    field = None
    for step in path.split("__"):
        try:
            field = model._meta.get_field(step)
        except FieldDoesNotExist:
            return None
        model = getattr(field, "related_model", None) or model
    return field


def _title_of(model: Any) -> str:
    from crm.records.registry import registry

    if model is Principal or not issubclass(model, Record):
        return "name" if model is Principal else "pk"
    return registry.of(model).title


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


def _plain(_column: BoundColumn, _row: Any, value: Any) -> str:
    return str(value)


def _record(_column: BoundColumn, _row: Any, value: Any) -> SafeString | str:
    if not isinstance(value, Record):
        return str(value)
    return format_html('<a href="{}">{}</a>', record_url(value), value)


def _person(_column: BoundColumn, _row: Any, value: Any) -> SafeString:
    return format_html(
        '<span class="line">{}<span class="cut">{}</span></span>', ui.face(value.name), value.name
    )


def _money(column: BoundColumn, row: Any, value: Any) -> str:
    currency = row
    for step in column.column.currency.split("."):
        currency = getattr(currency, step, "") if currency else ""
    return ui.amount(value, str(currency or ""))


def _choice(column: BoundColumn, _row: Any, value: Any) -> str:
    return str(_choices(column).get(value, value))


def _choices(column: BoundColumn) -> dict[Any, Any]:
    return dict(column.field.flatchoices) if column.field is not None else {}


def _pill(column: BoundColumn, row: Any, value: Any) -> SafeString:
    return status_pill(column.record_type, row, bare=True)


def _stage(column: BoundColumn, _row: Any, value: Any) -> SafeString:
    choices = list(_choices(column))
    quarter = 1 + choices.index(value) * 3 // max(len(choices) - 1, 1)
    return format_html(
        '<span class="stage">{}{}</span>', ui.icon(f"stage-{quarter}"), _choices(column)[value]
    )


def _percent(_column: BoundColumn, _row: Any, value: Any) -> str:
    return f"{ui.number(value)} %"


def _bool(_column: BoundColumn, _row: Any, value: Any) -> str:
    return _("Yes") if value else _("No")


def _many(_column: BoundColumn, _row: Any, value: Any) -> SafeString:
    return format_html_join(", ", "{}", ((_record(_column, _row, one),) for one in value.all()))


def _email(_column: BoundColumn, _row: Any, value: Any) -> SafeString:
    return format_html('<a href="mailto:{}">{}</a>', value, value)


def _web(_column: BoundColumn, _row: Any, value: Any) -> SafeString:
    shown = value.removeprefix("https://").removeprefix("http://").rstrip("/")
    return format_html(
        '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>', value, shown
    )


def _date(_column: BoundColumn, _row: Any, value: Any) -> Any:
    return ui.moment(value) if isinstance(value, datetime) else ui.day(value)


Cell = Callable[[BoundColumn, Any, Any], Any]
CELLS: dict[str, Cell] = {
    "record": _record,
    "person": _person,
    "money": _money,
    "choice": _choice,
    "pill": _pill,
    "stage": _stage,
    "percent": _percent,
    "bool": _bool,
    "many": _many,
    "email": _email,
    "web": _web,
    "date": _date,
    "moment": _date,
    "number": lambda _column, _row, value: ui.number(value),
}


def status_pill(record_type: RecordType, row: Any, *, bare: bool = False) -> SafeString:
    """The record's status as shape and word."""
    status = record_type.status
    if status is None:
        return NOTHING
    value = getattr(row, status.field)
    choices = dict(row._meta.get_field(status.field).flatchoices)
    tone, shape = status.tones.get(value, ("", "circle"))
    return ui.pill(choices.get(value, value), f"{tone} bare" if bare else tone, shape)


def bind(record_type: RecordType, columns: Iterable[Column]) -> list[BoundColumn]:
    return [BoundColumn(record_type, column) for column in columns]


def fetch(rows: Any, columns: Sequence[BoundColumn], more: Iterable[str] = ()) -> Any:
    """The query set with what the columns read: links joined, computed values added."""
    related = {path for column in columns for path in column.related} | set(more)
    if related:
        rows = rows.select_related(*sorted(related))
    for column in columns:
        if column.column.annotate:
            rows = column.column.annotate(rows)
        elif column.kind == "many":
            rows = rows.prefetch_related(column.path.replace(".", "__"))
    return rows.defer("search_text")


def sort_keys(columns: Sequence[BoundColumn], names: Iterable[str]) -> list[SortKey]:
    """Keys for signed names such as '-modified_at'; unknown names raise KeyError."""
    by_name = {column.name: column for column in columns}
    keys = []
    for signed in names:
        name = signed.removeprefix("-")
        column = by_name.get(name) or _undeclared(columns, name)
        if not column.sort_path:
            raise KeyError(name)
        keys.append(SortKey(column.sort_path, signed.startswith("-"), _is_nullable(column)))
    return [*keys, SortKey("pk", bool(keys) and keys[0].is_descending, is_nullable=False)]


def field_columns(record_type: RecordType, names: Iterable[str]) -> list[BoundColumn]:
    """Fields as a record page shows them: as their list column declares, where there is one."""
    declared = {column.name: column for column in record_type.columns}
    return bind(record_type, [declared.get(name) or Column(name=name) for name in names])


def _undeclared(columns: Sequence[BoundColumn], name: str) -> BoundColumn:
    """A model field no column shows; a view may order by it. Raises KeyError."""
    record_type = columns[0].record_type
    if field_at(record_type.model, name) is None:
        raise KeyError(name)
    return BoundColumn(record_type, Column(name=name))


def _is_nullable(column: BoundColumn) -> bool:
    field = field_at(column.record_type.model, column.sort_path)
    return field is None or field.null or "__" in column.sort_path
