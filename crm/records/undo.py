"""Taking an operation back, from the field history its triggers wrote."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.access.levels import Privilege
from crm.errors import NotVisible, RuleViolation
from crm.models import FieldChange, JournalEntry
from crm.operations import current, journal, operation
from crm.records.merging import from_history
from crm.records.registry import registry

FINAL = "is_final"  # set in a journal entry's data: the operation can't be taken back


@operation
def undo_operation(*, actor: Actor, operation_id: UUID) -> int:
    """Gives every record of an operation its old values; what it created goes to the bin.

    All or nothing. Locks the records in key order. Raises NotVisible for an operation the
    actor had no part in, RuleViolation when something later depends on it.
    """
    changes = list(
        FieldChange.objects.filter(
            operation=operation_id, record_type__in=[t.key for t in registry]
        ).order_by("record_type", "record_id", "-id")
    )
    entries = JournalEntry.objects.filter(operation=operation_id)
    if not changes or not _is_theirs(actor, changes):
        raise NotVisible
    if entries.filter(is_undone=True).exists():
        raise RuleViolation(_("This has been undone already."))
    if entries.filter(data__has_key=FINAL).exists():
        raise RuleViolation(_("This can't be undone: it is final."))
    by_record: dict[tuple[str, int], list[FieldChange]] = defaultdict(list)
    for change in changes:
        by_record[change.record_type, change.record_id].append(change)
    for (type_key, record_id), steps in by_record.items():
        _take_back(actor, type_key, record_id, steps)
    entries.update(is_undone=True)
    return len(by_record)


def _is_theirs(actor: Actor, changes: list[FieldChange]) -> bool:
    return actor.is_system or actor.can_administer or changes[0].actor_id == actor.id


def _take_back(actor: Actor, type_key: str, record_id: int, steps: list[FieldChange]) -> None:
    model = registry.get(type_key).model
    record = model.objects.select_for_update(of=("self",)).filter(pk=record_id).first()
    if record is None:
        raise RuleViolation(_("A record this touched no longer exists."))
    if not actor.is_system:
        actor.require(Privilege.READ, record)
    newest = max(step.version for step in steps)
    _refuse_later_changes(type_key, record, newest)
    before = _old_values(record, steps)
    was_created = any(step.event == FieldChange.Event.INSERT for step in steps)
    if was_created:
        _refuse_dependents(record, steps[0].operation)
        before = {"deleted_at": current().at}
    for attribute, value in before.items():
        setattr(record, attribute, value)
    record.modified_at, record.modified_by_id = current().at, current().actor.id
    record.save(update_fields=[*_names(record, before), "modified_at", "modified_by"])
    journal("undone", record)


def _refuse_later_changes(type_key: str, record: Any, newest: int) -> None:
    later = FieldChange.objects.filter(
        record_type=type_key, record_id=record.pk, version__gt=newest
    )
    if later.exists():
        raise RuleViolation(
            _("“%(record)s” was changed again since. Change it by hand instead.")
            % {"record": record}
        )


def _old_values(record: Any, steps: list[FieldChange]) -> dict[str, Any]:
    """Attribute -> value before the operation; `steps` come newest first."""
    columns = {f.column: f.attname for f in record._meta.concrete_fields if not f.generated}
    old: dict[str, Any] = {}
    for step in steps:
        for column, pair in step.changes.items():
            if column in columns:
                old[columns[column]] = from_history(record, column, pair[0])
    return old


def _names(record: Any, attributes: dict[str, Any]) -> list[str]:
    return [f.name for f in record._meta.concrete_fields if f.attname in attributes]


def _refuse_dependents(record: Any, operation_id: UUID | None) -> None:
    """What the operation created may only go while nothing made later points to it."""
    for relation in record._meta.related_objects:
        if relation.many_to_many or not hasattr(relation.related_model, "type_key"):
            continue
        model: Any = relation.related_model
        linked = model.objects.alive().filter(**{relation.field.name: record})
        ids = list(linked.values_list("pk", flat=True)[:200])
        if not ids:
            continue
        made_along = set(
            FieldChange.objects.filter(
                operation=operation_id, record_type=model.type_key(), record_id__in=ids
            ).values_list("record_id", flat=True)
        )
        if set(ids) - made_along:
            raise RuleViolation(
                _("“%(record)s” is used by other records meanwhile, so this can't be undone.")
                % {"record": record}
            )
