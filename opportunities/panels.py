"""What the board's cards and the record pages show of deals beyond their fields."""

from collections.abc import Iterable

from crm import clock
from crm.access.actor import Actor
from crm.access.levels import Privilege
from crm.models import Activity
from opportunities.models import Opportunity
from opportunities.process import STUCK_AFTER


def decorate_cards(actor: Actor, cards: list[Opportunity]) -> None:
    """Gives each card its next step, its days in the stage, and whether it is stuck."""
    steps = next_steps([card.pk for card in cards])
    now = clock.now()
    for card in cards:
        step = steps.get(card.pk)
        age = now - card.stage_entered_at
        card.next_step = step
        card.may_read_step = step is not None and actor.allows(Privilege.READ, step)
        card.is_step_late = bool(step and step.due_at and step.due_at < now)
        card.days_in_stage = age.days
        card.is_stuck = age > STUCK_AFTER


def next_steps(ids: Iterable[int]) -> dict[int, Activity]:
    """The most urgent planned activity by opportunity id; one query."""
    planned = Activity.objects.alive().planned()
    about = planned.filter(regarding_type="opportunity", regarding_id__in=list(ids))
    found: dict[int, Activity] = {}
    for step in about.order_by("regarding_id", "due_at", "pk").distinct("regarding_id"):
        found[step.regarding_id] = step
    return found
