"""Cases of the demo company: two years of solved ones, and queues with something to do."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from accounts.models import Contact
from cases.models import Case, Queue, QueueItem
from cases.services import escalate_case, pick_case, resolve_case, set_case_reason
from crm.activities.services import log_activity
from crm.demo.fill import Fill
from crm.demo.words import NOTES, TROUBLES
from crm.models import Activity

QUEUES = (
    ("Instruments", "Benches, pumps and lamps.", False),
    ("Software", "Methods, reports and connections.", False),
    ("Field service", "Visits and spare parts.", False),
    ("Billing questions", "Invoices, orders and deliveries.", False),
    ("French desk", "Everything asked in French.", True),
)
OPEN_REASONS = ("in_progress", "in_progress", "in_progress", "waiting", "researching", "on_hold")
PEOPLE_KNOWN = 5_000
LOOKED_AT = 60
ACTIVE, CANCELED = 0.22, 0.05
MINUTES = (10, 15, 20, 30, 45, 60, 90, 120)


def fill_demo(fill: Fill) -> None:
    queues = _queues(fill)
    known = Contact.objects.exclude(account=None).order_by("pk")
    people = list(known.values_list("pk", "account_id")[:PEOPLE_KNOWN])
    waiting: list[Sequence[Any]] = []
    fill.make(Case, fill.plan.cases, _CASE, lambda one: _case(fill, one, people, queues, waiting))
    fill.copy(QueueItem, ("queue_id", "case_id", "entered_at", "worked_by_id"), waiting)


def _queues(fill: Fill) -> list[int]:
    ids = []
    for name, description, is_private in QUEUES:
        queue = Queue.objects.create(
            name=name,
            description=description,
            is_private=is_private,
            owner=fill.people["admin"],
        )
        if is_private:
            queue.members.set([fill.people["agent"].pk, *fill.agent_ids[:2]])
        ids.append(queue.pk)
    return ids


_CASE = (
    "title", "description", "account_id", "contact_id", "state", "reason", "stage", "priority",
    "origin", "kind", "severity", "follow_up_on", "first_response_at", "resolution", "resolved_at",
    "minutes", "billable_minutes", "created_at", "modified_at", "owner_id",
)  # fmt: skip


def _case(
    fill: Fill,
    one: int,
    people: Sequence[tuple[int, int]],
    queues: Sequence[int],
    waiting: list[Sequence[Any]],
) -> Sequence[Any]:
    state = _state(fill)
    is_active = state == "active"
    created = fill.moment(-12, -0.1) if is_active else fill.moment(-720, -3)
    solved = created + timedelta(hours=fill.chance.randint(1, 70)) if state == "resolved" else None
    is_answered = not is_active or fill.chance.random() < 0.5
    contact, account = _customer(fill, people)
    owner = fill.agent()
    if is_active and fill.chance.random() < 0.75:
        is_taken = fill.chance.random() < 0.35
        waiting.append((fill.chance.choice(queues), one, created, owner if is_taken else None))
        owner = owner if is_taken else fill.people["admin"].pk
    minutes = fill.chance.choice(MINUTES) if solved else 0
    return (
        fill.chance.choice(TROUBLES),
        fill.chance.choice(NOTES),
        account,
        contact,
        state,
        _reason(fill, state),
        fill.chance.choice(("identify", "research")) if is_active else "resolve",
        fill.chance.choices((1, 2, 3), (20, 60, 20))[0],
        fill.chance.choice(("phone", "phone", "email", "email", "email", "web")),
        fill.chance.choice(("question", "problem", "problem", "request")),
        fill.chance.choice(("", "minor", "minor", "major", "critical")),
        fill.day(-2, 12) if is_active and fill.chance.random() < 0.3 else None,
        created + timedelta(minutes=fill.chance.randint(5, 300)) if is_answered else None,
        fill.chance.choice(NOTES) if solved else "",
        solved,
        minutes,
        minutes if fill.chance.random() < 0.7 else 0,
        created,
        solved or created,
        owner,
    )


def _state(fill: Fill) -> str:
    chance = fill.chance.random()
    if chance < ACTIVE:
        return "active"
    return "canceled" if chance < ACTIVE + CANCELED else "resolved"


def _reason(fill: Fill, state: str) -> str:
    if state == "active":
        return fill.chance.choice(OPEN_REASONS)
    return "canceled" if state == "canceled" else fill.chance.choice(("solved", "informed"))


def _customer(fill: Fill, people: Sequence[tuple[int, int]]) -> tuple[int | None, int]:
    """A person with the account they work for, or an account alone."""
    if people and fill.chance.random() < 0.75:
        index = int(len(people) * fill.chance.random() ** 2)
        return people[index]
    return None, fill.pick("account")


def tell_stories(fill: Fill) -> None:
    """A few cases worked on by the demo agent, through the same services as the pages."""
    actor = fill.actor("agent")
    queue = Queue.objects.get(name="Instruments")
    cases = Case.objects.visible_to(actor).active().in_queue(queue.pk).untaken()
    urgent = list(cases.most_urgent_first()[:LOOKED_AT])
    planned = (
        Activity.objects.alive()
        .open()
        .filter(regarding_type="case", regarding_id__in=[case.pk for case in urgent])
    )
    busy = set(planned.values_list("regarding_id", flat=True))
    chosen = [case for case in urgent if case.pk not in busy][:6]
    for case in chosen:
        pick_case(actor=actor, record_id=case.pk)
    for case, tell in zip(chosen, (_answered, _escalated, _waiting, _solved), strict=False):
        tell(actor, case)


def _answered(actor: Any, case: Case) -> None:
    call = {"kind": "call", "subject": "Asked which lamp is in it", "minutes": 12}
    log_activity(actor=actor, regarding=case, values=call)


def _escalated(actor: Any, case: Case) -> None:
    escalate_case(actor=actor, record_id=case.pk, note="Their line stands still.")
    task = {"kind": "task", "subject": "Ask field service for a visit tomorrow"}
    log_activity(actor=actor, regarding=case, values=task)


def _waiting(actor: Any, case: Case) -> None:
    set_case_reason(actor=actor, record_id=case.pk, value="waiting")
    note = {"kind": "note", "body": "They send a picture of the display this afternoon."}
    log_activity(actor=actor, regarding=case, values=note)


def _solved(actor: Any, case: Case) -> None:
    resolve_case(
        actor=actor,
        record_id=case.pk,
        resolution="Replaced the lamp and set the counter to zero.",
        minutes=40,
        billable_minutes=30,
    )
