"""Records side by side: which of their fields differ, and whose value is proposed to stay."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import models

from crm.records.lists.tables import field_at
from crm.registry.declaration import RecordType

Choices = Mapping[str, int]
"""Field -> key of the record whose value stays."""


def compared_fields(record_type: RecordType) -> list[Any]:
    """The fields people fill in, in the order of the record's page."""
    names = dict.fromkeys(name for part in record_type.sections for name in part.fields)
    found = (field_at(record_type.model, name) for name in names)
    return [one for one in found if one is not None and one.concrete and not one.many_to_many]


def links_to_itself(record_type: RecordType) -> list[Any]:
    """Links to other records of the type, such as the account one belongs to."""
    links = (one for one in record_type.model._meta.concrete_fields if one.is_relation)
    return [one for one in links if one.related_model is record_type.model]


def value_of(record: Any, field: Any, ids: Collection[int]) -> Any:
    """What the record would bring; a link among the records themselves counts as none."""
    value = getattr(record, field.attname)
    return None if field.related_model is type(record) and value in ids else value


def is_blank(value: Any) -> bool:
    return value is None or value == ""


def filled(record: Any, fields: Sequence[Any]) -> int:
    """How many of the fields say something."""
    values = (getattr(record, one.attname) for one in fields)
    return sum(not is_blank(value) and value is not False for value in values)


def proposed_survivor(records: Sequence[Any], fields: Sequence[Any]) -> Any:
    """The record that says most; of several the oldest."""
    return min(records, key=lambda one: (-filled(one, fields), one.created_at, one.pk))


def proposed_choices(
    record_type: RecordType, records: Sequence[Any], survivor: Any, fields: Sequence[Any]
) -> dict[str, int]:
    """The survivor's own values; where it has none, what the oldest of the others says."""
    ids = [one.pk for one in records]
    inquired = [survivor, *(one for one in records if one.pk != survivor.pk)]
    return {
        field.name: _first(record_type, inquired, field, ids).pk
        for field in fields
        if differs(records, field)
    }


def _first(
    record_type: RecordType, inquired: Sequence[Any], field: Any, ids: Collection[int]
) -> Any:
    if field.name in record_type.merge.stricter:
        return next((one for one in inquired if getattr(one, field.attname)), inquired[0])
    told = (one for one in inquired if not is_blank(value_of(one, field, ids)))
    return next(told, inquired[0])


def differs(records: Sequence[Any], field: Any) -> bool:
    values = [getattr(one, field.attname) for one in records]
    if isinstance(field, models.CharField | models.TextField):
        values = [value or "" for value in values]
    return any(value != values[0] for value in values[1:])
