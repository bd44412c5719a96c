"""Where the price of one unit comes from, and what a quantity takes off it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from crm.values.money import EXACT, round_to
from sales_docs.pricing.trace import TraceKind, TraceStep

ZERO = Decimal(0)
PRICE_PLACES = 6
"""Decimals of a price per unit: a screw costs 0.0125. Amounts have the currency's decimals."""
QUANTITY_PLACES = 5
PERCENT_PLACES = 6


@dataclass(frozen=True, kw_only=True)
class UnitPrice:
    """The price of one unit before volume discount, and how it came about."""

    amount: Decimal
    steps: tuple[TraceStep, ...] = ()
    is_missing: bool = False


def _priced(
    kind: TraceKind, amount: Decimal, *, value: Decimal | None = None, source: str = ""
) -> UnitPrice:
    step = TraceStep(kind=kind, amount=amount, value=value, source=source)
    return UnitPrice(amount=amount, steps=(step,), is_missing=kind is TraceKind.MISSING_PRICE)


def list_price(amount: Decimal, *, price_list: str) -> UnitPrice:
    """A price-list item with the method 'currency amount'."""
    return _priced(TraceKind.LIST_PRICE, amount, source=price_list)


def typed_price(amount: Decimal, *, instead_of: Decimal | None = None) -> UnitPrice:
    """A price somebody typed over the one of the list."""
    return _priced(TraceKind.TYPED_PRICE, amount, value=instead_of)


def write_in_price(amount: Decimal) -> UnitPrice:
    """The price of something that is not in the catalogue."""
    return _priced(TraceKind.WRITE_IN_PRICE, amount)


def locked_price(amount: Decimal) -> UnitPrice:
    """The price agreed on the document this one was made from."""
    return _priced(TraceKind.LOCKED_PRICE, amount)


def missing_price(*, price_list: str = "") -> UnitPrice:
    """The list has no item for the product: nothing, until somebody types a price."""
    return _priced(TraceKind.MISSING_PRICE, ZERO, source=price_list)


class TierKind(StrEnum):
    """How a tier of a discount list is written."""

    AMOUNT = "amount"
    PERCENT = "percent"


@dataclass(frozen=True, kw_only=True)
class VolumeTier:
    """From this quantity on, up to and with `until`, a unit costs `value` less."""

    since: Decimal
    until: Decimal | None
    kind: TierKind
    value: Decimal
    source: str = ""

    def covers(self, quantity: Decimal) -> bool:
        return self.since <= quantity and (self.until is None or quantity <= self.until)

    def per_unit(self, price: Decimal) -> Decimal:
        if self.kind is TierKind.AMOUNT:
            return self.value
        with localcontext(EXACT):
            return round_to(price * self.value / 100, PRICE_PLACES)


def volume_discount(
    price: Decimal, *, quantity: Decimal, tiers: Sequence[VolumeTier]
) -> tuple[Decimal, tuple[TraceStep, ...]]:
    """What a unit costs less at this quantity. Tiers of one list do not overlap."""
    tier = next((tier for tier in tiers if tier.covers(abs(quantity))), None)
    if tier is None:
        return ZERO, ()
    off = tier.per_unit(price)
    is_amount = tier.kind is TierKind.AMOUNT
    kind = TraceKind.VOLUME_AMOUNT if is_amount else TraceKind.VOLUME_PERCENT
    return off, (TraceStep(kind=kind, amount=-off, value=tier.since, source=tier.source),)
