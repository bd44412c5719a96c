"""System checks of the declarations: every name in them must be something real."""

from collections.abc import Iterator
from typing import Any

from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.module_loading import import_string

from crm.conditions.fields import Kind, asked_field
from crm.records.merging.pointers import undeclared_pointers
from crm.registry.declaration import Chart, RecordType
from crm.registry.registry import registry

MOST_PARTS = 4  # as many steps as the colour of charts has
UNDRAWN = frozenset({Kind.TEXT, Kind.NUMBER, Kind.MANY})  # as many values as rows, or several each


@checks.register("records")
def declarations_name_real_things(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    return [
        checks.Error(problem, obj=record_type.key, id="crm.E001")
        for record_type in registry
        for problem in _problems(record_type)
    ]


@checks.register("records")
def pointers_are_declared(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    return [
        checks.Error(
            f"'{name}' points to records of several types.",
            hint="Say with crm.records.merging.pointers.add_pointer what becomes of it in a merge.",
            id="crm.E002",
        )
        for name in undeclared_pointers()
    ]


def _problems(record_type: RecordType) -> Iterator[str]:
    yield from _unknown_fields(record_type)
    yield from _unknown_names(record_type)
    yield from _missing_templates(record_type)
    yield from _wrong_charts(record_type)


def _unknown_fields(record_type: RecordType) -> Iterator[str]:
    named = [record_type.title, *record_type.filters, *record_type.bulk_fields]
    named += [name for section in record_type.sections for name in section.fields]
    named += [name for key in record_type.duplicates for name in key.fields]
    named += record_type.merge.stricter
    named += [record_type.status.field] if record_type.status else []
    named += [record_type.number] if record_type.number else []
    columns = [*record_type.columns, *record_type.key_fields]
    named += [column.deadline.field for column in columns if column.deadline]
    named += [
        column.accessor.replace(".", "__") or column.name
        for column in record_type.columns
        if not column.annotate and not column.template
    ]
    for name in named:
        if not _is_path(record_type.model, name):
            yield f"'{name}' is neither a field nor an attribute of {record_type.key}."


def _is_path(model: Any, path: str) -> bool:
    for step in path.split("__"):
        try:
            field = model._meta.get_field(step)
        except FieldDoesNotExist:
            return hasattr(model, step)
        model = getattr(field, "related_model", None)
        if model is None:
            return True
    return True


def _unknown_names(record_type: RecordType) -> Iterator[str]:
    dotted = [record_type.form, record_type.record_view, record_type.edit_view]
    dotted += [record_type.create, record_type.merge.retire]
    dotted += [name for action in record_type.actions for name in (action.service, action.view)]
    dotted += [action.form for action in record_type.actions]
    dotted += [record_type.board.move] if record_type.board else []
    for name in filter(None, dotted):
        try:
            import_string(name)
        except ImportError as error:
            yield f"'{name}' cannot be imported: {error}"


def _missing_templates(record_type: RecordType) -> Iterator[str]:
    names = [record_type.record_template, record_type.list_template]
    names += [panel.template for panel in record_type.panels]
    names += [column.template for column in record_type.columns]
    names += [record_type.board.card] if record_type.board else []
    for name in filter(None, names):
        try:
            get_template(name)
        except TemplateDoesNotExist:
            yield f"The template '{name}' does not exist."


def _wrong_charts(record_type: RecordType) -> Iterator[str]:
    """A mark leads to the rows behind it, so a chart goes by what the list is filtered by."""
    for chart in record_type.charts:
        asked = asked_field(record_type.model, chart.by)
        currency = {chart.currency.removesuffix("_id")} if chart.total else set()
        stacked = {chart.stacked_by} - {""}
        for name in {chart.by, *chart.only, *currency, *stacked} - set(record_type.filters):
            yield f"The chart '{chart.key}' of {record_type.key} needs the filter '{name}'."
        if asked is None or asked.kind in UNDRAWN:
            yield f"The chart '{chart.key}' can't go by '{chart.by}'."
        if stacked and not _can_be_stacked(record_type, chart):
            yield f"The chart '{chart.key}' can't be stacked by '{chart.stacked_by}'."
        for name in filter(None, [chart.total, chart.total and chart.currency]):
            if not _is_path(record_type.model, name):
                yield f"The chart '{chart.key}' adds up '{name}', which is no field."
    if len({chart.key for chart in record_type.charts}) < len(record_type.charts):
        yield f"Two charts of {record_type.key} have the same key."


def _can_be_stacked(record_type: RecordType, chart: Chart) -> bool:
    """By a choice of few values, and where the marks are few enough to be read whole."""
    by = asked_field(record_type.model, chart.by)
    part = asked_field(record_type.model, chart.stacked_by)
    if by is None or by.kind in (Kind.PERSON, Kind.RECORD) or part is None:
        return False
    return part.kind == Kind.CHOICE and not part.owners[1:] and len(part.choices) <= MOST_PARTS
