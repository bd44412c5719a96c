"""Names of fields, paths, functions and templates."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.module_loading import import_string

from crm.conditions.fields import asked_field
from crm.models import Record
from crm.records.lists.tables import bound_columns, field_at, sort_keys
from crm.registry.declaration import Column, RecordType


def unknown_names(record_type: RecordType) -> Iterator[str]:
    yield from _fields(record_type)
    yield from _columns(record_type)
    yield from _links(record_type)
    yield from _filters(record_type)
    yield from _orders(record_type)
    yield from _functions(record_type)
    yield from _templates(record_type)


def is_path(model: Any, path: str) -> bool:
    """Whether fields, or at the end an attribute, stand at each step of 'account__name'."""
    *links, last = path.replace(".", "__").split("__")
    for step in links:
        try:
            model = model._meta.get_field(step).related_model
        except FieldDoesNotExist:
            return False
        if model is None:
            return False
    try:
        model._meta.get_field(last)
    except FieldDoesNotExist:
        return hasattr(model, last)
    return True


def _fields(record_type: RecordType) -> Iterator[str]:
    board = record_type.board
    named: list[tuple[str, Iterable[str]]] = [
        ("the title", [record_type.title]),
        ("the number", [record_type.number]),
        ("the subtitle", record_type.subtitle),
        ("bulk_fields", record_type.bulk_fields),
        ("import_fields", record_type.import_fields),
        ("merge.stricter", record_type.merge.stricter),
        ("the board", [board.field, board.total] if board else []),
    ]
    named += [(f"section '{part.key}'", part.fields) for part in record_type.sections]
    named += [("a duplicate key", key.fields) for key in record_type.duplicates]
    for where, names in named:
        for name in filter(None, names):
            if not is_path(record_type.model, name):
                yield f"{where} names '{name}', which is no field."


def _columns(record_type: RecordType) -> Iterator[str]:
    for column in (*record_type.columns, *record_type.key_fields):
        where = f"column '{column.name}'"
        path = column.accessor or column.name
        if path not in _annotations(record_type, column) and not is_path(record_type.model, path):
            yield f"{where} shows '{path}', which is no field."
        for name in (*column.reads, *([column.deadline.field] if column.deadline else [])):
            if not is_path(record_type.model, name):
                yield f"{where} reads '{name}', which is no field."


def _annotations(record_type: RecordType, column: Column) -> Collection[str]:
    if column.annotate is None:
        return ()
    model: Any = record_type.model
    return column.annotate(model.objects.all()).query.annotations


def _links(record_type: RecordType) -> Iterator[str]:
    named = [("related", record_type.related)]
    named += [
        (f"related of column '{column.name}'", column.related)
        for column in (*record_type.columns, *record_type.key_fields)
    ]
    named += [("related of the board", record_type.board.related)] if record_type.board else []
    for where, paths in named:
        for path in paths:
            if not _is_link(record_type.model, path):
                yield f"{where} names '{path}', which is no link."
    for name in record_type.rolls_up_to:
        target = getattr(field_at(record_type.model, name), "related_model", None)
        if not (isinstance(target, type) and issubclass(target, Record)):
            yield f"rolls_up_to names '{name}', which is no link to a record."


def _is_link(model: Any, path: str) -> bool:
    """Whether select_related could follow it: foreign keys and one-to-one links at each step."""
    for step in path.split("__"):
        try:
            relation = model._meta.get_field(step)
        except FieldDoesNotExist:
            return False
        if not (relation.many_to_one or relation.one_to_one):
            return False
        model = relation.related_model
    return True


def _filters(record_type: RecordType) -> Iterator[str]:
    for path in record_type.filters:
        if asked_field(record_type.model, path) is None:
            yield f"filters name '{path}', which leads to no field."


def _orders(record_type: RecordType) -> Iterator[str]:
    columns = bound_columns(record_type)
    for view in record_type.views:
        for name in filter(None, view.sort.split(",")):
            try:
                sort_keys(columns, [name])
            except KeyError:
                yield f"view '{view.key}' sorts by '{name}', which no column can be sorted by."
    for column in record_type.columns:
        for path in filter(None, (column.sort or "").split(",")):
            if not _is_ordered(record_type.model, column, path):
                yield f"column '{column.name}' sorts by '{path}', which is no field."


def _is_ordered(model: Any, column: Column, path: str) -> bool:
    if column.annotate and path == column.name:
        return True
    found = field_at(model, path)
    return found is not None and not isinstance(found, models.ManyToManyField)


def _functions(record_type: RecordType) -> Iterator[str]:
    dotted = [record_type.form, record_type.create, record_type.merge.retire]
    dotted += [name for action in record_type.actions for name in (action.service, action.view)]
    dotted += [action.form for action in record_type.actions]
    dotted += [record_type.board.move] if record_type.board else []
    for name in filter(None, dotted):
        try:
            import_string(name)
        except ImportError as error:
            yield f"'{name}' cannot be imported: {error}"


def _templates(record_type: RecordType) -> Iterator[str]:
    names = [panel.template for panel in record_type.panels]
    names += [column.template for column in record_type.columns]
    names += [record_type.board.card] if record_type.board else []
    for name in filter(None, names):
        try:
            get_template(name)
        except TemplateDoesNotExist:
            yield f"the template '{name}' does not exist."
