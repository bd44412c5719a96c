"""What the board's cards and the record pages show of deals beyond their fields."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, QuerySet, Sum, When
from django.utils import timezone

from accounts.models import Account, Contact
from crm import clock
from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.models import Activity, FieldChange
from crm.models.levels import Privilege
from opportunities.models import Competitor, Opportunity
from opportunities.process import STEPS, STUCK_AFTER, Progress, is_done, progress
from opportunities.services.stages import TICKS

SHOWN = 5


def decorate_cards(actor: Actor, cards: list[Opportunity]) -> None:
    """Gives each card its next step, its days in the stage, and whether it is stuck."""
    steps = next_steps([card.pk for card in cards])
    now = clock.now()
    for card in cards:
        step = steps.get(card.pk)
        age = max(now - card.stage_entered_at, timedelta())
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


def process(actor: Actor, opportunity: Opportunity) -> dict[str, Any]:
    """The stages with their days, and the steps of the present one."""
    is_open = opportunity.state == Opportunity.State.OPEN
    until = clock.now() if is_open else _closed_at(opportunity)
    stages = progress(opportunity, _moves(opportunity), until=until)
    may_write = actor.allows(Privilege.WRITE, opportunity)
    return {
        "stages": [(stage, _tenths(stage)) for stage in stages],
        "may_move": is_open and may_write,
        "steps": _steps(opportunity) if is_open and may_write else [],
    }


def _moves(opportunity: Opportunity) -> list[tuple[datetime, str, str]]:
    changes = _changes(Actor.system(), opportunity.pk, field="stage")
    return [
        (at, *changed["stage"])
        for event, at, changed in changes
        if event == FieldChange.Event.UPDATE
    ]


@prepared
def _changes(_actor: Actor, opportunity_id: int, *, field: str) -> QuerySet[Any, Any]:
    """(event, moment, changes) whenever a field got a value."""
    changes = FieldChange.objects.filter(
        record_type="opportunity", record_id=opportunity_id, changes__has_key=field
    )
    return changes.order_by("id").values_list("event", "at", "changes")


def _closed_at(opportunity: Opportunity) -> datetime:
    """When the deal was closed; what happened after does not age its stages."""
    moves = _changes(Actor.system(), opportunity.pk, field="state")
    if moves or opportunity.closed_on is None:
        _event, last, _changed = moves[-1] if moves else ("", opportunity.created_at, {})
        return last
    return timezone.make_aware(datetime.combine(opportunity.closed_on, time()))


def _tenths(stage: Progress) -> int:
    return stage.steps_done * 10 // stage.steps if stage.steps else 0


def _steps(opportunity: Opportunity) -> list[tuple[str, bool, bool]]:
    """(field, done, whether it is a tick) for the present stage."""
    return [(name, is_done(opportunity, name), name in TICKS) for name in STEPS[opportunity.stage]]


def customer(actor: Actor, opportunity: Opportunity) -> dict[str, Any] | None:
    """The account (else the person) it is with, and what was won there before."""
    account = opportunity.account if actor.sees(opportunity.account) else None
    contact = opportunity.contact if actor.sees(opportunity.contact) else None
    if account is None and contact is None:
        return None
    won = totals_won(actor, account.pk, link="account") if account else []
    return {"account": account, "contact": contact, "won": won}


def totals_won(actor: Actor, record_id: int, *, link: str) -> list[tuple[Decimal, str]]:
    """Won revenue by currency, the largest first; currencies don't add up."""
    sums = _sums_won(actor, record_id, link=link)
    return sorted(((total, code) for code, total in sums if total), reverse=True)


@prepared
def _sums_won(actor: Actor, record_id: int, *, link: str) -> QuerySet[Any, Any]:
    rows = Opportunity.objects.visible_to(actor).won().filter(**{link: record_id})
    return rows.values_list("currency").order_by().annotate(Sum("actual_revenue"))


def rivals(actor: Actor, opportunity: Opportunity) -> dict[str, Any] | None:
    """Who else bids; left out where there is nobody and nobody can be added."""
    found = _competitors(actor, opportunity.pk)
    is_open = opportunity.state == Opportunity.State.OPEN
    may_change = is_open and actor.allows(Privilege.WRITE, opportunity)
    if not found and not may_change:
        return None
    return {"rivals": found, "lost_to_id": opportunity.lost_to_id, "may_change": may_change}


@prepared
def _competitors(actor: Actor, opportunity_id: int) -> QuerySet[Any]:
    visible = Competitor.objects.visible_to(actor).filter(opportunities=opportunity_id)
    return visible.defer("search_text").order_by("name__folded", "pk")


def deals_of_account(actor: Actor, account: Account) -> dict[str, Any]:
    return _deals(actor, account.pk, link="account")


def deals_of_contact(actor: Actor, contact: Contact) -> dict[str, Any]:
    return _deals(actor, contact.pk, link="contact")


def deals_against(actor: Actor, competitor: Competitor) -> dict[str, Any]:
    """Open deals fought against this competitor, and how the closed ones ended."""
    rows = Opportunity.objects.visible_to(actor).filter(competitors=competitor)
    return _deals(actor, competitor.pk, link="competitors") | {
        "won_count": rows.won().count(),
        "lost_count": rows.filter(lost_to=competitor).count(),
    }


def _deals(actor: Actor, record_id: int, *, link: str) -> dict[str, Any]:
    """The open ones by close date, then the latest of the others."""
    found = _latest_deals(actor, record_id, link=link)
    has_more = len(found) > SHOWN
    may_have_won = has_more or any(deal.state == Opportunity.State.WON for deal in found)
    return {
        "deals": found[:SHOWN],
        "has_more": has_more,
        "won": totals_won(actor, record_id, link=link) if may_have_won else [],
        "link": link,
    }


@prepared
def _latest_deals(actor: Actor, record_id: int, *, link: str) -> QuerySet[Any]:
    rows = Opportunity.objects.visible_to(actor).filter(**{link: record_id}).defer("search_text")
    open_first = Case(When(state=Opportunity.State.OPEN, then=0), default=1)
    soonest = Case(When(state=Opportunity.State.OPEN, then="est_close_on"))
    return rows.order_by(open_first, soonest, "-closed_on", "-pk")[: SHOWN + 1]


def idle_deals(actor: Actor) -> dict[str, Any] | None:
    """My open deals about which nothing is planned, those that close soonest first."""
    if not actor.can("opportunity", Privilege.READ):
        return None
    rows = Opportunity.objects.visible_to(actor).owned_by(actor.principal_ids)
    idle = list(rows.without_next_step().order_by("est_close_on", "pk")[: SHOWN + 1])
    if not idle:
        return None
    return {"deals": idle[:SHOWN], "has_more": len(idle) > SHOWN}
