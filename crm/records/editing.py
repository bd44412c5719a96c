"""Which cells of a list can be changed where they stand, and the form of one of them."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.module_loading import import_string

from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.records.lists.tables import BoundColumn, bound_columns
from crm.records.services import PROTECTED
from crm.registry.declaration import RecordType
from crm.registry.derived import derived

NO_RECORD = -1


def editable_names(
    actor: Actor, record_type: RecordType, columns: Sequence[BoundColumn]
) -> frozenset[str]:
    """The columns whose cells the actor may change in records that are theirs to change."""
    if not actor.can(record_type.key, Privilege.WRITE):
        return frozenset()
    known = editable_columns(record_type).keys()
    names = {column.name for column in columns} & known
    if not actor.can(record_type.key, Privilege.ASSIGN):
        names.discard("owner")
    return frozenset(names)


@derived
def editable_columns(record_type: RecordType) -> dict[str, BoundColumn]:
    """The columns that show one plain field which the form of a record lets one change."""
    offered = _offered(record_type)
    return {
        column.name: column
        for column in bound_columns(record_type)
        if column.path == column.name and column.name in offered and _is_plain(column.field)
    }


def _offered(record_type: RecordType) -> set[str]:
    """What the form asks of a record that is there already, whoever it belongs to."""
    nobody = record_type.model(pk=NO_RECORD)
    form = import_string(record_type.form)(actor=Actor.system(), instance=nobody)
    return {
        name
        for name, field in form.fields.items()
        if not field.disabled and not field.widget.is_hidden
    }


def _is_plain(field: Any) -> bool:
    is_stored = isinstance(field, models.Field) and not isinstance(field, models.ManyToManyField)
    return is_stored and field.name not in PROTECTED


def cell_form(column: BoundColumn, actor: Actor, record: Any, data: Any = None) -> Any:
    """The type's form of a record with one field; None when this record's doesn't ask for it."""
    form = import_string(column.record_type.form)(
        data, actor=actor, instance=record, auto_id="cell-%s"
    )
    field = form.fields.get(column.name)
    if field is None or field.disabled:
        return None
    form.fields = {column.name: field}
    field.widget.attrs["autofocus"] = True
    return form
