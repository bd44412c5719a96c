"""What people do with their notifications. They are told of, not records: nothing is journaled."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.company.settings import company
from crm.errors import NotVisible, RuleViolation
from crm.models import Notification, NotificationChoice
from crm.notifications.kinds import every_kind
from crm.operations import current, operation

Way = NotificationChoice.Way


@operation
def mark_read(*, actor: Actor, notification_id: int) -> Notification:
    """Says that the actor has read one of their own. Once read, always read at that moment.

    Raises NotVisible.
    """
    row = _own(actor, notification_id)
    if row.read_at is None:
        row.read_at = current().at
        row.save(update_fields=["read_at"])
    return row


@operation
def mark_unread(*, actor: Actor, notification_id: int) -> Notification:
    """Keeps one of the actor's own for later. Raises NotVisible."""
    row = _own(actor, notification_id)
    row.read_at = None
    row.save(update_fields=["read_at"])
    return row


def _own(actor: Actor, notification_id: int) -> Notification:
    rows = Notification.objects.select_for_update(of=("self",)).select_related("actor")
    row = rows.filter(pk=notification_id, recipient_id=actor.id).first()
    if row is None:
        raise NotVisible
    return row


@operation
def mark_all_read(*, actor: Actor, newest_id: int) -> int:
    """Marks the actor's own up to the newest one they were shown; what came since stays unread."""
    rows = Notification.objects.filter(recipient_id=actor.id, read_at=None, pk__lte=newest_id)
    return rows.update(read_at=current().at)


@operation
def choose_ways(*, actor: Actor, ways: Mapping[str, str]) -> None:
    """Sets how the actor wants to hear of which kinds; the others stay. Raises RuleViolation."""
    known = {kind.key for kind in every_kind()}
    if not ways.keys() <= known or not set(ways.values()) <= set(Way.values):
        raise RuleViolation(_("This can't be chosen."))
    rows = [
        NotificationChoice(user_id=actor.id, kind=key, way=way) for key, way in sorted(ways.items())
    ]
    NotificationChoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["way"]
    )


@operation
def forget_old_notifications(*, actor: Actor) -> int:
    """Takes away what is older than the company keeps; returns how many."""
    before = current().at - timedelta(days=company().notification_days)
    return Notification.objects.filter(at__lt=before).delete()[0]
