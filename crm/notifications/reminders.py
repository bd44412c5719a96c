"""Reminding people of what is due.

An open activity's own date says when; the reminder is unique per person, activity and date. So
any number of schedulers may ask, each date is told of once, and another date is told of anew.
"""

from datetime import timedelta

from django.db import connection

from crm.access.actor import Actor
from crm.notifications.writing import MAIL, WANTED
from crm.operations import current, operation

AHEAD = timedelta(minutes=15)  # of an appointment
LATEST = timedelta(days=1)  # for a scheduler that rested; what is older, one sees as overdue

# Who writes down what is over already knows of it.
_REMIND = f"""
INSERT INTO crm_notification (
    recipient_id, kind, record_type, record_id, count, data, at, mail
)
SELECT u.principal_ptr_id, 'due', 'activity', work.id, 1, jsonb_build_object('work', work.kind),
    work.due_at, {MAIL}
FROM crm_activity work
JOIN crm_user u ON u.principal_ptr_id = work.owner_id
LEFT JOIN crm_notificationchoice c ON c.user_id = u.principal_ptr_id AND c.kind = 'due'
WHERE work.state = 'open' AND work.deleted_at IS NULL
  AND work.kind IN ('task', 'call', 'appointment')
  AND work.due_at > %(earliest)s AND work.due_at <= %(ahead)s
  AND (work.kind = 'appointment' OR work.due_at <= %(now)s)
  AND work.created_at < work.due_at
  AND {WANTED}
  AND NOT EXISTS (
    SELECT FROM crm_notification told
    WHERE told.kind = 'due' AND told.recipient_id = u.principal_ptr_id
      AND told.record_id = work.id AND told.at = work.due_at
  )
ORDER BY work.due_at, work.id
ON CONFLICT DO NOTHING
"""  # noqa: S608  (parts of our own)


@operation
def remind_of_due(*, actor: Actor) -> int:
    """Tells owners of tasks, calls and appointments that are due; returns how many it told."""
    now = current().at
    with connection.cursor() as cursor:
        cursor.execute(_REMIND, {"now": now, "ahead": now + AHEAD, "earliest": now - LATEST})
        return cursor.rowcount
