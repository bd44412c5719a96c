"""What colleagues of the demo company did lately, so that there is news for everybody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import F

from crm import clock
from crm.access.actor import Actor
from crm.activities.services import log_activity
from crm.demo.fill import Fill
from crm.models import Notification
from crm.models.levels import Privilege
from crm.notifications.reminders import remind_of_due
from crm.records.services import assign_records, share_record
from crm.registry.registry import registry

Deed = Callable[[Fill, Actor, str, str], None]
READ_AFTER = timedelta(hours=5)


def tell_news(fill: Fill) -> None:
    """Through the services the pages use, each at its own moment. What is older was read."""
    for minutes, username, to, type_key, deed in DEEDS:
        if type_key in registry:
            with clock.held(fill.now - timedelta(minutes=minutes)):
                remind_of_due(actor=Actor.system())
                deed(fill, fill.actor(username), to, type_key)
    old = Notification.objects.filter(at__lt=fill.now - READ_AFTER)
    old.update(read_at=F("at") + timedelta(minutes=20))


def _rows(fill: Fill, actor: Actor, owner: str, type_key: str, privilege: Privilege) -> Any:
    """Open ones of somebody's that are there by now and the actor may do this to, latest first."""
    record_type = registry.get(type_key)
    rows = record_type.model.objects.visible_to(actor, privilege)
    if record_type.status:
        rows = rows.exclude(**{f"{record_type.status.field}__in": record_type.status.closed})
    rows = rows.filter(owner_id=fill.people[owner].pk, created_at__lt=clock.now())
    return rows.order_by("-created_at", "pk")


def _note(fill: Fill, actor: Actor, to: str, type_key: str) -> None:
    record = _rows(fill, actor, to, type_key, Privilege.APPEND_TO).first()
    if record is not None:
        values = {"kind": "note", "body": "They asked for you. I promised a call this week."}
        log_activity(actor=actor, regarding=record, values=values)


def _task(fill: Fill, actor: Actor, to: str, type_key: str) -> None:
    values = {
        "kind": "task",
        "subject": "Look over the discount before it goes out",
        "due_at": fill.now + timedelta(days=1),
        "owner": fill.people[to],
    }
    log_activity(actor=actor, regarding=None, values=values)


def _assign(count: int) -> Deed:
    def assign(fill: Fill, actor: Actor, to: str, type_key: str) -> None:
        giver = {"rep": "rep2", "rep2": "rep"}.get(to, "admin")
        rows = _rows(fill, actor, giver, type_key, Privilege.ASSIGN)
        assign_records(
            actor=actor,
            record_type=registry.get(type_key),
            ids=list(rows.values_list("pk", flat=True)[:count]),
            owner_id=fill.people[to].pk,
        )

    return assign


def _share(fill: Fill, actor: Actor, to: str, type_key: str) -> None:
    record = _rows(fill, actor, _username(fill, actor), type_key, Privilege.SHARE).first()
    if record is not None:
        share_record(
            actor=actor,
            record_type=registry.get(type_key),
            record_id=record.pk,
            principal_id=fill.people[to].pk,
            privileges=[Privilege.READ],
        )


def _username(fill: Fill, actor: Actor) -> str:
    return next(name for name, user in fill.people.items() if user.pk == actor.id)


# Minutes ago, who did it, to or for whom, on what.
DEEDS: tuple[tuple[int, str, str, str, Deed], ...] = (
    (2 * 1440 + 35, "manager", "rep", "opportunity", _assign(1)),
    (1440 + 90, "rep", "rep2", "account", _share),
    (1440 + 20, "manager", "rep2", "lead", _assign(2)),
    (260, "admin", "agent", "case", _assign(2)),
    (190, "manager", "rep", "lead", _assign(4)),
    (150, "rep", "manager", "activity", _task),
    (95, "rep2", "rep", "account", _share),
    (70, "rep", "rep2", "contact", _note),
    (55, "admin", "agent", "case", _note),
    (40, "admin", "marketer", "activity", _task),
    (25, "rep2", "rep", "opportunity", _note),
)
