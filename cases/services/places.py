"""The place of a case in a queue: put, moved and taken away under the case's lock."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Case, QueueItem
from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models import JournalEntry
from crm.operations import current

Place = dict[str, Any] | None
"""Queue, worker and moment as the journal keeps them; None for no queue at all."""


def place_of(case: Case) -> QueueItem | None:
    """The case's place, locked. The case itself is locked before."""
    items = QueueItem.objects.select_for_update(of=("self",)).select_related("queue", "worked_by")
    return items.filter(case=case).first()


def put(case: Case, *, queue_id: int, worked_by_id: int | None) -> QueueItem:
    """Moves the case into a queue; one that stays in its queue keeps its time of entry."""
    item = QueueItem.objects.filter(case=case).first() or QueueItem(case=case)
    if item.queue_id != queue_id:
        item.entered_at = current().at
    item.queue_id, item.worked_by_id = queue_id, worked_by_id
    item.save()
    return item


def take_away(case: Case) -> None:
    QueueItem.objects.filter(case=case).delete()


def place_data(item: QueueItem | None) -> Place:
    """A place as the journal keeps it, so that it can be given back."""
    if item is None:
        return None
    return {
        "queue": item.queue_id,
        "worked_by": item.worked_by_id,
        "entered_at": item.entered_at.isoformat(),
    }


def give_back(actor: Actor, entry: JournalEntry) -> None:
    """Undoes what a verb did to a case's place. Raises RuleViolation when it moved on since."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=entry.record_id)
    if place_data(place_of(case)) != entry.data.get("place_after"):
        raise RuleViolation(_("“%(record)s” was moved on since.") % {"record": case})
    before: Place = entry.data.get("place_before")
    take_away(case)
    if before is not None:
        QueueItem.objects.create(
            case=case,
            queue_id=before["queue"],
            worked_by_id=before["worked_by"],
            entered_at=datetime.fromisoformat(before["entered_at"]),
        )
