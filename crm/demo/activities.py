"""Tasks, calls, appointments, mails and notes on the demo company's records, and shares."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from crm.demo.fill import Fill
from crm.demo.words import NOTES, TASKS
from crm.models import Activity, Share

PLANNED = ("task", "call", "appointment")
KINDS = (*PLANNED, "email", "note")
REGARDING = ("account", "contact", "opportunity", "lead", "case")
_ACTIVITY = (
    "kind", "subject", "body", "state", "priority", "regarding_type", "regarding_id", "due_at",
    "end_at", "done_at", "happened_at", "delivery", "owner_id",
)  # fmt: skip


def fill_activities(fill: Fill) -> None:
    kinds = [key for key in REGARDING if key in fill.ids]
    steps = iter(fill.next_steps)
    fill.make(
        Activity,
        max(fill.plan.activities, len(fill.next_steps)),
        _ACTIVITY,
        lambda _one: _step(fill, *step) if (step := next(steps, None)) else _activity(fill, kinds),
    )
    fill_shares(fill)


def _step(fill: Fill, key: str, record_id: int, owner_id: int) -> Sequence[Any]:
    """What somebody plans to do next with a record; now and then it is late."""
    kind = fill.chance.choices(PLANNED, [50, 35, 15])[0]
    at = fill.moment(-3, 18)
    return (
        kind,
        fill.chance.choice(TASKS),
        fill.chance.choice(NOTES),
        "open",
        fill.chance.choice((1, 2, 2, 2, 3)),
        key,
        record_id,
        at,
        at + timedelta(minutes=45) if kind == "appointment" else None,
        None,
        at,
        "",
        owner_id,
    )


def _activity(fill: Fill, regarding: list[str]) -> Sequence[Any]:
    kind = fill.chance.choices(KINDS, [30, 20, 12, 18, 20])[0]
    is_open = kind in PLANNED and fill.chance.random() < 0.35
    at = fill.moment(-4, 21) if is_open else fill.moment(-500, -0.5)
    key = fill.chance.choice(regarding)
    record_id = fill.pick(key)
    at = fill.since(key, record_id, at)
    is_planned = kind in PLANNED
    return (
        kind,
        fill.chance.choice(TASKS) if kind != "note" else fill.chance.choice(NOTES)[:80],
        fill.chance.choice(NOTES),
        "open" if is_open else "completed",
        fill.chance.choice((1, 2, 2, 2, 3)),
        key,
        record_id,
        at if is_planned else None,
        at + timedelta(minutes=45) if kind == "appointment" else None,
        None if is_open else at,
        at,
        "sent" if kind == "email" else "",
        fill.agent() if key == "case" else fill.owner_beside(key, record_id),
    )


def fill_shares(fill: Fill) -> None:
    """Single records opened to single colleagues, to each about as many."""
    seen: set[tuple[int, int]] = set()
    while len(seen) < fill.plan.shares:
        seen.add((fill.chance.choice(fill.owner_ids), fill.pick("account")))
    rows = [
        ("account", account, user, "read", fill.people["manager"].pk, fill.now)
        for user, account in sorted(seen)
    ]
    columns = (
        "record_type", "record_id", "principal_id", "privilege", "granted_by_id", "granted_at",
    )  # fmt: skip
    fill.copy(Share, columns, rows)
