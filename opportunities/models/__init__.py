"""Deals under way and whom they are fought against."""

from opportunities.models.choices import BudgetStatus, PurchaseProcess, Rating, Timeframe
from opportunities.models.competitor import Competitor
from opportunities.models.opportunity import Opportunity

__all__ = [
    "BudgetStatus",
    "Competitor",
    "Opportunity",
    "PurchaseProcess",
    "Rating",
    "Timeframe",
]
