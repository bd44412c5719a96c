"""Opportunities and competitors for tests."""

from decimal import Decimal
from typing import Any

from crm.models import User
from opportunities.models import Competitor, Opportunity


def make_opportunity(owner: User, **values: Any) -> Opportunity:
    given = {"name": "Two benches", "estimated_revenue": Decimal(60_000), **values}
    if "currency" not in given:
        given.setdefault("currency_id", "EUR")
    opportunity = Opportunity.objects.create(owner=owner, **given)
    opportunity.refresh_from_db()
    return opportunity


def make_competitor(owner: User, **values: Any) -> Competitor:
    competitor = Competitor.objects.create(owner=owner, **{"name": "Orbis", **values})
    competitor.refresh_from_db()
    return competitor
