"""What one says alike of a lead and of an opportunity."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rating(models.TextChoices):
    HOT = "hot", _("Hot")
    WARM = "warm", _("Warm")
    COLD = "cold", _("Cold")


class Timeframe(models.TextChoices):
    IMMEDIATE = "immediate", _("At once")
    THIS_QUARTER = "this_quarter", _("This quarter")
    NEXT_QUARTER = "next_quarter", _("Next quarter")
    THIS_YEAR = "this_year", _("This year")
    UNKNOWN = "unknown", _("Unknown")


class PurchaseProcess(models.TextChoices):
    INDIVIDUAL = "individual", _("One person decides")
    COMMITTEE = "committee", _("A committee decides")
    UNKNOWN = "unknown", _("Unknown")


class BudgetStatus(models.TextChoices):
    NONE = "none", _("No budget committed")
    MAY_BUY = "may_buy", _("May buy")
    CAN_BUY = "can_buy", _("Can buy")
    WILL_BUY = "will_buy", _("Will buy")
