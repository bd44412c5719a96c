"""Billing an order in parts: by quantity of each line, or by a percentage of everything.

A part gets what its line comes to up to and with it, less what earlier parts have had. So parts
never exceed the order, and once a line is billed whole its parts add up to it exactly, whatever
their number, order and sizes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from crm.values.money import EXACT, round_to
from sales_docs.pricing.prices import QUANTITY_PLACES, ZERO
from sales_docs.pricing.values import Agreed

NOTHING = Agreed(net_amount=ZERO, line_discount=ZERO, header_discount=ZERO, tax_amount=ZERO)
WHOLE = Decimal(100)


class TooMuch(ValueError):
    """More was asked for than is left; `key` names the line, or is empty for the percentage."""

    def __init__(self, key: str, left: Decimal) -> None:
        super().__init__(f"{key}: {left} left")
        self.key = key
        self.left = left


@dataclass(frozen=True, kw_only=True)
class OrderedLine:
    """A line of the order, and what its parts have had so far."""

    key: str
    quantity: Decimal
    amounts: Agreed
    billed_quantity: Decimal = ZERO
    billed: Agreed = NOTHING

    @property
    def left(self) -> Decimal:
        return self.quantity - self.billed_quantity


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """The order to bill. `billed_percent` is the sum of the parts made by percentage so far."""

    places: int
    lines: tuple[OrderedLine, ...]
    freight: Decimal = ZERO
    freight_tax: Decimal = ZERO
    billed_freight: Decimal = ZERO
    billed_freight_tax: Decimal = ZERO
    billed_percent: Decimal = ZERO

    @property
    def is_billed(self) -> bool:
        return not any(line.left for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """What one part takes of a line."""

    key: str
    quantity: Decimal
    amounts: Agreed


@dataclass(frozen=True, kw_only=True)
class Part:
    """One invoice's share of an order."""

    lines: tuple[PartLine, ...]
    freight: Decimal
    freight_tax: Decimal


def everything_left(order: Ordered) -> dict[str, Decimal]:
    return {line.key: line.left for line in order.lines if line.left}


def quantities_of(order: Ordered, percent: Decimal) -> dict[str, Decimal]:
    """What a percentage of the order is in quantities; a line with less left gives what it has."""
    after = order.billed_percent + percent
    if percent <= 0 or after > WHOLE:
        raise TooMuch("", WHOLE - order.billed_percent)
    if after == WHOLE:
        return everything_left(order)
    taken = {line.key: _share(line, order.billed_percent, after) for line in order.lines}
    return {key: quantity for key, quantity in taken.items() if quantity}


def _share(line: OrderedLine, before: Decimal, after: Decimal) -> Decimal:
    with localcontext(EXACT):
        start = round_to(line.quantity * before / 100, QUANTITY_PLACES)
        share = round_to(line.quantity * after / 100, QUANTITY_PLACES) - start
        return min(share, line.left) if line.quantity > 0 else max(share, line.left)


def split_off(order: Ordered, quantities: Mapping[str, Decimal]) -> Part:
    """The part of the order with these quantities of its lines, or TooMuch."""
    for line in order.lines:
        _check(line, quantities.get(line.key, ZERO))
    wanted = [(line, quantities[line.key]) for line in order.lines if quantities.get(line.key)]
    with localcontext(EXACT):
        progress = _progress(order.lines, quantities)
        return Part(
            lines=tuple(_split_line(line, quantity, order.places) for line, quantity in wanted),
            freight=_upto(order.freight, progress, order.places) - order.billed_freight,
            freight_tax=_upto(order.freight_tax, progress, order.places) - order.billed_freight_tax,
        )


def _check(line: OrderedLine, quantity: Decimal) -> None:
    """A part goes the way of its line (returns are negative) and no further than its end."""
    if quantity * line.quantity < 0 or abs(quantity) > abs(line.left):
        raise TooMuch(line.key, line.left)


def _split_line(line: OrderedLine, quantity: Decimal, places: int) -> PartLine:
    progress = Fraction(line.billed_quantity + quantity) / Fraction(line.quantity)
    amounts, billed = line.amounts, line.billed
    return PartLine(
        key=line.key,
        quantity=quantity,
        amounts=Agreed(
            net_amount=_upto(amounts.net_amount, progress, places) - billed.net_amount,
            line_discount=_upto(amounts.line_discount, progress, places) - billed.line_discount,
            header_discount=_upto(amounts.header_discount, progress, places)
            - billed.header_discount,
            tax_amount=_upto(amounts.tax_amount, progress, places) - billed.tax_amount,
        ),
    )


def _upto(amount: Decimal, progress: Fraction, places: int) -> Decimal:
    """The amount at this progress, half a unit away from zero; all of it at the end."""
    units = Fraction(amount.scaleb(places)) * progress
    whole = (abs(units) + Fraction(1, 2)).__floor__()
    return Decimal(whole if units >= 0 else -whole).scaleb(-places)


def _progress(lines: Sequence[OrderedLine], quantities: Mapping[str, Decimal]) -> Fraction:
    """How much of the order is billed after this part, by value; freight follows it."""
    steps = [(line, line.billed_quantity + quantities.get(line.key, ZERO)) for line in lines]
    if all(done == line.quantity for line, done in steps):
        return Fraction(1)
    worth = Fraction(sum(abs(line.amounts.base_amount) for line in lines))
    if not worth:
        return Fraction(0)
    return (
        sum(
            (
                Fraction(abs(line.amounts.base_amount)) * Fraction(done) / Fraction(line.quantity)
                for line, done in steps
                if line.quantity
            ),
            start=Fraction(0),
        )
        / worth
    )
