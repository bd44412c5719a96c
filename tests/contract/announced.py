"""What the field history says was written, and what RecordsChanged told of it, in one form."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps

from crm.models import FieldChange, Record
from crm.operations import _subscribers, subscribe
from crm.registry.events import ChangeKind, RecordsChanged

# Columns the database keeps for itself; a write that changes nothing else is no change.
QUIET = {"unit_id", "version", "created_at", "created_by_id", "modified_at", "modified_by_id"}


def models() -> dict[str, Any]:
    return {model.type_key(): model for model in apps.get_models() if issubclass(model, Record)}


def kind_of(change: FieldChange, names: frozenset[str]) -> ChangeKind:
    if change.event == FieldChange.Event.INSERT:
        return ChangeKind.CREATED
    if change.event == FieldChange.Event.DELETE:
        return ChangeKind.ERASED
    if "deleted_at" in names:
        return ChangeKind.DELETED if change.changes["deleted_at"][1] else ChangeKind.RESTORED
    return ChangeKind.CHANGED


def written(since: int) -> Counter[Any]:
    """What the triggers wrote down: (type, id, kind, fields, operation) -> how often."""
    known, told = models(), Counter()
    for change in FieldChange.objects.filter(pk__gt=since, operation__isnull=False):
        model = known[change.record_type]
        columns = {field.column: field for field in model._meta.concrete_fields}
        names = frozenset(
            columns[column].name
            for column in change.changes
            if column not in QUIET and not columns[column].generated
        )
        kind = kind_of(change, names)
        if kind in (ChangeKind.CREATED, ChangeKind.ERASED):
            names = frozenset()
        elif not names:
            continue
        told[change.record_type, change.record_id, kind, names, change.operation] += 1
    return told


def announced(events: Iterable[RecordsChanged]) -> Counter[Any]:
    return Counter(
        (event.record_type, record_id, event.kind, event.fields, event.operation)
        for event in events
        for record_id in event.ids
    )


def last_change() -> int:
    return FieldChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@contextmanager
def watched_writes() -> Iterator[Callable[[], dict[Any, int]]]:
    """Gives a function that says which writes of operations no event has told of so far.

    The other way round there may be more: what was rolled back to a savepoint was announced.
    """
    events: list[RecordsChanged] = []
    subscribe(RecordsChanged, events.append)
    since = last_change()
    try:
        yield lambda: dict(written(since) - announced(events))
    finally:
        _subscribers[RecordsChanged].remove(events.append)
