"""Telling people, in the transaction of the deed: one statement, however many are told.

Nobody is told of what they did themselves, who may not log in is told nothing, and everybody only
what they choose to hear.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from crm.operations import current

Place = tuple[str, int | None]

# How those who hear of it hear of it: the user is `u`, the choice `c`.
WANTED = "u.is_active AND coalesce(c.way, 'inside') <> 'none'"
MAIL = "CASE WHEN c.way = 'mail' AND u.email <> '' THEN 'pending' ELSE '' END"

_TELL = f"""
INSERT INTO crm_notification AS told (
    recipient_id, kind, record_type, record_id, count, data, actor_id, at, operation, mail
)
SELECT u.principal_ptr_id, %(kind)s, %(type)s, %(id)s, %(count)s, %(data)s::jsonb, %(actor)s,
    %(at)s, %(operation)s, {MAIL}
FROM crm_user u
LEFT JOIN crm_notificationchoice c ON c.user_id = u.principal_ptr_id AND c.kind = %(kind)s
WHERE u.principal_ptr_id = ANY(%(to)s) AND u.principal_ptr_id IS DISTINCT FROM %(actor)s
  AND {WANTED}
ORDER BY u.principal_ptr_id
ON CONFLICT (operation, recipient_id, kind, record_type) DO UPDATE SET
    count = CASE WHEN told.record_id = EXCLUDED.record_id THEN told.count
                 ELSE told.count + EXCLUDED.count END,
    record_id = CASE WHEN told.record_id = EXCLUDED.record_id THEN told.record_id END,
    data = EXCLUDED.data, at = EXCLUDED.at, read_at = NULL
"""  # noqa: S608  (parts of our own)


def notify(
    kind: str,
    *,
    to: Iterable[int | None],
    about: Place,
    count: int = 1,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Tells principals what the actor did; teams hear nothing. What one operation did to several
    records of a type becomes one notification with their number.
    """
    _tell(kind, to=to, about=about, count=count, data=data, actor_id=current().actor.id)


def report(
    kind: str,
    *,
    to: Iterable[int | None],
    about: Place,
    count: int = 1,
    data: Mapping[str, Any] | None = None,
) -> None:
    """As `notify`, of what is nobody's deed: also those hear of it who began it."""
    _tell(kind, to=to, about=about, count=count, data=data, actor_id=None)


def _tell(
    kind: str,
    *,
    to: Iterable[int | None],
    about: Place,
    count: int,
    data: Mapping[str, Any] | None,
    actor_id: int | None,
) -> None:
    told = sorted({one for one in to if one is not None and one != actor_id})
    if not told or not count:
        return
    under_way, (type_key, record_id) = current(), about
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL,
            {
                "kind": kind,
                "type": type_key,
                "id": record_id,
                "count": count,
                "data": json.dumps(data or {}),
                "actor": actor_id,
                "at": under_way.at,
                "operation": under_way.id,
                "to": told,
            },
        )
