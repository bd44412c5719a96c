"""Notifications as their reader sees them: words and titles are made now, through the gate.

What one may no longer see keeps its place in the list, without its title and without a link.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.models import Notification
from crm.models.levels import Privilege
from crm.notifications.kinds import Kind, kind_of
from crm.records.lists.titles import Place, titles_of
from crm.registry.links import list_url, url_of
from crm.registry.registry import registry

UNKNOWN = "bell"


@dataclass(frozen=True)
class Entry:
    """One notification in words. `url` is empty where there is nothing to open any more."""

    pk: int
    title: str
    url: str
    says: str
    at: datetime
    is_unread: bool
    icon: str
    colour: str

    @property
    def is_gone(self) -> bool:
        return not self.url


def notifications_of(actor: Actor, *, only_unread: bool = False) -> Any:
    """The actor's own, to be paged by their keys; nobody else's are there."""
    rows = Notification.objects.filter(recipient_id=actor.id).select_related("actor")
    return rows.filter(read_at=None) if only_unread else rows


def newest_unread(actor: Actor) -> int | None:
    """The key of the newest one the actor has not read: how far 'all' goes."""
    rows = notifications_of(actor, only_unread=True).order_by("-pk")
    found: int | None = rows.values_list("pk", flat=True).first()
    return found


def entries_of(actor: Actor, rows: Sequence[Notification]) -> list[Entry]:
    """The rows in words: a fixed number of queries, whatever they tell of."""
    wanted: dict[str, list[int]] = {}
    for row in rows:
        if row.record_id is not None:
            wanted.setdefault(row.record_type, []).append(row.record_id)
    titles = titles_of(actor, wanted)
    return [_entry(actor, row, titles) for row in rows]


def _entry(actor: Actor, row: Notification, titles: dict[Place, str]) -> Entry:
    kind = kind_of(row.kind)
    title, url = _place(actor, row, kind, titles)
    is_known = row.record_type in registry
    return Entry(
        pk=row.pk,
        title=title or _("Something that is gone, or that you may not see"),
        url=url,
        says=says(row, kind),
        at=row.at,
        is_unread=row.read_at is None,
        icon=registry.get(row.record_type).icon if is_known else kind.icon if kind else UNKNOWN,
        colour=registry.get(row.record_type).colour if is_known else "",
    )


def _place(
    actor: Actor, row: Notification, kind: Kind | None, titles: dict[Place, str]
) -> tuple[str, str]:
    """What it is called and where it is, as far as the actor may see it."""
    if kind is not None and kind.place is not None:
        return kind.place(row)
    if row.record_id is not None:
        place = (row.record_type, row.record_id)
        return (titles[place], url_of(*place)) if place in titles else ("", "")
    if row.record_type in registry and actor.can(row.record_type, Privilege.READ):
        return labels.plural(row.record_type), newest_of(row.record_type)
    return "", ""


def newest_of(type_key: str) -> str:
    """The list in which records that came to somebody stand on top."""
    views = {view.key for view in registry.get(type_key).views}
    return f"{list_url(type_key)}?view=mine" if "mine" in views else list_url(type_key)


def says(row: Notification, kind: Kind | None) -> str:
    """What happened, in the language in force; nothing where nobody knows any more what it was."""
    if kind is None or (row.record_type and row.record_type not in registry):
        return ""
    sentence = kind.sentence(row.data) if callable(kind.sentence) else kind.sentence
    if row.count > 1 and kind.many:
        sentence = kind.many
    name = row.actor.name if row.actor else _("Somebody")
    values = {**row.data, "name": name, "count": row.count}
    if row.record_type:
        return labels.with_names(sentence, row.record_type, **values)
    return str(sentence) % values
