"""What an operation would do: it is carried out in a transaction that is rolled back.

The preview runs the service that does the deed, so the two cannot drift apart: rights, locks,
rules and what subscribers do count as they do afterwards. What changed is read from the field
history that the triggers wrote, and shown as far as the reader may see it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from crm import labels
from crm.access.actor import Actor
from crm.errors import CrmError
from crm.models import FieldChange
from crm.models.levels import Privilege
from crm.operations import LeftAlone, current, operation
from crm.records.history.values import LinkedRecords, PastValues, is_long
from crm.registry.declaration import RecordType
from crm.registry.events import ChangeKind
from crm.registry.registry import registry
from crm.runtime.time_limits import current_limits, limited_to

# A look at what would happen waits for nobody, and holds its own locks only shortly.
LOCK_TIMEOUT = 500
STATEMENT_TIMEOUT = 5_000  # milliseconds
SHOWN = 20  # records; of more the first are shown, with how many there are
FIELDS_SHOWN = 6  # of a record
READ = 2_000  # rows of history

_ICONS = {
    ChangeKind.CREATED: "plus",
    ChangeKind.CHANGED: "pencil",
    ChangeKind.DELETED: "trash-2",
    ChangeKind.RESTORED: "undo-2",
    ChangeKind.ERASED: "trash-2",
}


@dataclass(frozen=True, kw_only=True)
class ChangedField:
    """A field of a record that changes; long texts are named, not shown."""

    name: str
    label: str
    before: Any = ""
    after: Any = ""
    is_shown: bool = True


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What becomes of one record; `record` and `title` are as they would be afterwards."""

    kind: ChangeKind
    record_type: RecordType
    record: Any
    title: str
    fields: tuple[ChangedField, ...] = ()

    @property
    def icon(self) -> str:
        return _ICONS[self.kind]

    @property
    def type_name(self) -> str:
        return labels.singular(self.record_type.key)

    @cached_property
    def told_fields(self) -> tuple[ChangedField, ...]:
        """But for those that say the same as one before: a state and its reason."""
        told: dict[Any, ChangedField] = {}
        for one in self.fields:
            told.setdefault((str(one.before), str(one.after)) if one.is_shown else one.name, one)
        return tuple(told.values())

    @property
    def shown_fields(self) -> tuple[ChangedField, ...]:
        return self.told_fields[:FIELDS_SHOWN]

    @property
    def unshown_fields(self) -> int:
        return len(self.told_fields[FIELDS_SHOWN:])


@dataclass(frozen=True, kw_only=True)
class Consequences:
    """Created, changed and deleted records in the order of the writes, and those left alone.

    `hidden` counts records the reader may not see, `more` those beyond the SHOWN first. With a
    `refusal` nothing would happen at all.
    """

    effects: tuple[Effect, ...] = ()
    hidden: int = 0
    more: int = 0
    left_alone: tuple[LeftAlone, ...] = ()
    refusal: CrmError | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.effects or self.hidden or self.left_alone)

    def of(self, kind: ChangeKind, type_key: str) -> Effect | None:
        """The first record of the type that has this happen to it."""
        return next(
            (one for one in self.effects if (one.kind, one.record_type.key) == (kind, type_key)),
            None,
        )


@dataclass
class _RolledBack(Exception):
    """Ends the rehearsal's transaction, and takes out of it what was seen."""

    result: Any
    consequences: Consequences


def rehearse(
    *, actor: Actor, service: Callable[..., Any], **values: Any
) -> tuple[Any, Consequences]:
    """What `service` would return and do. Writes nothing; raises no CrmError, but returns it.

    Takes the locks of the deed for as long as it runs, at most LOCK_TIMEOUT for each.
    """
    limits = replace(
        current_limits(), lock_timeout=LOCK_TIMEOUT, statement_timeout=STATEMENT_TIMEOUT
    )
    try:
        with limited_to(limits), transaction.atomic():
            _carry_out(actor=actor, service=service, values=values)
    except _RolledBack as end:
        return end.result, end.consequences
    except CrmError as error:
        return None, Consequences(refusal=error)
    raise AssertionError("A rehearsal always ends by rolling back.")


