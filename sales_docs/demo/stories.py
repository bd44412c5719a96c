"""A few deals of the demo users told to the end, through the same services as the pages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.models import Account, Contact
from crm.access.actor import Actor
from crm.demo.fill import Fill
from crm.models.levels import Privilege
from crm.records.services import create_record
from crm.registry.registry import registry
from opportunities.models import Opportunity
from sales_docs.entries import HeaderEntry, LineEntry
from sales_docs.line_merging import EditedLine
from sales_docs.models import PriceList, Product, Quote, TaxCode
from sales_docs.services.billing import Extent, create_invoice_from_order
from sales_docs.services.editing import Edited, entry_of, lines_of, save_document_lines
from sales_docs.services.invoices import create_credit_note, post_invoice
from sales_docs.services.orders import create_order_from_quote
from sales_docs.services.payments import record_payment
from sales_docs.services.quotes import activate_quote, revise_quote


def tell_stories(fill: Fill) -> None:
    for username in ("rep", "rep2"):
        teller = _Teller(fill, fill.actor(username))
        teller.a_draft_with_everything()
        teller.a_revised_quote()
        teller.an_order_billed_in_parts()
        teller.a_credited_bill()


class _Teller:
    def __init__(self, fill: Fill, actor: Actor) -> None:
        self.fill, self.actor = fill, actor
        self.tax = TaxCode.objects.get(code="FR20")
        self.deals = iter(self._own_deals())

    def _own_deals(self) -> list[Opportunity]:
        """Open deals whose customer the teller knows, the largest first."""
        deals = Opportunity.objects.filter(
            owner_id=self.actor.id,
            state="open",
            currency="EUR",
            account__in=Account.objects.visible_to(self.actor, Privilege.APPEND_TO),
        ).exclude(quotes__state__in=("draft", "active"))
        known = Contact.objects.visible_to(self.actor, Privilege.APPEND_TO)
        deals = deals.filter(Q(contact=None) | Q(contact__in=known))
        return list(
            deals.select_related("account", "contact", "currency").order_by(
                "-estimated_revenue", "pk"
            )[:8]
        )

    def a_draft_with_everything(self) -> None:
        quote = self._quote("Fleet renewal", price_list=self._price_list())
        if quote is None:
            return
        self._write(
            quote,
            [
                self._product("FX-40", 9, description="Delivered, unpacked and levelled."),
                self._product("FX-30", 2),
                self._product("CAL-36", 11, price="8550"),
                self._product("INST", 4, discount_amount="220"),
                self._product("TRN-2", 2),
                self._write_in("Data migration from StarLab", "3800"),
                self._product("CONS-A", 11, discount_percent="5"),
            ],
            HeaderEntry(
                discount_percent=Decimal(2),
                freight_amount=Decimal(350),
                freight_tax_code_id=self.tax.pk,
            ),
        )

    def a_revised_quote(self) -> None:
        quote = self._quote("Second line for quality control", price_list=self._price_list())
        if quote is None:
            return
        self._write(quote, [self._product("FX-30", 2), self._product("INST", 1)])
        activate_quote(actor=self.actor, record_id=quote.pk)
        revision = revise_quote(actor=self.actor, record_id=quote.pk)
        self._write(revision, [self._product("SUP-G3", 1)])
        activate_quote(actor=self.actor, record_id=revision.pk)

    def an_order_billed_in_parts(self) -> None:
        order = self._order(
            "Benches for ten sites", [self._product("FX-30", 10), self._product("INST", 10)]
        )
        if order is None:
            return
        first = create_invoice_from_order(
            actor=self.actor, record_id=order.pk, extent=Extent.PERCENT, percent=Decimal(30)
        )
        first = post_invoice(actor=self.actor, record_id=first.pk)
        record_payment(actor=self.actor, record_id=first.pk, amount=Decimal(5000))
        create_invoice_from_order(
            actor=self.actor, record_id=order.pk, extent=Extent.PERCENT, percent=Decimal(40)
        )

    def a_credited_bill(self) -> None:
        order = self._order("Yearly consumables", [self._product("CONS-A", 12)])
        if order is None:
            return
        bill = create_invoice_from_order(actor=self.actor, record_id=order.pk)
        bill = post_invoice(actor=self.actor, record_id=bill.pk)
        credit = create_credit_note(actor=self.actor, record_id=bill.pk)
        post_invoice(actor=self.actor, record_id=credit.pk)

    def _order(self, name: str, lines: list[LineEntry]) -> Any:
        quote = self._quote(name, price_list=self._price_list())
        if quote is None:
            return None
        self._write(quote, lines)
        activate_quote(actor=self.actor, record_id=quote.pk)
        return create_order_from_quote(actor=self.actor, record_id=quote.pk, closes_siblings=True)

    def _quote(self, name: str, **values: Any) -> Quote | None:
        deal = next(self.deals, None)
        if deal is None:
            return None
        made: Quote = create_record(
            actor=self.actor,
            record_type=registry.get("quote"),
            values={
                "name": name,
                "account": deal.account,
                "contact": deal.contact,
                "opportunity": deal,
                "currency": deal.currency,
                "valid_until": self.fill.today + timedelta(days=30),
                "payment_terms": "30 days net",
                **values,
            },
        )
        return made

    def _price_list(self) -> PriceList:
        return PriceList.objects.filter(currency="EUR").earliest("pk")

    def _write(
        self, document: Any, lines: list[LineEntry], header: HeaderEntry | None = None
    ) -> None:
        standing = [
            EditedLine(entry=entry_of(each), was=entry_of(each)) for each in lines_of(document)
        ]
        rows = (*standing, *(EditedLine(entry=line) for line in lines))
        save_document_lines(
            actor=self.actor,
            record_type=registry.of(document),
            record_id=document.pk,
            edited=Edited(rows=rows, header=header),
        )

    def _product(self, code: str, quantity: int, **values: Any) -> LineEntry:
        product = Product.objects.get(code=code)
        numbers: dict[str, Any] = {
            name: Decimal(value) if name != "description" else value
            for name, value in values.items()
        }
        return LineEntry(
            key=code,
            name=product.name,
            product_id=product.pk,
            quantity=Decimal(quantity),
            tax_code_id=self.tax.pk,
            **numbers,
        )

    def _write_in(self, name: str, price: str) -> LineEntry:
        return LineEntry(
            key=name, name=name, quantity=Decimal(1), price=Decimal(price), tax_code_id=self.tax.pk
        )
