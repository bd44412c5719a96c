"""Columns that several tables of this app have."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Currency


def amount(label: Any) -> models.DecimalField:
    return models.DecimalField(
        label,
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )


def currency() -> models.ForeignKey:
    return models.ForeignKey(
        Currency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("currency"),
    )


def not_negative(*names: str) -> models.Q:
    condition = models.Q()
    for name in names:
        condition &= models.Q(**{f"{name}__isnull": True}) | models.Q(**{f"{name}__gte": 0})
    return condition


def in_order(first: str, last: str) -> models.Q:
    """Either date may be missing; where both stand, the first comes first."""
    return (
        models.Q(**{f"{first}__isnull": True})
        | models.Q(**{f"{last}__isnull": True})
        | models.Q(**{f"{last}__gte": models.F(first)})
    )
