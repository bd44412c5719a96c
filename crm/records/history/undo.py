"""Taking an operation back, from the field history its triggers wrote.

What history does not cover (rows that are no records) is either taken back by an undoer that is
registered for the journal's verb, or the service journals `is_final=True`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor, refusal
from crm.company.settings import company
from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import (
    Activity,
    FieldChange,
    File,
    JournalEntry,
    Notification,
    Principal,
    Record,
)
from crm.models.levels import Privilege
from crm.operations import current, journal_all, operation
from crm.records.services.announcing import announce, announce_each, field_names
from crm.records.services.many import batches
from crm.records.services.past_columns import Unreadable, from_history, past_field
from crm.registry.events import ChangeKind
from crm.registry.registry import registry

Undoer = Callable[[Actor, JournalEntry], None]
WholeUndoer = Callable[[Actor, JournalEntry], int]
_undoers: dict[str, Undoer] = {}
_whole_undoers: dict[str, WholeUndoer] = {}


def add_undoer(verb: str, undoer: Undoer) -> None:
    """Registers what takes back the rows without field history that `verb` wrote."""
    _undoers[verb] = undoer


def add_whole_undoer(verb: str, undoer: WholeUndoer) -> None:
    """Registers what takes back all of an operation of which `verb` was journalled.

    For verbs that touch rows the actor need not see: it asks for the rights by itself, journals
    'undone', and returns how many records it touched.
    """
    _whole_undoers[verb] = undoer


def can_be_undone(operation_id: UUID) -> bool:
    """Whether Undo may be offered: something was recorded, and nothing of it is final."""
    entries = JournalEntry.objects.filter(operation=operation_id)
    told = list(entries.values_list("verb", "is_final"))
    if any(is_final for _verb, is_final in told):
        return False
    return any(verb in _undoers for verb, _final in told) or _changes(operation_id).exists()


def _changes(operation_id: UUID) -> Any:
    return FieldChange.objects.filter(
        operation=operation_id, record_type__in=[known.key for known in registry]
    )


@operation
def undo_operation(*, actor: Actor, operation_id: UUID) -> int:
    """Gives every record of an operation its old values; what it created goes to the bin.

    All or nothing; returns how many records it touched. Locks the records in key order. Who was
    told of it and has not read that is told nothing any more.
    Journals 'undone'. Raises NotVisible for an operation the actor had no part in, RuleViolation
    when it is final, too old, or something later depends on it.
    """
    entries = list(
        JournalEntry.objects.select_for_update().filter(operation=operation_id).order_by("pk")
    )
    whole = next((entry for entry in entries if entry.verb in _whole_undoers), None)
    if whole is not None:
        return _take_back_whole(actor, entries, whole)
    changes = list(_changes(operation_id).order_by("record_type", "record_id", "-id"))
    _refuse(actor, entries, changes)
    by_type: dict[str, dict[int, list[FieldChange]]] = defaultdict(lambda: defaultdict(list))
    for change in changes:
        by_type[change.record_type][change.record_id].append(change)
    for type_key, steps in by_type.items():
        for ids in batches(steps):
            _take_back(actor, type_key, {pk: steps[pk] for pk in ids})
    for entry in entries:
        if entry.verb in _undoers:
            _undoers[entry.verb](actor, entry)
    _mark_undone(operation_id)
    return sum(len(steps) for steps in by_type.values())


def _take_back_whole(actor: Actor, entries: list[JournalEntry], whole: JournalEntry) -> int:
    _refuse(actor, entries, [])
    touched = _whole_undoers[whole.verb](actor, whole)
    _mark_undone(whole.operation)
    return touched


def _mark_undone(operation_id: UUID) -> None:
    JournalEntry.objects.filter(operation=operation_id).update(is_undone=True)
    delete_unread(operation_id)


def delete_unread(operation_id: UUID) -> None:
    """What an operation told and nobody has read yet, nobody needs to hear any more."""
    Notification.objects.filter(operation=operation_id, read_at=None).delete()


def _refuse(actor: Actor, entries: list[JournalEntry], changes: list[FieldChange]) -> None:
    people = {one.actor_id for one in (*entries, *changes)}
    if not people or not (actor.is_system or actor.can_administer or people == {actor.id}):
        raise NotVisible
    if any(entry.is_undone for entry in entries) or _was_undone(changes):
        raise RuleViolation(_("This has been undone already."))
    if any(entry.is_final for entry in entries):
        raise RuleViolation(_("This is final and can't be undone."))
    days = company().bin_days
    oldest = min(one.at for one in (*entries, *changes))
    if current().at - oldest > timedelta(days=days):
        raise RuleViolation(
            _("Changes can be undone for %(days)s days; this one is older.") % {"days": days}
        )


def _was_undone(changes: list[FieldChange]) -> bool:
    """An update leaves no entry of its own to mark, but undoing it left one."""
    return any(
        JournalEntry.objects.filter(
            verb="undone",
            record_type=change.record_type,
            record_id=change.record_id,
            data__operation=str(change.operation),
        ).exists()
        for change in changes[:1]
    )


def _take_back(actor: Actor, type_key: str, steps: dict[int, list[FieldChange]]) -> None:
    """A batch of records of one type: asked one by one, written together."""
    model = registry.get(type_key).model
    rows = model.objects.select_for_update(of=("self",)).filter(pk__in=steps).order_by("pk")
    records = list(rows)
    if len(records) < len(steps):
        raise RuleViolation(_("A record this touched no longer exists."))
    _refuse_later_changes(records, steps)
    before = {record.pk: _put_back(actor, record, steps[record.pk]) for record in records}
    save_back(records, before)
    for operation_id in {taken[0].operation for taken in steps.values()}:
        journal_all("undone", records, operation=str(operation_id))


def _put_back(actor: Actor, record: Any, steps: list[FieldChange]) -> dict[str, Any]:
    """Sets the old values, without saving, as far as the actor may; returns them."""
    may_write_now = actor.allows(Privilege.WRITE, record)
    before = old_values(record, steps)
    if any(step.event == FieldChange.Event.INSERT for step in steps):
        _refuse_dependents(record, steps[0].operation)
        before = {"deleted_at": current().at}
    before = {name: value for name, value in before.items() if getattr(record, name) != value}
    for attribute, value in before.items():
        setattr(record, attribute, value)
    if not may_write_now:
        _require_as_it_was(actor, record)
    return before


def _require_as_it_was(actor: Actor, record: Any) -> None:
    """Who gave a record away may take it back: what counts is the record they had."""
    record.unit_id = Principal.objects.values_list("unit_id", flat=True).get(pk=record.owner_id)
    if not actor.allows(Privilege.READ, record):
        raise NotVisible
    if not actor.allows(Privilege.WRITE, record):
        raise AccessDenied(refusal(Privilege.WRITE))


def _refuse_later_changes(records: list[Any], steps: dict[int, list[FieldChange]]) -> None:
    """All of one type."""
    changes = FieldChange.objects.filter(record_type=records[0].type_key(), record_id__in=steps)
    newest = dict(changes.values_list("record_id").annotate(Max("version")))
    for record in records:
        if newest[record.pk] > max(step.version for step in steps[record.pk]):
            raise RuleViolation(
                _("“%(record)s” was changed again since. Change it by hand instead.")
                % {"record": record}
            )


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
                    % {"field": _called(record, column), "record": record, "value": value}
                )
            old[field.attname] = value
    return old


def _called(record: Record, column: str) -> str:
    field = past_field(record, column)
    if field is None:
        return column.removesuffix("_id").replace("_", " ")
    return labels.field_label(record.type_key(), field.name)


def save_back(records: list[Any], before: dict[int, dict[str, Any]]) -> None:
    """Writes records together; when that fails one by one, to say which is in the way."""
    for record in records:
        record.modified_at, record.modified_by_id = current().at, current().actor.id
    touched = {"modified_at", "modified_by_id", *(name for old in before.values() for name in old)}
    fields = [f.name for f in records[0]._meta.concrete_fields if f.attname in touched]
    try:
        with transaction.atomic():
            type(records[0])._base_manager.bulk_update(records, fields)
            _announce(type(records[0]), before)
    except IntegrityError as error:
        if len(records) > 1:
            for record in records:
                save_back([record], {record.pk: before[record.pk]})
            return
        raise RuleViolation(
            _("“%(record)s” can't go back: another record has taken its place.")
            % {"record": records[0]}
        ) from error


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


def _refuse_dependents(record: Record, operation_id: UUID | None) -> None:
    """What the operation created may only go while nothing made later points to it."""
    if any(_made_apart(model, ids, operation_id) for model, ids in _pointing_to(record)):
        raise RuleViolation(
            _("“%(record)s” is used by other records meanwhile, so this can't be undone.")
            % {"record": record}
        )


def _pointing_to(record: Record) -> Iterable[tuple[Any, list[int]]]:
    relations: Iterable[Any] = record._meta.get_fields(include_hidden=True)
    for relation in relations:
        model: Any = getattr(relation, "related_model", None)
        if relation.concrete or not (relation.one_to_many or relation.one_to_one):
            continue
        if isinstance(model, type) and issubclass(model, Record):
            rows = model.objects.alive().filter(**{relation.field.name: record})
            yield model, list(rows.values_list("pk", flat=True)[:200])
    work = Activity.objects.alive().regarding(record)
    yield Activity, list(work.values_list("pk", flat=True)[:200])
    files = File.objects.filter(
        record_type=record.type_key(), record_id=record.pk, activity=None, deleted_at=None
    )
    yield File, list(files.values_list("pk", flat=True)[:1])


def _made_apart(model: Any, ids: list[int], operation_id: UUID | None) -> bool:
    """Whether any of the rows came to point here by another operation."""
    if not ids or model is File:
        return bool(ids)
    along = FieldChange.objects.filter(
        operation=operation_id, record_type=model.type_key(), record_id__in=ids
    )
    return set(ids) != set(along.values_list("record_id", flat=True))
