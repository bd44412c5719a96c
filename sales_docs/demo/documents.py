"""Offers, orders and bills of the demo company, in every state."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Account
from crm.demo.fill import Fill, column_defaults
from crm.values.money import currency_exponent
from crm.values.numbering import parse_format
from opportunities.models import Opportunity
from sales_docs.calculation import LINE_FIGURES, TOTALS
from sales_docs.demo.baskets import Basket
from sales_docs.models import (
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    InvoiceSeries,
    Order,
    OrderLine,
    PriceList,
    Quote,
    QuoteLine,
    TaxCode,
)

DRAFT_DAYS = 6
SUBJECTS = (
    "Bench for the new lab",
    "Fleet renewal",
    "Calibration and support",
    "Second line for quality control",
    "Starter equipment",
    "Yearly consumables",
    "Upgrade to high resolution",
)


_HEADER = (
    "name", "account_id", "contact_id", "opportunity_id", "currency_id", "price_list_id",
    "decimal_places", "discount_percent", "lines_version", "owner_id", "created_at", *TOTALS,
)  # fmt: skip
_ORDER = (
    "quote_id", "state", "reason", "are_prices_locked", "ordered_on", "billed_amount",
    "posted_amount", "bill_count", "closed_on",
)  # fmt: skip
_BILL = (
    "order_id", "state", "number", "fiscal_year", "issued_on", "due_on", "posted_at", "paid_amount",
    "paid_on", "billing_name",
)  # fmt: skip
_LINE = (
    "document_id", "position", "product_id", "name", "code", "description", "unit", "quantity",
    "price_source", "price_per_unit", "discount_percent", "tax_code_id", "tax_name", "tax_rate",
    *LINE_FIGURES, "price_trace",
)  # fmt: skip


@dataclass(frozen=True)
class Sale:
    """A deal and what is offered for it; later documents take over from earlier ones."""

    deal: dict[str, Any]
    basket: Basket
    state: str
    day: date
    quote_id: int
    order_id: int | None


class Documents:
    """Quotes for deals; orders for the won ones; bills for most orders."""

    def __init__(
        self,
        fill: Fill,
        tax: TaxCode,
        lists: dict[str, PriceList],
        baskets: dict[str, list[Basket]],
    ) -> None:
        self.fill, self.tax, self.lists, self.baskets = fill, tax, lists, baskets
        self.names: dict[int, str] = {}

    def write(self) -> None:
        sales = self._sales()
        self._write_quotes(sales)
        ordered = [sale for sale in sales if sale.order_id]
        accounts = {sale.deal["account_id"] for sale in ordered}
        self.names = dict(Account.objects.filter(pk__in=accounts).values_list("pk", "name"))
        self._write_orders(ordered)
        self._write_bills(ordered)

    def _sales(self) -> list[Sale]:
        wanted = self.fill.plan.documents
        deals = self._deals("open", wanted * 2 // 5) + self._deals("won", wanted * 2 // 5)
        deals += self._deals("lost", wanted // 5)
        quote_ids = self.fill.reserve(Quote, len(deals))
        won = sum(deal["state"] == "won" for deal in deals)
        order_ids = iter(self.fill.reserve(Order, max(won, 1)))
        return [
            self._sale(deal, one, order_ids) for deal, one in zip(deals, quote_ids, strict=True)
        ]

    def _deals(self, state: str, count: int) -> list[dict[str, Any]]:
        rows = Opportunity.objects.filter(state=state, account__isnull=False).order_by("pk")
        return list(
            rows.values(
                "id", "name", "account_id", "contact_id", "owner_id", "currency_id", "state",
                "closed_on",
            )[:count]
        )  # fmt: skip

    def _sale(self, deal: dict[str, Any], quote_id: int, order_ids: Iterator[int]) -> Sale:
        state = {"won": "won", "lost": "closed"}.get(deal["state"], "")
        state = state or self.fill.chance.choices(("draft", "active"), (45, 55))[0]
        day = deal["closed_on"] or self.fill.day(-25, -1)
        basket = self.fill.chance.choice(self.baskets[deal["currency_id"]])
        order_id = next(order_ids) if state == "won" else None
        return Sale(deal, basket, state, day, quote_id, order_id)

    def _header(self, sale: Sale) -> list[Any]:
        deal, totals = sale.deal, sale.basket.totals
        made = sale.day - timedelta(days=self.fill.chance.randint(3, 30))
        return [
            self.fill.chance.choice(SUBJECTS),
            deal["account_id"],
            deal["contact_id"],
            deal["id"],
            sale.basket.currency,
            self.lists[sale.basket.currency].pk,
            currency_exponent(sale.basket.currency),
            sale.basket.percent,
            2,
            deal["owner_id"],
            self.fill.now.replace(year=made.year, month=made.month, day=made.day),
            *(getattr(totals, name) for name in TOTALS),
        ]

    def _lines(self, sale: Sale, document_id: int, *extra: Any, source: str) -> Iterator[Any]:
        basket = sale.basket
        rows = zip(basket.items, basket.totals.lines, basket.line_percents, strict=True)
        for position, (item, line, percent) in enumerate(rows, start=1):
            yield [
                document_id, position, item.id, item.name, item.code, item.description, item.unit,
                line.quantity, source, line.price_per_unit, percent, self.tax.pk,
                self.tax.name, self.tax.rate, *extra,
                *(getattr(line, name) for name in LINE_FIGURES),
                json.dumps([step.to_json() for step in line.trace]),
            ]  # fmt: skip

    def _write_quotes(self, sales: Sequence[Sale]) -> None:
        self._copy(
            Quote,
            (*_HEADER, "state", "reason", "valid_from", "valid_until", "closed_on"),
            ([sale.quote_id, *self._header(sale), *self._quote(sale)] for sale in sales),
        )
        self._copy_lines(
            QuoteLine,
            (row for sale in sales for row in self._lines(sale, sale.quote_id, source="typed")),
        )
        self.fill.ids["quote"] = [sale.quote_id for sale in sales]
        self.fill.say(f"{len(sales):,} quotes")

    def _quote(self, sale: Sale) -> list[Any]:
        is_over = sale.state in ("won", "closed")
        reason = self.fill.chance.choice(("lost", "canceled")) if sale.state == "closed" else ""
        return [
            sale.state,
            reason,
            None if sale.state == "draft" else sale.day - timedelta(days=2),
            sale.day + timedelta(days=self.fill.chance.randint(5, 60)),
            sale.day if is_over else None,
        ]

    def _write_orders(self, sales: Sequence[Sale]) -> None:
        columns = (*_HEADER, *_ORDER)
        self._copy(
            Order,
            columns,
            ([sale.order_id, *self._header(sale), *self._order(sale)] for sale in sales),
        )
        self._copy_lines(
            OrderLine,
            (
                row
                for sale in sales
                if sale.order_id
                for row in self._lines(sale, sale.order_id, source="locked")
            ),
        )
        self.fill.ids["order"] = [sale.order_id for sale in sales if sale.order_id]
        self.fill.say(f"{len(sales):,} orders")

    def _order(self, sale: Sale) -> list[Any]:
        is_billed = _is_billed(sale)
        state = "invoiced" if is_billed else ("active", "fulfilled")[sale.quote_id % 8 // 4]
        total = sale.basket.totals.total_amount
        return [
            sale.quote_id,
            state,
            "complete" if state == "fulfilled" else "",
            True,
            sale.day,
            total if is_billed else 0,
            total if is_billed and not self._is_draft(sale) else 0,
            int(is_billed),
            None if state == "active" else sale.day,
        ]

    def _write_bills(self, sales: Sequence[Sale]) -> None:
        """In the order of their days, because numbers follow them; the latest are drafts.

        Lines go first: once its number stands, a bill takes no line.
        """
        billed = sorted(filter(_is_billed, sales), key=lambda sale: sale.day)
        ids = self.fill.reserve(Invoice, max(len(billed), 1))
        pairs = list(zip(ids, billed, strict=False))
        order_lines = self._order_lines(billed)
        self._copy_lines(InvoiceLine, self._bill_lines(pairs, order_lines))
        numbers = _Numbers()
        columns = (*_HEADER, *_BILL)
        self._copy(
            Invoice,
            columns,
            ([one, *self._header(sale), *self._bill(sale, numbers)] for one, sale in pairs),
        )
        numbers.keep()
        self.fill.ids["invoice"] = [one for one, _sale in pairs]
        self.fill.say(f"{len(pairs):,} invoices")

    def _order_lines(self, sales: Sequence[Sale]) -> dict[tuple[int, int], int]:
        """Ids of order lines by order and position, read before COPY takes the connection."""
        rows = OrderLine.objects.filter(document_id__in=[sale.order_id for sale in sales])
        found = rows.values_list("document_id", "position", "pk")
        return {(order_id, position): pk for order_id, position, pk in found}

    def _bill_lines(
        self, pairs: Sequence[tuple[int, Sale]], order_lines: dict[tuple[int, int], int]
    ) -> Iterator[Any]:
        for one, sale in pairs:
            for row in self._lines(sale, one, source="locked"):
                yield [*row, True, order_lines[sale.order_id or 0, row[1]]]

    def _bill(self, sale: Sale, numbers: "_Numbers") -> list[Any]:
        """Drafts are the latest; of the others most are paid, some in part, some overdue."""
        age = (self.fill.today - sale.day).days
        if self._is_draft(sale):
            return [sale.order_id, "draft", "", None, None, None, None, 0, None, ""]
        due = sale.day + timedelta(days=30)
        total = sale.basket.totals.total_amount
        is_paid = age > 45 and self.fill.chance.randrange(10) > 0  # noqa: PLR2004
        at = datetime.combine(sale.day, self.fill.now.timetz())
        paid_on = due - timedelta(days=self.fill.chance.randint(0, 20)) if is_paid else None
        return [
            sale.order_id,
            "paid" if is_paid else "posted",
            numbers.next(sale.day),
            sale.day.year,
            sale.day,
            due,
            at,
            total if is_paid else 0,
            paid_on,
            self._customer(sale),
        ]

    def _is_draft(self, sale: Sale) -> bool:
        """Whether the bill of the sale is still to be posted."""
        return (self.fill.today - sale.day).days < DRAFT_DAYS

    def _customer(self, sale: Sale) -> str:
        return str(self.names[sale.deal["account_id"]])

    def _copy(self, model: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        defaults = column_defaults(model, columns)
        self.fill.copy(
            model, ["id", *columns, *defaults], ([*row, *defaults.values()] for row in rows)
        )

    def _copy_lines(self, model: Any, rows: Iterable[Sequence[Any]]) -> None:
        columns = [*_LINE]
        if model is InvoiceLine:
            columns += ["is_agreed", "order_line_id"]
        defaults = column_defaults(model, columns)
        self.fill.copy(model, [*columns, *defaults], ([*row, *defaults.values()] for row in rows))


def _is_billed(sale: Sale) -> bool:
    return sale.quote_id % 4 != 0


class _Numbers:
    """The numbers of bills in the order they are made, and where each year's counter stands."""

    def __init__(self) -> None:
        self.series = InvoiceSeries.objects.get(kind=InvoiceSeries.Kind.INVOICE)
        self.format = parse_format(self.series.format)
        self.last: dict[int, tuple[int, date]] = {}

    def next(self, day: date) -> str:
        number = self.last.get(day.year, (0, day))[0] + 1
        self.last[day.year] = (number, day)
        return self.format.render(number, day=day)

    def keep(self) -> None:
        InvoiceCounter.objects.bulk_create(
            InvoiceCounter(
                series=self.series, fiscal_year=year, last_number=number, last_issued_on=day
            )
            for year, (number, day) in self.last.items()
        )
