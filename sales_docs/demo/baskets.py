"""Priced lines that many documents of the demo company have alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm.demo.fill import Fill
from sales_docs.demo.catalogue import RATE, Item
from sales_docs.models import TaxCode
from sales_docs.pricing import prices
from sales_docs.pricing.engine import price_document
from sales_docs.pricing.values import DocumentTotals, HeaderInput, LineInput, Tax

BASKETS = 80


@dataclass(frozen=True)
class Basket:
    """Priced lines that several documents have alike."""

    currency: str
    percent: Decimal
    items: tuple[Item, ...]
    line_percents: tuple[Decimal, ...]
    totals: DocumentTotals


def make_baskets(fill: Fill, items: Sequence[Item], code: TaxCode) -> dict[str, list[Basket]]:
    tax = Tax(code=str(code.pk), name=code.name, rate=code.rate)
    return {
        currency: [_basket(fill, items, currency, tax) for _ in range(BASKETS)]
        for currency in ("EUR", "USD")
    }


def _basket(fill: Fill, items: Sequence[Item], currency: str, tax: Tax) -> Basket:
    chosen = tuple(fill.chance.sample(items, fill.chance.randint(1, 6)))
    factor = RATE if currency == "USD" else Decimal(1)
    percent = Decimal(fill.chance.choice((0, 0, 0, 2, 5)))
    lines = [
        LineInput(
            key=str(place),
            quantity=Decimal(fill.chance.choice((1, 1, 1, 2, 2, 3, 4, 10))),
            unit_price=prices.locked_price((item.price * factor).quantize(Decimal("0.1"))),
            discount_percent=Decimal(fill.chance.choice((0, 0, 0, 0, 5, 10))),
            tax=tax,
        )
        for place, item in enumerate(chosen)
    ]
    header = HeaderInput(currency=currency, discount_percent=percent)
    return Basket(
        currency=currency,
        percent=percent,
        items=chosen,
        line_percents=tuple(line.discount_percent for line in lines),
        totals=price_document(header, lines),
    )
