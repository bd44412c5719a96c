"""Two people edited the same record: keep both changes where they touch different fields."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.errors import StaleVersion
from crm.models import FieldChange, Record
from crm.records.services.past_columns import from_history, past_field


def original_values(record: Record, version: int) -> dict[str, Any]:
    """Column -> value at `version`, for every column changed since. Read from field history.

    Columns that were dropped since are left out: nobody can still write to them.
    """
    originals: dict[str, Any] = {}
    later = FieldChange.objects.filter(
        record_type=record.type_key(), record_id=record.pk, version__gt=version
    )
    for changes in later.order_by("version").values_list("changes", flat=True):
        for column, pair in changes.items():
            field = past_field(record, column)
            if field is not None:
                originals.setdefault(field.column, from_history(record, column, pair[0]))
    return originals


def originals_by_name(record: Record, version: int) -> dict[str, Any]:
    """As `original_values`, by the names of the fields; generated ones are left out."""
    fields = record._meta.concrete_fields
    names = {field.column: field.name for field in fields if not field.generated}
    originals = original_values(record, version)
    return {names[column]: value for column, value in originals.items() if column in names}


def merge_values(record: Any, version: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What of `wanted` the editor of `version` really changed, on top of the row as it is.

    Raises StaleVersion when somebody else changed one of the same fields to another value.
    """
    originals = original_values(record, version)
    mine, conflicts = {}, []
    for name, value in wanted.items():
        field = record._meta.get_field(name)
        new = value.pk if isinstance(value, models.Model) else value
        now = getattr(record, field.attname)
        original = originals.get(field.column, now)
        if new == original:
            continue
        mine[name] = value
        if field.column in originals and now not in (original, new):
            conflicts.append((name, original, now, new))
    if conflicts:
        raise StaleVersion(
            _("Somebody else changed the same fields meanwhile. Choose what stays."),
            original={name: original for name, original, _now, _new in conflicts},
            theirs={name: now for name, _original, now, _new in conflicts},
            yours={name: new for name, _original, _now, new in conflicts},
            merged=[name for name in mine if name not in {row[0] for row in conflicts}],
            version=record.version,
        )
    return mine
