"""The sales process: which steps belong to which stage, and what entering one needs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from opportunities.models import Opportunity

Stage = Opportunity.Stage

STEPS: dict[str, tuple[str, ...]] = {
    Stage.QUALIFY: (
        "account",
        "contact",
        "timeframe",
        "budget_amount",
        "purchase_process",
        "has_decision_maker",
    ),
    Stage.DEVELOP: ("customer_need", "proposed_solution", "has_stakeholders", "has_rivals"),
    Stage.PROPOSE: ("has_sales_team", "has_proposal", "has_review", "has_presented"),
    Stage.CLOSE: (
        "has_final_proposal",
        "has_presented_final",
        "decision_on",
        "has_thanked",
        "has_debrief",
    ),
}

NEEDED: dict[str, tuple[str, ...]] = {
    Stage.PROPOSE: ("est_close_on",),
    Stage.CLOSE: ("est_close_on", "estimated_revenue"),
}
"""What must be known before a stage is entered."""

STUCK_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class Progress:
    """How a deal stands in one stage: 'done', 'now' or 'ahead'."""

    stage: str
    label: Any
    standing: str
    days: int
    steps: int
    steps_done: int
    icon: str


@dataclass
class _Stay:
    since: datetime
    seconds: dict[str, float] = field(default_factory=dict)

    def leave(self, stage: str, at: datetime) -> None:
        spent = (at - self.since).total_seconds()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + max(spent, 0.0)
        self.since = at


def is_done(opportunity: Opportunity, step: str) -> bool:
    value = opportunity.held(step)
    return value is not None and value is not False and value != ""


def missing_for(opportunity: Opportunity, stage: str) -> list[str]:
    """The fields to fill before the deal may enter `stage`."""
    return [name for name in NEEDED.get(stage, ()) if not is_done(opportunity, name)]


def progress(
    opportunity: Opportunity, moves: Iterable[tuple[datetime, str, str]], *, until: datetime
) -> list[Progress]:
    """Each stage with its days and steps. `moves` are (when, from, to), the oldest first."""
    days = _days_by_stage(opportunity, moves, until)
    order = list(Stage.values)
    here = order.index(opportunity.stage)
    is_closed = opportunity.state != Opportunity.State.OPEN
    return [
        Progress(
            stage=stage,
            label=Stage(stage).label,
            standing=_standing(place, here, is_closed=is_closed),
            days=days.get(stage, 0),
            steps=len(STEPS[stage]),
            steps_done=sum(is_done(opportunity, step) for step in STEPS[stage]),
            icon=f"stage-{place + 1}",
        )
        for place, stage in enumerate(order)
    ]


def _standing(place: int, here: int, *, is_closed: bool) -> str:
    if place < here or (is_closed and place == here):
        return "done"
    return "now" if place == here else "ahead"


def _days_by_stage(
    opportunity: Opportunity, moves: Iterable[tuple[datetime, str, str]], until: datetime
) -> dict[str, int]:
    known = list(moves)
    # A deal that came from elsewhere has no moves: only its present stage is known.
    stay = _Stay(since=opportunity.created_at if known else opportunity.stage_entered_at)
    stage = None
    for at, left, entered in known:
        stay.leave(left, at)
        stage = entered
    stay.leave(stage or opportunity.stage, until)
    return {name: int(seconds // 86_400) for name, seconds in stay.seconds.items()}
