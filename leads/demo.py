"""Leads of the demo company."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from accounts.demo import ADDRESS, address, firm_name, phone
from accounts.models import Industry
from crm.demo.fill import Fill
from crm.demo.names import FIRST_NAMES, LAST_NAMES
from crm.demo.words import JOB_TITLES, NEEDS, plain
from leads.models import Lead

STATES = (
    ("open", ("new", "contacted"), 60),
    ("qualified", ("qualified",), 25),
    ("disqualified", ("lost", "cannot_contact", "no_interest"), 15),
)
_LEAD = (
    "topic", "first_name", "last_name", "company", "job_title", "email", "phone", *ADDRESS,
    "industry", "source", "rating", "state", "reason", "closed_at", "budget_amount", "currency_id",
    "need", "created_at", "modified_at", "owner_id",
)  # fmt: skip


def fill_demo(fill: Fill) -> None:
    fill.make(Lead, fill.plan.leads, _LEAD, lambda one: _lead(fill, one))


def _lead(fill: Fill, one: int) -> Sequence[Any]:
    state, reasons, _weight = fill.chance.choices(STATES, [row[2] for row in STATES])[0]
    first, last = fill.chance.choice(FIRST_NAMES), fill.chance.choice(LAST_NAMES)
    need = fill.chance.choice(NEEDS)
    changed = fill.moment(-60, -0.1) if state == "open" else fill.moment(-700, -1)
    begun = changed - timedelta(days=fill.chance.randint(1, 30))
    place = address(fill)
    return (
        need,
        first,
        last,
        firm_name(one * 3 + 50_000),
        fill.chance.choice(JOB_TITLES),
        f"{plain(first)}.{plain(last)}.{one}@inbox.example",
        phone(fill, place[-1]),
        *place,
        fill.chance.choice(Industry.values),
        fill.chance.choice(Lead.Source.values),
        fill.chance.choice(["hot", "warm", "cold"]),
        state,
        fill.chance.choice(reasons),
        None if state == "open" else changed,
        fill.maybe(0.5, lambda: fill.chance.randint(5, 300) * 1_000),
        "EUR",
        f"{need} in the coming quarter; asked for an offer.",
        begun,
        changed,
        fill.owner(),
    )
