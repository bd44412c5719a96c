"""The records a user opened last."""

from dataclasses import dataclass

from django.db import connection

from crm import clock
from crm.access.actor import Actor
from crm.models import RecentRecord, Record
from crm.records.lists.titles import titles_of
from crm.registry.links import url_of

SHOWN = 12
TITLE_LENGTH = 240


# Nobody waits for the disk: what a crash takes with it is seen again.
_REMEMBER = """
WITH at_leisure AS (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO crm_recentrecord (user_id, record_type, record_id, title, seen_at)
SELECT %s, %s, %s, %s, %s::timestamptz FROM at_leisure
ON CONFLICT (user_id, record_type, record_id)
DO UPDATE SET title = EXCLUDED.title, seen_at = EXCLUDED.seen_at
"""


@dataclass(frozen=True)
class Recent:
    title: str
    url: str
    type_key: str


def remember(actor: Actor, record: Record) -> None:
    """One statement: a new row, or a later moment on the one that is there."""
    seen = [actor.id, record.type_key(), record.pk, str(record)[:TITLE_LENGTH], clock.now()]
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, seen)


def recent_records(actor: Actor, count: int = SHOWN) -> list[Recent]:
    """What the user opened last and can still see; titles are read anew through the gate."""
    rows = list(RecentRecord.objects.filter(user_id=actor.id).order_by("-seen_at")[: count * 2])
    wanted: dict[str, list[int]] = {}
    for row in rows:
        wanted.setdefault(row.record_type, []).append(row.record_id)
    titles = titles_of(actor, wanted)
    return [
        Recent(titles[place], url_of(*place), place[0])
        for place in ((row.record_type, row.record_id) for row in rows)
        if place in titles
    ][:count]
