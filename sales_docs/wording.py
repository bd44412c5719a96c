"""Prices, quantities and the trace of a line, in the words and figures of the reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel import Locale
from django.utils.translation import gettext as _

from crm.values.money import (
    currency_exponent,
    format_amount,
    format_money,
    format_percent,
    format_price,
    format_quantity,
)
from crm.values.reader_locale import reader_locale
from sales_docs.models import Document, DocumentLine
from sales_docs.pricing.trace import TraceKind, TraceStep


@dataclass(frozen=True)
class Figures:
    """Writes the figures of one document for the present reader."""

    currency: str
    places: int
    locale: Locale

    @classmethod
    def of(cls, document: Any) -> "Figures":
        code = document.currency_id
        places = (
            document.decimal_places if isinstance(document, Document) else currency_exponent(code)
        )
        return cls(code, places, reader_locale())

    def amount(self, amount: Decimal) -> str:
        return format_amount(amount, places=self.places, locale=self.locale)

    def money(self, amount: Decimal) -> str:
        return format_money(amount, self.currency, locale=self.locale, exponent=self.places)

    def price(self, price: Decimal) -> str:
        return format_price(price, places=self.places, locale=self.locale)

    def quantity(self, quantity: Decimal) -> str:
        return format_quantity(quantity, locale=self.locale)

    def percent(self, percent: Decimal) -> str:
        return format_percent(percent, locale=self.locale)

    def discount(self, line: DocumentLine) -> str:
        """As it is typed: '5%', '10.00', or both."""
        parts = []
        if line.discount_percent:
            parts.append(self.percent(line.discount_percent))
        if line.discount_amount:
            parts.append(self.price(line.discount_amount))
        return " + ".join(parts)


@dataclass(frozen=True, kw_only=True)
class SaidStep:
    """One line of the trace as it is shown."""

    text: str
    amount: str
    is_result: bool


def say_trace(steps: Iterable[Mapping[str, str]], figures: Figures) -> list[SaidStep]:
    """How a line's amounts came about, step by step."""
    said = []
    for stored in steps:
        step = TraceStep.from_json(stored)
        said.append(
            SaidStep(
                text=_say(step, figures),
                amount=figures.price(step.amount),
                is_result=step.is_result,
            )
        )
    return said


def tax_label(name: str, percent: str) -> str:
    """The name of a tax, with the rate where the name does not say it."""
    is_said = "".join(percent.split()) in "".join(name.split())
    return name if is_said else f"{name}, {percent}"


def _say(step: TraceStep, figures: Figures) -> str:
    """Puts figures and name into their places; the name last, because it is anybody's text."""
    value = step.value or Decimal(0)
    if step.kind is TraceKind.TAX:
        return tax_label(step.source, figures.percent(value))
    text = _WORDS[step.kind]()
    for place, say in _FIGURES.items():
        if place in text:
            text = text.replace(place, say(figures, value))
    return text.replace("{source}", step.source).strip(" ,")


_FIGURES = {
    "{quantity}": Figures.quantity,
    "{percent}": Figures.percent,
    "{price}": Figures.price,
}


_WORDS = {
    TraceKind.LIST_PRICE: lambda: _("List price, {source}"),
    TraceKind.TYPED_PRICE: lambda: _("Typed price"),
    TraceKind.WRITE_IN_PRICE: lambda: _("Price of a write-in"),
    TraceKind.MISSING_PRICE: lambda: _("No price in the catalogue"),
    TraceKind.LOCKED_PRICE: lambda: _("Agreed price"),
    TraceKind.VOLUME_AMOUNT: lambda: _("Volume, from {quantity}, {source}"),
    TraceKind.VOLUME_PERCENT: lambda: _("Volume, from {quantity}, {source}"),
    TraceKind.UNIT_PRICE: lambda: _("Price per unit"),
    TraceKind.BASE_AMOUNT: lambda: _("For {quantity}"),
    TraceKind.DISCOUNT_AMOUNT: lambda: _("Discount on the line"),
    TraceKind.DISCOUNT_PER_UNIT: lambda: _("Discount of {price} for each"),
    TraceKind.DISCOUNT_PERCENT: lambda: _("Discount of {percent}"),
    TraceKind.DISCOUNT_SHARE: lambda: _("Share of the discount on the whole"),
    TraceKind.NET_AMOUNT: lambda: _("Net"),
    TraceKind.TYPED_TAX: lambda: _("Tax entered by hand"),
    TraceKind.AGREED_AMOUNT: lambda: _("Share for {quantity}, as agreed"),
}
