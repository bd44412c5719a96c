"""The decimal columns that amounts, prices and quantities share."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from crm.values.money import MAX_EXPONENT
from sales_docs.pricing.prices import PERCENT_PLACES, PRICE_PLACES

MAX_DIGITS = 20
PERCENT_DIGITS = 9


def amount_column(name: Any, **options: Any) -> models.DecimalField:
    """An amount in the document's currency; the engine writes it with that currency's decimals."""
    options.setdefault("default", 0)
    return models.DecimalField(name, max_digits=MAX_DIGITS, decimal_places=MAX_EXPONENT, **options)


def total_column(name: Any) -> models.DecimalField:
    """An amount the pricing engine computes; nobody types it."""
    return amount_column(name, editable=False)


def price_column(name: Any, **options: Any) -> models.DecimalField:
    return models.DecimalField(name, max_digits=MAX_DIGITS, decimal_places=PRICE_PLACES, **options)


def percent_column(name: Any) -> models.DecimalField:
    return models.DecimalField(
        name,
        max_digits=PERCENT_DIGITS,
        decimal_places=PERCENT_PLACES,
        default=0,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
