"""The history of a record, field by field, and the record as it was."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from crm import labels
from crm.journal.sentences import HIDDEN, said
from crm.models import FieldChange, Principal, Record
from crm.records.merging import from_history

PAGE = 50


@dataclass(frozen=True)
class HistoryLine:
    """One field that changed: from what to what, when and by whom."""

    at: datetime
    who: str
    event: str
    label: str
    old: str
    new: str
    change_id: int
    field: str


@dataclass(frozen=True)
class History:
    lines: list[HistoryLine]
    older: str


def field_history(record: Record, before: datetime | None = None) -> History:
    """A page of changes, the newest first."""
    rows = FieldChange.objects.filter(record_type=record.type_key(), record_id=record.pk)
    if before:
        rows = rows.filter(at__lt=before)
    changes = list(rows.order_by("-id")[: PAGE + 1])
    people = _people(changes)
    lines = [line for change in changes[:PAGE] for line in _lines(record, change, people)]
    older = changes[PAGE - 1].at.isoformat() if len(changes) > PAGE else ""
    return History(lines, older)


def _people(changes: list[FieldChange]) -> dict[int, str]:
    ids = {change.actor_id for change in changes if change.actor_id}
    return dict(Principal.objects.filter(pk__in=ids).values_list("pk", "name"))


def _lines(record: Any, change: FieldChange, people: dict[int, str]) -> list[HistoryLine]:
    who = people.get(change.actor_id or 0, "")
    event = FieldChange.Event(change.event).label
    if change.event != FieldChange.Event.UPDATE:
        return [HistoryLine(change.at, who, str(event), "", "", "", change.pk, "")]
    fields = {f.column: f for f in record._meta.concrete_fields}
    lines = []
    for column, (old, new) in change.changes.items():
        field = fields.get(column)
        if field is None or column in HIDDEN or field.generated:
            continue
        texts = [_text(record, field, column, value) for value in (old, new)]
        label = labels.field_label(record.type_key(), field.name)
        lines.append(HistoryLine(change.at, who, str(event), label, *texts, change.pk, field.name))
    return lines


def _text(record: Any, field: Any, column: str, value: Any) -> str:
    value = from_history(record, column, value)
    if isinstance(field, models.ForeignKey) and value is not None:
        if field.related_model is Principal:
            return str(Principal.objects.filter(pk=value).first() or value)
        return f"#{value}" if issubclass(field.related_model, Record) else str(value)
    return said(field, value)
