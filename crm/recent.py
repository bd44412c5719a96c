"""The records a user opened last."""

from dataclasses import dataclass

from crm import clock
from crm.access.actor import Actor
from crm.models import RecentRecord, Record
from crm.records.links import url_of
from crm.records.registry import registry

SHOWN = 12


@dataclass(frozen=True)
class Recent:
    title: str
    url: str
    type_key: str


def remember(actor: Actor, record: Record) -> None:
    """One statement: a new row, or a later moment on the one that is there."""
    RecentRecord.objects.bulk_create(
        [
            RecentRecord(
                user_id=actor.id,
                record_type=record.type_key(),
                record_id=record.pk,
                title=str(record)[:240],
                seen_at=clock.now(),
            )
        ],
        update_conflicts=True,
        unique_fields=["user", "record_type", "record_id"],
        update_fields=["title", "seen_at"],
    )


def recent_records(actor: Actor, count: int = SHOWN) -> list[Recent]:
    """What the user opened last and can still see; titles are read anew through the gate."""
    rows = list(RecentRecord.objects.filter(user_id=actor.id).order_by("-seen_at")[: count * 2])
    titles: dict[tuple[str, int], str] = {}
    for key in {row.record_type for row in rows if row.record_type in registry}:
        ids = [row.record_id for row in rows if row.record_type == key]
        visible = registry.get(key).model.objects.visible_to(actor).filter(pk__in=ids)
        titles |= {(key, record.pk): str(record) for record in visible}
    return [
        Recent(titles[place], url_of(*place), place[0])
        for place in ((row.record_type, row.record_id) for row in rows)
        if place in titles
    ][:count]
