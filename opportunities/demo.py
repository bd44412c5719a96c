"""Deals of the demo company: won and lost ones of two years, and a lively pipeline."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from crm.demo.fill import Fill
from crm.demo.words import FIRM_NAMES, NEEDS
from opportunities.models import Competitor, Opportunity

STAGES = ("qualify", "develop", "propose", "close")
PROBABILITIES = {"qualify": 20, "develop": 40, "propose": 60, "close": 85}
RIVALS = 12
IN_HAND = 0.6  # of the open deals, those with a next step


def fill_demo(fill: Fill) -> None:
    fill.make(
        Competitor,
        RIVALS,
        ("name", "website", "strengths", "weaknesses", "owner_id"),
        lambda one: _rival(fill, one),
    )
    fill.make(Opportunity, fill.plan.opportunities, _DEAL, lambda one: _deal(fill, one))


def _rival(fill: Fill, one: int) -> Sequence[Any]:
    name = f"{FIRM_NAMES[one * 5 % len(FIRM_NAMES)]} & Sons"
    return (
        name,
        f"https://rival-{one}.example",
        "Short delivery times; a service team in every large city.",
        "No calibration of their own, and no papers in French.",
        fill.people["manager"].pk,
    )


_DEAL = (
    "name", "account_id", "contact_id", "state", "reason", "stage", "stage_entered_at",
    "currency_id", "estimated_revenue", "actual_revenue", "probability", "forecast", "rating",
    "engaged_on", "est_close_on", "closed_on", "created_at", "modified_at", "owner_id",
)  # fmt: skip


def _deal(fill: Fill, one: int) -> Sequence[Any]:
    state = fill.chance.choices(["open", "won", "lost"], [38, 40, 22])[0]
    revenue = round(10 ** fill.chance.uniform(3.4, 5.6), -2)
    stage = fill.chance.choices(STAGES, [40, 30, 20, 10])[0] if state == "open" else "close"
    if state == "open":
        closing, closed = fill.day(-20, 160), None
        begun, changed = fill.moment(-150, -40), fill.moment(-40, -0.1)
    else:
        changed = fill.moment(-720, -1)
        begun = changed - timedelta(days=fill.chance.randint(15, 150))
        closing = closed = changed.date()
    contact_id, account_id = _customer(fill)
    owner = fill.owner_beside("account", account_id)
    if state == "open" and fill.chance.random() < IN_HAND:
        fill.next_steps.append(("opportunity", one, owner))
    return (
        fill.chance.choice(NEEDS),
        account_id,
        contact_id,
        state,
        _reason(fill, state),
        stage,
        changed,
        "USD" if fill.chance.random() < 0.2 else "EUR",
        int(revenue),
        int(revenue * fill.chance.uniform(0.85, 1.1)) if state == "won" else None,
        PROBABILITIES[stage] if state == "open" else 100 if state == "won" else 0,
        _forecast(fill, state, stage),
        fill.chance.choice(["hot", "warm", "warm", "cold"]),
        begun.date(),
        closing,
        closed,
        begun,
        changed,
        owner,
    )


def _customer(fill: Fill) -> tuple[int | None, int | None]:
    """A person with the account they work for, or an account alone."""
    if fill.chance.random() < 0.7:
        contact_id = fill.pick("contact")
        return contact_id, fill.link("contact", contact_id, "account_id")
    return None, fill.maybe(0.95, lambda: fill.pick("account"))


def _reason(fill: Fill, state: str) -> str:
    if state == "open":
        return fill.chance.choices(["in_progress", "on_hold"], [92, 8])[0]
    return "won" if state == "won" else fill.chance.choice(["canceled", "out_sold"])


def _forecast(fill: Fill, state: str, stage: str) -> str:
    if state != "open":
        return state
    return {"close": "committed", "propose": "best_case"}.get(stage, "pipeline")
