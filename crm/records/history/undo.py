"""Taking an operation back, from the field history its triggers wrote.

What history does not cover (rows that are no records) is either taken back by an undoer that is
registered for the journal's verb, or the service journals `is_final=True`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor, refusal
from crm.errors import AccessDenied, CrmError, NotVisible, RuleViolation
from crm.models import (
    FieldChange,
    JournalEntry,
    Notification,
    Principal,
    Record,
)
from crm.models.levels import Privilege
from crm.operations import current, journal_all, named, operation
from crm.records.history.dependents import NOWHERE, Place, refuse_depended_on
from crm.records.history.undo_rules import changes_of, lock_operations, refuse_undo
from crm.records.services.announcing import announce, announce_each, field_names
from crm.records.services.many import batches
from crm.records.services.past_columns import Unreadable, from_history, past_field
from crm.registry.events import ChangeKind
from crm.registry.registry import registry

Undoer = Callable[[Actor, JournalEntry], None]
WholeUndoer = Callable[[Actor, JournalEntry], int]
MOST_STATEMENTS = 20  # that a batch is written by

_undoers: dict[str, Undoer] = {}
_whole_undoers: dict[str, WholeUndoer] = {}


def add_undoer(verb: str, undoer: Undoer) -> None:
    _undoers[verb] = undoer


def add_whole_undoer(verb: str, undoer: WholeUndoer) -> None:
    """Takes back all of an operation of which `verb` was journalled.

    For verbs that touch rows the actor need not see: it asks for the rights by itself, journals
    'undone', and returns how many records it touched.
    """
    _whole_undoers[verb] = undoer


def undoable_verbs() -> list[str]:
    """The verbs whose rows no field history covers and an undoer takes back."""
    return sorted(_undoers)


def whole_verbs() -> list[str]:
    """The verbs whose undoer takes back all of their operation."""
    return sorted(_whole_undoers)


def run_undoer(actor: Actor, entry: JournalEntry) -> None:
    """Takes back what one entry of such a verb wrote. Raises RuleViolation where it can't."""
    _undoers[entry.verb](actor, entry)


def can_be_undone(operation_id: UUID) -> bool:
    """Whether Undo may be offered: something was recorded, and nothing of it is final."""
    entries = JournalEntry.objects.filter(operation=operation_id)
    told = list(entries.values_list("verb", "is_final"))
    if any(is_final for _verb, is_final in told):
        return False
    return any(verb in _undoers for verb, _final in told) or changes_of([operation_id]).exists()


@operation
def undo_operation(*, actor: Actor, operation_id: UUID) -> int:
    """Gives every record of an operation its old values; what it created goes to the bin.

    All or nothing; returns how many records it touched. Locks the operation, then the records in
    key order. Who was
    told of it and has not read that is told nothing any more.
    Journals 'undone'. Raises NotVisible for an operation the actor had no part in, RuleViolation
    when it is final, too old, or something later depends on it.
    """
    lock_operations([operation_id])
    refuse_undo(actor, [operation_id])
    entries = list(JournalEntry.objects.filter(operation=operation_id).order_by("pk"))
    whole = next((entry for entry in entries if entry.verb in _whole_undoers), None)
    if whole is not None:
        return _take_back_whole(actor, whole)
    changes = list(changes_of([operation_id]).order_by("record_type", "record_id", "-id"))
    by_type: dict[str, dict[int, list[FieldChange]]] = defaultdict(lambda: defaultdict(list))
    for change in changes:
        by_type[change.record_type][change.record_id].append(change)
    for type_key, steps in by_type.items():
        for ids in batches(steps):
            refused = take_back(
                actor, type_key, {pk: steps[pk] for pk in ids}, within=[operation_id]
            )
            if refused:
                raise next(iter(refused.values()))
    for entry in entries:
        if entry.verb in _undoers:
            _undoers[entry.verb](actor, entry)
    _mark_undone(operation_id)
    return sum(len(steps) for steps in by_type.values())


def _take_back_whole(actor: Actor, whole: JournalEntry) -> int:
    touched = _whole_undoers[whole.verb](actor, whole)
    _mark_undone(whole.operation)
    return touched


def _mark_undone(operation_id: UUID) -> None:
    JournalEntry.objects.filter(operation=operation_id).update(is_undone=True)
    delete_unread([operation_id])


