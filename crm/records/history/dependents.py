"""Whether what an operation created may go: not while something made apart from it points there."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from uuid import UUID

from crm.errors import CrmError
from crm.models import Activity, FieldChange, File, Record
from crm.records.history.restoring_links import used_elsewhere

Place = tuple[str, int]  # (type, key) of the record that was dealt with last; records go in order
NOWHERE: Place = ("", 0)


def refuse_depended_on(
    created: list[Any], within: Collection[UUID], dealt_with: Place
) -> dict[int, CrmError]:
    """Of what the operations `within` created, what something else points to, and why it stays.

    `created` are of one type; a query per kind of what may point to them, however many they are.
    """
    if not created:
        return {}
    records = {record.pk: record for record in created}
    used: set[int] = set()
    for model, pairs in _pointing_to(type(created[0]), list(records)):
        going = {key for key, _target in pairs if not _stays(model, key, dealt_with)}
        along = _made_along(model, going, within)
        used |= {target for key, target in pairs if key not in along}
    return {pk: used_elsewhere(records[pk]) for pk in used}


def _stays(model: Any, key: int, dealt_with: Place) -> bool:
    """Whether a living row was passed by already: had it been able to go, it would be gone."""
    return model is File or (model.type_key(), key) <= dealt_with


def _pointing_to(
    model: type[Record], ids: list[int]
) -> Iterator[tuple[Any, list[tuple[int, int]]]]:
    """Per model the (key, record it points to) of living rows that point to any of the records."""
    relations: Iterable[Any] = model._meta.get_fields(include_hidden=True)
    for relation in relations:
        other: Any = getattr(relation, "related_model", None)
        if relation.concrete or not (relation.one_to_many or relation.one_to_one):
            continue
        if isinstance(other, type) and issubclass(other, Record):
            name = relation.field.name
            rows = other.objects.alive().filter(**{f"{name}__in": ids})  # type: ignore[attr-defined]
            yield other, list(rows.values_list("pk", relation.field.attname))
    work = Activity.objects.alive().filter(regarding_type=model.type_key(), regarding_id__in=ids)
    yield Activity, list(work.values_list("pk", "regarding_id"))
    files = File.objects.filter(
        record_type=model.type_key(), record_id__in=ids, activity=None, deleted_at=None
    )
    yield File, list(files.values_list("pk", "record_id"))


def _made_along(model: Any, keys: set[int], within: Collection[UUID]) -> set[int]:
    """Which of the rows came to point here by the same operations."""
    if not keys:
        return set()
    changes = FieldChange.objects.filter(record_type=model.type_key(), record_id__in=keys)
    return set(changes.filter(operation__in=within).values_list("record_id", flat=True))
