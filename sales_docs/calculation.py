"""Between rows and the pricing engine: columns go in, figures come back onto the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crm.values.money import Rounding, currency_exponent
from sales_docs.models import Document, DocumentLine, PriceList, PriceSource, Product
from sales_docs.pricing import prices
from sales_docs.pricing.engine import price_document
from sales_docs.pricing.values import (
    NO_TAX,
    Agreed,
    DiscountMode,
    DocumentTotals,
    HeaderInput,
    LineInput,
    LineTotals,
    Tax,
)

TOTALS = (
    "detail_amount",
    "total_line_discount",
    "header_discount",
    "freight_tax",
    "total_tax",
    "total_amount",
)
LINE_FIGURES = (
    "volume_discount",
    "base_amount",
    "line_discount",
    "header_discount",
    "net_amount",
    "tax_amount",
    "extended_amount",
)


@dataclass(frozen=True)
class PriceBook:
    """The prices that hold for one document: its list's, else the products' own."""

    currency: str
    list_name: str = ""
    amounts: Mapping[int, Decimal] = field(default_factory=dict)

    def price_of(self, product: Product) -> prices.UnitPrice:
        amount = self.amounts.get(product.pk)
        if amount is not None:
            return prices.list_price(amount, price_list=self.list_name)
        if product.list_price is not None and product.currency_id == self.currency:
            return prices.list_price(product.list_price, price_list="")
        return prices.missing_price(price_list=self.list_name)


def read_price_book(
    *, currency: str, price_list: PriceList | None, product_ids: Sequence[int]
) -> PriceBook:
    """One query for all the lines of a document."""
    if price_list is None:
        return PriceBook(currency=currency)
    items = price_list.items.filter(product_id__in=product_ids)
    return PriceBook(
        currency=currency,
        list_name=price_list.name,
        amounts=dict(items.values_list("product_id", "amount")),
    )


def unit_price(line: DocumentLine, book: PriceBook) -> prices.UnitPrice:
    """The price of a line's unit by where it comes from."""
    if line.price_source == PriceSource.LOCKED:
        return prices.locked_price(line.price_per_unit)
    if line.product is None:
        return prices.write_in_price(line.price_per_unit)
    listed = book.price_of(line.product)
    if line.price_source == PriceSource.CATALOGUE:
        return listed
    instead_of = None if listed.is_missing else listed.amount
    return prices.typed_price(line.price_per_unit, instead_of=instead_of)


def tax_of(code: Any, *, name: str, rate: Decimal) -> Tax:
    return NO_TAX if code is None else Tax(code=str(code), name=name, rate=rate)


def header_input(document: Any) -> HeaderInput:
    """The engine's header; an opportunity has lines but no discount or freight of its own."""
    if not isinstance(document, Document):
        return HeaderInput(
            currency=document.currency_id, exponent=currency_exponent(document.currency_id)
        )
    has_agreed_tax = getattr(document, "is_part", False)
    return HeaderInput(
        currency=document.currency_id,
        exponent=document.decimal_places,
        discount_mode=DiscountMode(document.discount_mode),
        rounding=Rounding(document.rounding),
        discount_percent=document.discount_percent,
        discount_amount=document.discount_amount,
        freight=document.freight_amount,
        freight_tax=tax_of(
            document.freight_tax_code_id,
            name=document.freight_tax_name,
            rate=document.freight_tax_rate,
        ),
        typed_freight_tax=document.freight_tax if has_agreed_tax else None,
    )


def agreed_amounts(line: DocumentLine) -> Agreed:
    return Agreed(
        net_amount=line.net_amount,
        line_discount=line.line_discount,
        header_discount=line.header_discount,
        tax_amount=line.tax_amount,
    )


def line_input(line: DocumentLine, *, key: str, book: PriceBook) -> LineInput:
    return LineInput(
        key=key,
        quantity=line.quantity,
        unit_price=unit_price(line, book),
        discount_amount=line.discount_amount,
        discount_percent=line.discount_percent,
        tax=tax_of(line.tax_code_id, name=line.tax_name, rate=line.tax_rate),
        typed_tax=line.typed_tax,
        agreed=agreed_amounts(line) if line.is_agreed else None,
    )


def price_lines(document: Any, lines: Sequence[tuple[str, DocumentLine]]) -> DocumentTotals:
    """Prices the lines (under the keys given) and writes the figures onto them, unsaved."""
    book = read_price_book(
        currency=document.currency_id,
        price_list=document.price_list,
        product_ids=[line.product_id for _, line in lines if line.product_id],
    )
    inputs = [line_input(line, key=key, book=book) for key, line in lines]
    totals = price_document(header_input(document), inputs)
    for (_, line), given, figures in zip(lines, inputs, totals.lines, strict=True):
        line.is_price_missing = given.unit_price.is_missing
        put_figures(line, figures)
    return totals


def put_figures(line: DocumentLine, figures: LineTotals) -> None:
    line.price_per_unit = figures.price_per_unit
    for name in LINE_FIGURES:
        setattr(line, name, getattr(figures, name))
    line.price_trace = [step.to_json() for step in figures.trace]


def put_totals(document: Document, totals: DocumentTotals) -> dict[str, Decimal]:
    """Sets the totals that differ and returns the old ones."""
    changes = {}
    for name in TOTALS:
        if getattr(document, name) != getattr(totals, name):
            changes[name] = getattr(document, name)
            setattr(document, name, getattr(totals, name))
    return changes
