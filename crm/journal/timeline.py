"""The timeline of a record: what was done about it and about what belongs to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from crm.access.actor import Actor
from crm.access.levels import Privilege
from crm.journal.sentences import change_sentences, entry_sentence
from crm.models import Activity, FieldChange, File, JournalEntry, Record
from crm.records.declaration import RecordType
from crm.records.links import url_of
from crm.records.registry import registry

PAGE = 25
ICONS = {
    Activity.Kind.TASK: "square-check",
    Activity.Kind.CALL: "phone",
    Activity.Kind.APPOINTMENT: "calendar",
    Activity.Kind.EMAIL: "mail",
    Activity.Kind.NOTE: "sticky-note",
}


@dataclass
class Entry:
    """One line of the timeline, whatever it comes from."""

    at: datetime
    icon: str
    who: str
    text: str
    activity: Activity | None = None
    about: str = ""  # title of the record it belongs to, when that is another one
    about_url: str = ""
    files: list[File] | None = None


@dataclass
class Timeline:
    planned: list[Entry]
    earlier: list[Entry]
    older: str  # moment to continue from, '' at the end


def timeline(
    actor: Actor, record: Record, *, kind: str = "", before: datetime | None = None
) -> Timeline:
    """Planned work above, and a page of what happened before `before` (or now).

    Whoever may read the record reads what hangs on it; what hangs on records below it is
    left out where the actor may not read those.
    """
    activities = list(_activities(actor, record, kind=kind, before=before))
    planned = [one for one in activities if one.state == Activity.State.OPEN]
    earlier = [one for one in activities if one.state != Activity.State.OPEN]
    entries = _activity_entries(record, [*planned, *earlier])
    planned_entries = sorted(entries[: len(planned)], key=lambda entry: entry.at)
    happened = entries[len(planned) :]
    if not kind:
        happened += _journal_entries(record, before)
    happened.sort(key=lambda entry: entry.at, reverse=True)
    older = happened[PAGE - 1].at.isoformat() if len(happened) > PAGE else ""
    shown = [] if before else planned_entries
    return Timeline(planned=shown, earlier=happened[:PAGE], older=older)


def _activities(
    actor: Actor, record: Record, *, kind: str, before: datetime | None
) -> QuerySet[Any]:
    """The newest activities of the record and of those that roll up to it, in one query."""
    branches = [_branch(record.type_key(), [record.pk], kind, before)]
    for record_type, link in rolling_up_to(record):
        if actor.can(record_type.key, Privilege.READ):
            rows = record_type.model.objects.visible_to(actor).filter(**{link: record.pk})
            branches.append(_branch(record_type.key, rows.values("pk"), kind, before))
    first, *others = branches
    ids = first.union(*others, all=True) if others else first
    chosen = [pk for pk, _state, _at in ids]
    return Activity.objects.filter(pk__in=chosen).select_related("owner").order_by("-happened_at")


def _branch(type_key: str, ids: Any, kind: str, before: datetime | None) -> QuerySet[Any]:
    rows = Activity.objects.alive().filter(regarding_type=type_key, regarding_id__in=ids)
    if kind:
        rows = rows.filter(kind=kind)
    if before:
        rows = rows.filter(happened_at__lt=before).exclude(state=Activity.State.OPEN)
    ordered = rows.order_by("-happened_at", "-id")
    return ordered.values_list("pk", "state", "happened_at")[: PAGE + 1]


def rolling_up_to(record: Record) -> Iterator[tuple[RecordType, str]]:
    """(type, link) for every declared link whose target is of the record's type."""
    for record_type in registry:
        for link in record_type.rolls_up_to:
            field = record_type.model._meta.get_field(link)
            if field.related_model is type(record):
                yield record_type, link


def _activity_entries(record: Record, activities: list[Activity]) -> list[Entry]:
    titles = _titles(record, activities)
    files = _files(activities)
    return [
        Entry(
            at=one.happened_at,
            icon=ICONS[Activity.Kind(one.kind)],
            who=one.owner.name,
            text=one.subject,
            activity=one,
            files=files.get(one.pk),
            **titles.get((one.regarding_type, one.regarding_id), {}),
        )
        for one in activities
    ]


def _titles(record: Record, activities: list[Activity]) -> dict[Any, dict[str, str]]:
    """What the activities of other records are about; one query per type among them."""
    wanted: dict[str, set[int]] = {}
    for one in activities:
        if one.regarding_id and (one.regarding_type, one.regarding_id) != (
            record.type_key(),
            record.pk,
        ):
            wanted.setdefault(one.regarding_type, set()).add(one.regarding_id)
    found = {}
    for key, ids in wanted.items():
        rows = registry.get(key).model.objects.filter(pk__in=ids)
        for row in rows:
            found[key, row.pk] = {"about": str(row), "about_url": url_of(key, row.pk)}
    return found


def _files(activities: list[Activity]) -> dict[int, list[File]]:
    files: dict[int, list[File]] = {}
    notes = [one.pk for one in activities]
    for file in File.objects.filter(activity__in=notes, deleted_at=None) if notes else ():
        files.setdefault(file.activity_id or 0, []).append(file)
    return files


def _journal_entries(record: Record, before: datetime | None) -> list[Entry]:
    """What was done to the record itself, and the fields that changed along."""
    entries = JournalEntry.objects.filter(
        record_type=record.type_key(), record_id=record.pk
    ).select_related("actor")
    changes = FieldChange.objects.filter(
        record_type=record.type_key(), record_id=record.pk, event=FieldChange.Event.UPDATE
    ).annotate(moment=F("at"))
    if before:
        entries, changes = entries.filter(at__lt=before), changes.filter(at__lt=before)
    told = list(entries.order_by("-at", "-id")[: PAGE + 1])
    said = {entry.operation for entry in told}
    lines = [
        Entry(
            at=entry.at,
            icon="history",
            who=entry.actor.name if entry.actor else "",
            text=entry_sentence(entry),
        )
        for entry in told
    ]
    silent = [c for c in changes.order_by("-id")[: PAGE + 1] if c.operation not in said]
    return lines + [
        Entry(at=change.at, icon="pencil", who=who, text=text)
        for change, who, text in change_sentences(record, silent)
    ]
