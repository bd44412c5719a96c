"""The history of a record, field by field, and the record as it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models import FieldChange, Principal, Record
from crm.models.levels import Privilege
from crm.operations import operation
from crm.records.history.differences import marked
from crm.records.history.values import PastValues, is_long, read_by_people
from crm.records.services import PROTECTED, lock_record, refuse_stale, update_record
from crm.records.services.past_columns import (
    Unreadable,
    column_names,
    current_column,
    from_history,
)
from crm.registry.declaration import RecordType

PAGE = 50


@dataclass(frozen=True)
class HistoryLine:
    """One field that changed: from what to what, when and by whom."""

    change_id: int
    at: datetime
    who: str
    event: str
    label: str = ""
    field: str = ""
    old: Any = ""
    new: Any = ""


@dataclass(frozen=True)
class History:
    lines: list[HistoryLine]
    older: int | None  # id to continue from
    fields: list[tuple[str, str]]  # (name, label) one may look at alone


@dataclass(frozen=True)
class PastField:
    """A field as it was: what it held then, and what it holds now where that differs."""

    name: str
    label: str
    then: Any
    now: Any
    is_changed: bool


def field_history(
    actor: Actor, record: Record, *, name: str = "", before: int | None = None
) -> History:
    """A page of changes, the newest first; of one field when `name` is given."""
    past = PastValues(actor, record)
    rows = FieldChange.objects.filter(record_type=record.type_key(), record_id=record.pk)
    if name:
        names = column_names(record.type_key(), _column(past, name))
        rows = rows.filter(changes__has_any_keys=names)
    if before:
        rows = rows.filter(pk__lt=before)
    changes = list(rows.order_by("-id")[: PAGE + 1])
    shown = changes[:PAGE]
    _load(past, shown)
    people = _people(shown)
    lines = [line for change in shown for line in _lines(past, change, people, name)]
    fields = [(f.name, labels.field_label(record.type_key(), f.name)) for f in past.fields]
    return History(lines, shown[-1].pk if len(changes) > PAGE else None, fields)


def _column(past: PastValues, name: str) -> str:
    return next((str(field.column) for field in past.fields if field.name == name), "")


def _load(past: PastValues, changes: list[FieldChange]) -> None:
    past.load(
        (column, value)
        for change in changes
        for column, pair in read_by_people(past, change)
        for value in pair
    )


def _people(changes: list[FieldChange]) -> dict[int, str]:
    ids = {change.actor_id for change in changes if change.actor_id}
    return dict(Principal.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _lines(
    past: PastValues, change: FieldChange, people: dict[int, str], name: str
) -> Iterator[HistoryLine]:
    told: dict[str, Any] = {
        "change_id": change.pk,
        "at": change.at,
        "who": people.get(change.actor_id or 0, ""),
        "event": str(FieldChange.Event(change.event).label),
    }
    if change.event != FieldChange.Event.UPDATE:
        yield HistoryLine(**told)
        return
    if _moved(change):
        yield HistoryLine(**told | {"event": _moved(change)})
    for column, (old, new) in read_by_people(past, change):
        field = past.field(column)
        field_name = field.name if field is not None else ""
        if name in ("", field_name):
            yield HistoryLine(
                **told,
                label=past.label(column),
                field=field_name,
                old=past.html(column, old),
                new=_new(past, column, old, new),
            )


def _moved(change: FieldChange) -> str:
    """Into the bin, or out of it."""
    pair = change.changes.get("deleted_at")
    if pair is None:
        return ""
    return _("Moved to the bin") if pair[1] else _("Taken out of the bin")


def _new(past: PastValues, column: str, old: Any, new: Any) -> Any:
    if is_long(past.field(column), old, new) and old and new:
        return marked(str(old), str(new))
    return past.html(column, new)


def as_of(actor: Actor, record: Any, moment: datetime) -> list[PastField] | None:
    """Every field as it was at `moment`; None when the record was not there yet.

    Read backwards from the row as it is: what the first later change of a field calls old is
    what the field held then.
    """
    later = FieldChange.objects.filter(
        record_type=record.type_key(), record_id=record.pk, at__gt=moment
    ).order_by("id")
    held: dict[str, Any] = {}
    for event, changes in later.values_list("event", "changes"):
        if event == FieldChange.Event.INSERT:
            return None
        for column, pair in changes.items():
            held.setdefault(current_column(record.type_key(), column), pair[0])
    past = PastValues(actor, record)
    now = {field.column: getattr(record, field.attname) for field in past.fields}
    past.load([*now.items(), *held.items()])
    dropped = [
        PastField(
            name=column,
            label=past.label(column),
            then=past.html(column, value),
            now="",
            is_changed=True,
        )
        for column, value in held.items()
        if past.is_dropped(column)
    ]
    return dropped + [
        PastField(
            name=field.name,
            label=labels.field_label(record.type_key(), field.name),
            then=past.html(field.column, held.get(field.column, now[field.column])),
            now=past.html(field.column, now[field.column]),
            is_changed=field.column in held and _differs(record, field, held, now),
        )
        for field in past.fields
    ]


def _differs(record: Any, field: Any, held: dict[str, Any], now: dict[str, Any]) -> bool:
    return bool(from_history(record, field.column, held[field.column]) != now[field.column])


def restorable(record_type: RecordType) -> frozenset[str]:
    """The fields one may give an earlier value: those one could type in, and no state or sum."""
    return frozenset(import_string(record_type.form).base_fields) - PROTECTED


@operation
def restore_field(
    *,
    actor: Actor,
    record_type: RecordType,
    record_id: int,
    change_id: int,
    name: str,
    version: int | None = None,
) -> Any:
    """Gives a field the value it had before a change, like any other edit.

    Raises NotVisible, AccessDenied, StaleVersion when somebody else changed the field since
    `version`, and RuleViolation, also for a field no form offers.
    """
    record = lock_record(
        actor=actor, record_type=record_type, record_id=record_id, privilege=Privilege.WRITE
    )
    change = FieldChange.objects.filter(
        pk=change_id, record_type=record_type.key, record_id=record_id
    ).first()
    if change is None or name not in restorable(record_type):
        raise RuleViolation(_("This value can't be restored."))
    refuse_stale(record, version, fields={name})
    names = column_names(record_type.key, record._meta.get_field(name).column)
    column = next((known for known in names if known in change.changes), None)
    if column is None:
        raise RuleViolation(_("This value can't be restored."))
    value = from_history(record, column, change.changes[column][0])
    if isinstance(value, Unreadable):
        raise RuleViolation(
            _("“%(value)s” can't be restored: the field holds other values by now.")
            % {"value": value}
        )
    return update_record(
        actor=actor,
        record_type=record_type,
        record_id=record_id,
        version=None,
        values={name: value},
    )