def delete_unread(operations: Collection[UUID]) -> None:
    """What operations told and nobody has read yet, nobody needs to hear any more."""
    Notification.objects.filter(operation__in=operations, read_at=None).delete()


def take_back(
    actor: Actor,
    type_key: str,
    steps: Mapping[int, list[FieldChange]],
    *,
    within: Collection[UUID],
    dealt_with: Place = NOWHERE,
) -> dict[int, CrmError]:
    """Gives a batch of records of one type their old values; returns why others were left alone.

    `steps` are the changes of each record by the operations `within`, newest first. What they
    touched up to the place `dealt_with` and is still there stays. Locks the records in key order;
    a handful of queries however many there are. Journals 'undone'.
    """
    model = registry.get(type_key).model
    rows = model.objects.select_for_update(of=("self",)).filter(pk__in=steps).order_by("pk")
    records = {record.pk: record for record in rows}
    gone = RuleViolation(_("A record this touched no longer exists."))
    refused: dict[int, CrmError] = {pk: gone for pk in steps if pk not in records}
    refused |= _changed_later(records, steps)
    refused |= refuse_depended_on(_created(records, steps, refused), within, dealt_with)
    before: dict[int, dict[str, Any]] = {}
    units = _units_of_owners(actor, records.values())
    for pk, record in records.items():
        if pk not in refused:
            try:
                before[pk] = _put_back(actor, record, steps[pk], units)
            except CrmError as error:
                refused[pk] = error
    going = [records[pk] for pk in before]
    refused |= save_back(going, before)
    _journal_undone([record for record in going if record.pk not in refused], steps)
    return refused


def _journal_undone(records: list[Any], steps: Mapping[int, list[FieldChange]]) -> None:
    by_operation: dict[UUID | None, list[Any]] = defaultdict(list)
    for record in records:
        for operation_id in {step.operation for step in steps[record.pk]}:
            by_operation[operation_id].append(record)
    for operation_id, touched in by_operation.items():
        journal_all("undone", touched, operation=str(operation_id))


def _units_of_owners(actor: Actor, records: Iterable[Any]) -> dict[int, int]:
    """Of records the actor may not write to as they are, which unit their present owner is in."""
    owners = {one.owner_id for one in records if not actor.allows(Privilege.WRITE, one)}
    if not owners:
        return {}
    return dict(Principal.objects.filter(pk__in=owners).values_list("pk", "unit_id"))


def _created(
    records: Mapping[int, Any],
    steps: Mapping[int, list[FieldChange]],
    refused: Mapping[int, CrmError],
) -> list[Any]:
    return [
        record
        for pk, record in records.items()
        if pk not in refused and any(one.event == FieldChange.Event.INSERT for one in steps[pk])
    ]


def _put_back(
    actor: Actor, record: Any, steps: list[FieldChange], units: Mapping[int, int]
) -> dict[str, Any]:
    """Sets the old values, without saving, as far as the actor may; returns them."""
    may_write_now = actor.allows(Privilege.WRITE, record)
    before = old_values(record, steps)
    if any(step.event == FieldChange.Event.INSERT for step in steps):
        before = {"deleted_at": current().at}
    before = {name: value for name, value in before.items() if getattr(record, name) != value}
    for attribute, value in before.items():
        setattr(record, attribute, value)
    if not may_write_now:
        _require_as_it_was(actor, record, units)
    return before


def _require_as_it_was(actor: Actor, record: Any, units: Mapping[int, int]) -> None:
    """Who gave a record away may take it back: what counts is the record they had."""
    if record.owner_id in units:
        record.unit_id = units[record.owner_id]
    else:
        record.unit_id = Principal.objects.values_list("unit_id", flat=True).get(pk=record.owner_id)
    if not actor.allows(Privilege.READ, record):
        raise NotVisible
    if not actor.allows(Privilege.WRITE, record):
        raise AccessDenied(refusal(Privilege.WRITE))


def _changed_later(
    records: Mapping[int, Any], steps: Mapping[int, list[FieldChange]]
) -> dict[int, CrmError]:
    """All of one type."""
    if not records:
        return {}
    type_key = next(iter(records.values())).type_key()
    changes = FieldChange.objects.filter(record_type=type_key, record_id__in=list(records))
    newest = dict(changes.values_list("record_id").annotate(Max("version")))
    return {
        pk: RuleViolation(
            _("“%(record)s” was changed again since. Change it by hand instead.")
            % {"record": named(record)}
        )
        for pk, record in records.items()
        if newest[pk] > max(step.version for step in steps[pk])
    }


