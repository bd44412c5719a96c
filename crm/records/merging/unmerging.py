"""Taking a merge back: the others return, and what they brought goes back to them."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models import FieldChange, JournalEntry, MergedRecord
from crm.models.levels import Privilege
from crm.operations import journal_all, named
from crm.records.history.undo import old_values, save_back
from crm.records.merging.pointers import put_back_all
from crm.registry.registry import registry

Steps = dict[int, list[FieldChange]]


def undo_merge(actor: Actor, entry: JournalEntry) -> int:
    """Gives every record its old values and each of the others what it brought.

    What came to the survivor later stays there, and what somebody moved on stays where it is.
    Returns how many records came apart. Locks them in key order. Raises NotVisible, AccessDenied,
    RuleViolation when the survivor is gone, merged on, or was changed in the same fields.
    """
    record_type = registry.get(entry.record_type)
    merged = list(MergedRecord.objects.filter(operation=entry.operation).order_by("pk"))
    ids = {entry.record_id, *(one.record_id for one in merged)}
    rows = record_type.model._base_manager.filter(pk__in=ids).order_by("pk")
    records = {one.pk: one for one in rows.select_for_update(of=("self",))}
    if len(records) < len(ids):
        raise RuleViolation(_("A record this touched no longer exists."))
    survivor = records.pop(entry.record_id)
    for record in (survivor, *records.values()):
        actor.require(Privilege.WRITE, record)
        actor.require(Privilege.MERGE, record)
    _refuse_gone(survivor)
    steps = _steps(entry)
    for record in (survivor, *records.values()):
        _refuse_changed(record, steps[record.pk])
    _give_back([survivor, *records.values()], steps)
    put_back_all(
        record_type.model,
        survivor_id=survivor.pk,
        keys={one.record_id: one.brought for one in merged},
        rows={one.record_id: one.dropped for one in merged},
    )
    MergedRecord.objects.filter(operation=entry.operation).delete()
    journal_all("undone", [survivor, *records.values()], operation=str(entry.operation))
    return len(ids)


def _refuse_gone(survivor: Any) -> None:
    onward = MergedRecord.objects.filter(
        record_type=survivor.type_key(), record_id=survivor.pk
    ).exists()
    if onward:
        raise RuleViolation(
            _("“%(record)s” was itself merged into another one since. Undo that first.")
            % {"record": named(survivor)}
        )
    if survivor.deleted_at is not None:
        raise RuleViolation(
            _("“%(record)s” lies in the bin. Restore it first.") % {"record": named(survivor)}
        )


def _steps(entry: JournalEntry) -> Steps:
    changes = FieldChange.objects.filter(
        operation=entry.operation, record_type=entry.record_type
    ).order_by("-id")
    steps: Steps = defaultdict(list)
    for change in changes:
        steps[change.record_id].append(change)
    return steps


def _refuse_changed(record: Any, steps: list[FieldChange]) -> None:
    """What the merge wrote must still stand, else taking it back would lose a later change."""
    if not steps:
        return
    written = {column for step in steps for column in step.changes}
    later = FieldChange.objects.filter(
        record_type=record.type_key(),
        record_id=record.pk,
        version__gt=max(step.version for step in steps),
    )
    changed = {column for changes in later.values_list("changes", flat=True) for column in changes}
    if both := written & changed:
        names = [
            labels.field_label(record.type_key(), one.name)
            for one in record._meta.concrete_fields
            if one.column in both
        ]
        raise RuleViolation(
            _("“%(record)s” was changed again since: %(fields)s. Change it by hand instead.")
            % {"record": named(record), "fields": ", ".join(names)}
        )


def _give_back(records: list[Any], steps: Steps) -> None:
    before = {
        one.pk: {
            name: value
            for name, value in old_values(one, steps[one.pk]).items()
            if getattr(one, name) != value
        }
        for one in records
    }
    for record in records:
        for attribute, value in before[record.pk].items():
            setattr(record, attribute, value)
    refused = save_back(records, before)
    if refused:
        raise next(iter(refused.values()))