@operation
def _carry_out(*, actor: Actor, service: Callable[..., Any], values: Mapping[str, Any]) -> None:
    """Raises _RolledBack, or what the service raises."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('crm.is_rehearsal', 'on', true)")  # takes no numbers
        result = service(actor=actor, **values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what would be checked at the commit
    seen = consequences_of(actor, current().id)
    left = (one for one in current().left_alone if actor.allows(Privilege.READ, one.record))
    raise _RolledBack(result, replace(seen, left_alone=tuple(left)))


def consequences_of(actor: Actor, operation_id: UUID) -> Consequences:
    """What an operation did, as far as the actor may see it."""
    written = FieldChange.objects.filter(operation=operation_id).order_by("pk")
    summed: dict[tuple[str, int], _Summed] = {}
    for change in written[:READ]:
        key = (change.record_type, change.record_id)
        summed.setdefault(key, _Summed()).add(change)
    changed = {key: one for key, one in summed.items() if one.is_any}
    records = _readable(actor, changed)
    shown = [key for key in changed if key in records][:SHOWN]
    pasts = _loaded(actor, [(records[key], changed[key]) for key in shown])
    return Consequences(
        effects=tuple(
            _effect(records[key], changed[key], past)
            for key, past in zip(shown, pasts, strict=True)
        ),
        hidden=sum(key not in records for key in changed),
        more=len(records) - len(shown),
    )


@dataclass
class _Summed:
    """All changes of one record in an operation, the last values counting."""

    changes: dict[str, list[Any]] = field(default_factory=dict)
    is_new: bool = False
    is_erased: bool = False

    def add(self, change: FieldChange) -> None:
        self.is_new |= change.event == FieldChange.Event.INSERT
        self.is_erased |= change.event == FieldChange.Event.DELETE
        if change.event == FieldChange.Event.UPDATE:
            for column, (old, new) in change.changes.items():
                first = self.changes.get(column, [old])[0]
                self.changes[column] = [first, new]

    @property
    def is_any(self) -> bool:
        """Whether anything is left of the changes."""
        if self.is_new:
            return not self.is_erased
        return self.is_erased or bool(self.differing)

    @property
    def kind(self) -> ChangeKind:
        if self.is_new:
            return ChangeKind.CREATED
        if self.is_erased:
            return ChangeKind.ERASED
        deleted_at = self.differing.get("deleted_at")
        if deleted_at is None:
            return ChangeKind.CHANGED
        return ChangeKind.DELETED if deleted_at[1] else ChangeKind.RESTORED

    @property
    def differing(self) -> dict[str, list[Any]]:
        return {name: pair for name, pair in self.changes.items() if pair[0] != pair[1]}


def _readable(actor: Actor, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """The records the actor may see, those in the bin included: one query per type."""
    ids: dict[str, list[int]] = defaultdict(list)
    for type_key, record_id in keys:
        ids[type_key].append(record_id)
    records = {}
    for type_key, wanted in ids.items():
        record_type = registry.get(type_key)
        rows = record_type.model.objects.reachable_by(actor).filter(pk__in=wanted)
        for row in rows.select_related(*record_type.related):
            records[type_key, row.pk] = row
    return records


def _loaded(actor: Actor, pairs: list[tuple[Any, _Summed]]) -> list[PastValues]:
    """Readers of the records' values, with all that these link to read together."""
    linked = LinkedRecords(actor)
    pasts = [PastValues(actor, record, linked=linked) for record, _summed in pairs]
    linked.load(
        link
        for past, (_record, summed) in zip(pasts, pairs, strict=True)
        for column, values in summed.differing.items()
        for link in past.links_in((column, value) for value in values)
    )
    return pasts


def _effect(record: Any, summed: _Summed, past: PastValues) -> Effect:
    is_new = summed.kind is ChangeKind.CREATED
    fields = () if is_new else tuple(_fields(past, summed.differing))
    return Effect(
        kind=summed.kind,
        record_type=registry.of(record),
        record=record,
        title=str(record),
        fields=_status_first(record, fields),
    )


def _status_first(record: Any, fields: tuple[ChangedField, ...]) -> tuple[ChangedField, ...]:
    status = registry.of(record).status
    return tuple(sorted(fields, key=lambda one: status is None or one.name != status.field))


def _fields(past: PastValues, changes: Mapping[str, list[Any]]) -> Iterable[ChangedField]:
    for column, (old, new) in changes.items():
        column_field = past.field(column)
        if column_field is None:
            continue
        is_shown = not is_long(column_field, old, new)
        yield ChangedField(
            name=column_field.name,
            label=past.label(column),
            before=past.text(column, old) if is_shown else "",
            after=past.text(column, new) if is_shown else "",
            is_shown=is_shown,
        )