def old_values(record: Any, steps: Iterable[FieldChange]) -> dict[str, Any]:
    """Attribute -> value before the operation; `steps` come newest first.

    Raises RuleViolation naming a field that was dropped, or that can't hold the value by now.
    """
    old: dict[str, Any] = {}
    for step in steps:
        if step.event != FieldChange.Event.UPDATE:
            continue
        for column, pair in step.changes.items():
            field = past_field(record, column)
            if field is not None and field.generated:
                continue
            value = from_history(record, column, pair[0])
            if field is None or isinstance(value, Unreadable):
                raise RuleViolation(
                    _(
                        "“%(field)s” of “%(record)s” can't get “%(value)s” back: the field is gone,"
                        " or holds other values by now. Change what is left by hand."
                    )
                    % {"field": _called(record, column), "record": named(record), "value": value}
                )
            old[field.attname] = value
    return old


def _called(record: Record, column: str) -> str:
    field = past_field(record, column)
    if field is None:
        return column.removesuffix("_id").replace("_", " ")
    return labels.field_label(record.type_key(), field.name)


def save_back(records: list[Any], before: dict[int, dict[str, Any]]) -> dict[int, CrmError]:
    """Writes records together; when that fails by halves, to single out those in whose place
    stands another. Returns these."""
    if not records:
        return {}
    try:
        with transaction.atomic():
            _write(records, before)
    except IntegrityError:
        if len(records) > 1:
            middle = len(records) // 2
            return save_back(records[:middle], before) | save_back(records[middle:], before)
        taken = _("“%(record)s” can't go back: another record has taken its place.")
        return {records[0].pk: RuleViolation(taken % {"record": named(records[0])})}
    _announce(type(records[0]), {record.pk: before[record.pk] for record in records})
    return {}


def _write(records: list[Any], before: Mapping[int, dict[str, Any]]) -> None:
    """One statement per set of values that rows get back; where there are many sets, one for all.

    Rows of one deed mostly had the same values, or go to the bin together, and a statement with an
    expression per row and column takes eight times as long.
    """
    stamps = {"modified_at": current().at, "modified_by_id": current().actor.id}
    sets = _same_values(records, before)
    rows: Any = type(records[0])._base_manager
    if len(sets) <= MOST_STATEMENTS:
        for values, ids in sets:
            rows.filter(pk__in=ids).update(**values, **stamps)
        return
    for record in records:
        record.modified_at, record.modified_by_id = current().at, current().actor.id
    touched = {*stamps, *(name for values, _ids in sets for name in values)}
    fields = [f.name for f in records[0]._meta.concrete_fields if f.attname in touched]
    rows.bulk_update(records, fields)


def _same_values(
    records: list[Any], before: Mapping[int, dict[str, Any]]
) -> list[tuple[dict[str, Any], list[int]]]:
    """The sets of values with the rows that get each; compared by what they look like, as the
    value of a JSON column can't be a key."""
    sets: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for record in records:
        values = before[record.pk]
        sets.setdefault(repr(sorted(values.items())), (values, []))[1].append(record.pk)
    return list(sets.values())


def _announce(model: type[Record], before: dict[int, dict[str, Any]]) -> None:
    """The rows by what was given back: their old values, or their place in or out of the bin."""
    changed = {pk: field_names(model, values) for pk, values in before.items()}
    binned = [pk for pk, values in before.items() if values.get("deleted_at")]
    restored = [pk for pk in before if "deleted_at" in changed[pk] and pk not in binned]
    for kind, ids in ((ChangeKind.DELETED, binned), (ChangeKind.RESTORED, restored)):
        by_fields: dict[frozenset[str], list[int]] = defaultdict(list)
        for pk in ids:
            by_fields[frozenset(changed[pk])].append(pk)
        for names, found in by_fields.items():
            announce(kind, model, found, names)
    rest = (pk for pk in before if "deleted_at" not in changed[pk])
    announce_each(model, ((pk, changed[pk]) for pk in rest))
