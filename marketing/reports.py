"""Figures of mailings and campaigns, each computed from rows whenever it is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, TruncMinute

from crm import clock
from crm.access.actor import Actor
from crm.company.currencies import base_currency_code
from crm.models import Currency
from leads.models import Lead
from marketing.models import Campaign, CampaignActivity, CampaignResponse, Recipient
from opportunities.models import Opportunity

Row = Recipient.State

CHART_MINUTES = 120


def bar_length(count: int, most: int) -> int:
    """Percent of the longest bar; what is there at all can be seen."""
    return max(1, count * 100 // most) if count and most else 0


@dataclass(frozen=True)
class Progress:
    """Where the recipients of one mailing stand; the states add up to `total`."""

    states: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    last_minute: int = 0
    unsubscribed: int = 0

    def __getattr__(self, name: str) -> int:
        if name in Row.values:
            return self.states.get(name, 0)
        raise AttributeError(name)

    @property
    def addressed(self) -> int:
        """Everybody but those left out."""
        return sum(count for state, count in self.states.items() if state != Row.SKIPPED)

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        return self.states.get(Row.PENDING, 0) + self.states.get(Row.CLAIMED, 0)

    @property
    def done(self) -> int:
        """Handed over, whatever came of it."""
        return sum(self.states.get(state, 0) for state in (Row.SENT, Row.FAILED, Row.UNKNOWN))


def progress_of(activity: CampaignActivity) -> Progress:
    states: dict[str, int] = {}
    reasons: dict[str, int] = {}
    rows = Recipient.objects.filter(activity=activity)
    for state, reason, count in rows.values_list("state", "reason").annotate(n=Count("pk")):
        states[state] = states.get(state, 0) + count
        if reason:
            reasons[reason] = count
    recent = clock.now() - timedelta(minutes=1)
    more = rows.aggregate(
        last_minute=Count("pk", filter=Q(state=Row.SENT, finished_at__gte=recent)),
        unsubscribed=Count("pk", filter=Q(unsubscribed_at__isnull=False)),
    )
    return Progress(states, reasons, more["last_minute"], more["unsubscribed"])


def states_of(activities: Iterable[CampaignActivity]) -> dict[int, Progress]:
    """Where the recipients of many mailings stand, by states alone, in one query."""
    found: dict[int, dict[str, int]] = {activity.pk: {} for activity in activities}
    rows = Recipient.objects.filter(activity__in=list(found)).order_by()
    counted = rows.values_list("activity_id", "state").annotate(n=Count("pk"))
    for activity_id, state, count in counted:
        found[activity_id][state] = count
    return {activity_id: Progress(states) for activity_id, states in found.items()}


def sent_by_minute(activity: CampaignActivity) -> list[tuple[datetime, int]]:
    """(minute, mails) of the last two hours in which something left, oldest first."""
    rows = Recipient.objects.filter(activity=activity, state=Row.SENT, finished_at__isnull=False)
    last = rows.order_by("-finished_at").values_list("finished_at", flat=True).first()
    if last is None:
        return []
    since = last - timedelta(minutes=CHART_MINUTES)
    counted = (
        rows.filter(finished_at__gte=since)
        .annotate(minute=TruncMinute("finished_at"))
        .values_list("minute")
        .annotate(n=Count("pk"))
        .order_by("minute")
    )
    return _without_gaps(dict(counted))


def _without_gaps(counts: dict[datetime, int]) -> list[tuple[datetime, int]]:
    minute, last = min(counts), max(counts)
    filled = []
    while minute <= last:
        filled.append((minute, counts.get(minute, 0)))
        minute += timedelta(minutes=1)
    return filled


@dataclass(frozen=True)
class Results:
    """What a campaign has brought so far; amounts in its currency."""

    currency: str
    on_lists: int
    addressed: int
    sent: int
    failed: int
    unknown: int
    unsubscribed: int
    responses: int
    interested: int
    leads: int
    opportunities: int
    won: int
    revenue: Decimal
    activity_cost: Decimal
    cost: Decimal

    @property
    def roi(self) -> Decimal | None:
        """Percent gained on what it cost; None while it cost nothing."""
        return (self.revenue - self.cost) * 100 / self.cost if self.cost else None

    @property
    def response_rate(self) -> Decimal | None:
        return Decimal(self.responses * 100) / self.sent if self.sent else None


def results_of_campaign(actor: Actor, campaign: Campaign) -> Results:
    """Counts what the actor may see of it."""
    activities = CampaignActivity.objects.visible_to(actor).filter(campaign=campaign)
    rows = Recipient.objects.filter(activity__in=activities.values("pk"))
    counts = rows.aggregate(
        on_lists=Count("pk"),
        addressed=Count("pk", filter=~Q(state=Row.SKIPPED)),
        sent=Count("pk", filter=Q(state=Row.SENT)),
        failed=Count("pk", filter=Q(state=Row.FAILED)),
        unknown=Count("pk", filter=Q(state=Row.UNKNOWN)),
        unsubscribed=Count("pk", filter=Q(unsubscribed_at__isnull=False)),
    )
    responses = CampaignResponse.objects.visible_to(actor).filter(campaign=campaign)
    deals = Opportunity.objects.visible_to(actor).filter(campaign=campaign)
    won = deals.filter(state=Opportunity.State.WON)
    money = _Money(campaign.currency_id)
    spent = money.add_up(activities, "actual_cost")
    return Results(
        currency=money.currency,
        **counts,
        responses=responses.count(),
        interested=responses.interested().count(),
        leads=Lead.objects.visible_to(actor).filter(campaign=campaign).count(),
        opportunities=deals.count(),
        won=won.count(),
        revenue=money.add_up(won, "actual_revenue"),
        activity_cost=spent,
        cost=spent + (campaign.misc_costs or Decimal(0)),
    )


class _Money:
    """Adds up amounts in several currencies at today's rates."""

    def __init__(self, currency: str | None) -> None:
        self.currency = currency or base_currency_code()
        self._rates = dict(Currency.objects.values_list("code", "rate"))

    def add_up(self, rows: Any, name: str) -> Decimal:
        sums = (
            rows.order_by().values_list("currency").annotate(total=Coalesce(Sum(name), Decimal(0)))
        )
        own = self._rates.get(self.currency, Decimal(1))
        parts = (total * own / self._rates.get(code, Decimal(1)) for code, total in sums)
        return sum(parts, Decimal(0))
