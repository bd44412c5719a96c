"""From a document to the page that is printed, in the reader's language."""

from collections.abc import Sequence
from typing import Any

from babel.dates import format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.company.settings import company
from crm.values.reader_locale import reader_locale
from sales_docs.cards import shown_number
from sales_docs.models import Document, DocumentLine, Invoice, Order, Quote
from sales_docs.pdf.page import (
    Closing,
    ColumnHead,
    Fact,
    Page,
    Party,
    Seller,
    Sold,
    Taxes,
    Total,
)
from sales_docs.services.customers import billing_lines
from sales_docs.services.editing import lines_of
from sales_docs.sums import stored_sums, stored_tax_groups
from sales_docs.wording import Figures


def page_of(document: Document, actor: Actor) -> Page:
    """Everything that stands on the paper, taken from the stored figures.

    Of a customer or document that `actor` may not see it says what this document holds itself.
    """
    lines = lines_of(document)
    figures = Figures.of(document)
    heading = heading_of(document)
    return Page(
        title=heading,
        heading=heading,
        language=(get_language() or "en").split("-")[0],
        page_label=_("Page {page} of {pages}"),
        seller=_seller(),
        customer=_customer(document, actor),
        delivery=_delivery(document),
        facts=_facts(document, actor),
        subject=document.name,
        mark=_mark(document),
        opening=_paragraphs(document.description),
        columns=_heads(lines, figures),
        rows=tuple(_cells(place, line, lines, figures) for place, line in enumerate(lines, 1)),
        totals=tuple(
            Total(label=each.label, value=each.value, is_sum=each.is_sum)
            for each in stored_sums(document, lines)
        ),
        taxes=_taxes(document, lines, figures),
        closing=_closing(document),
        signatures=_signatures(document, actor),
    )


def heading_of(document: Document) -> str:
    """'Quote QUO-01042', in the administrator's words."""
    name = labels.singular(document.type_key())
    if isinstance(document, Invoice):
        if document.kind == Invoice.Kind.CREDIT:
            name = _("Credit note")
        return f"{name} {document.number}".strip()
    return f"{name} {document.number}"


def file_name(document: Document) -> str:
    """A name no file system minds."""
    number = shown_number(document) if isinstance(document, Invoice) else document.number  # type: ignore[attr-defined]
    if isinstance(document, Quote) and document.revision:
        number = f"{number}-{document.revision}"
    kept = "".join(each if each.isascii() and each.isalnum() else "-" for each in number)
    return f"{kept.strip('-') or document.pk}.pdf"


def _seller() -> Seller:
    us = company()
    address = tuple(line for line in _paragraphs(us.address) if line != us.name)
    contact = (us.phone, us.email, us.website.removeprefix("https://"))
    return Seller(
        name=us.name,
        lines=(*address, *filter(None, contact)),
        registration=_paragraphs(us.registration),
    )


def _customer(document: Document, actor: Actor) -> Party:
    label = _("Billed to") if isinstance(document, Invoice) else _("For")
    lines = _paragraphs("\n".join(billing_lines(document, actor)))
    return Party(label=label, lines=tuple(filter(None, (_customer_name(document, actor), *lines))))


def _customer_name(document: Document, actor: Actor) -> str:
    """As the document says, else as the customer is called."""
    is_known = actor.sees(document.customer)
    return document.billing_name or (str(document.customer) if is_known else "")


def _delivery(document: Document) -> Party | None:
    lines = (document.delivery_name, *_paragraphs(document.delivery_address))
    if not document.delivery_address:
        return None
    return Party(label=_("Delivered to"), lines=tuple(filter(None, lines)))


def _facts(document: Document, actor: Actor) -> tuple[Fact, ...]:
    shared = [
        (_("Your reference"), document.customer_reference),
        (_("Your contact"), str(document.owner)),
        (_("Payment terms"), document.payment_terms),
        (_("Shipping terms"), document.shipping_terms),
    ]
    pairs = [*_own_facts(document, actor), *shared]
    return tuple(Fact(label=label, value=str(value)) for label, value in pairs if value)


def _own_facts(document: Document, actor: Actor) -> list[tuple[str, str]]:
    if isinstance(document, Quote):
        return [
            (_("Date"), _day(document.valid_from or document.created_at)),
            (_("Valid until"), _day(document.valid_until)),
            (_("Revision"), str(document.revision) if document.revision else ""),
            (_("Requested delivery"), _day(document.requested_delivery_on)),
        ]
    if isinstance(document, Order):
        return [
            (_("Date"), _day(document.ordered_on or document.created_at)),
            (labels.singular("quote"), _number(document.quote, actor)),
            (_("Requested delivery"), _day(document.requested_delivery_on)),
        ]
    if isinstance(document, Invoice):
        return [
            (_("Date"), _day(document.issued_on)),
            (_("Due"), "" if document.kind == Invoice.Kind.CREDIT else _day(document.due_on)),
            (labels.singular("order"), _number(document.order, actor)),
            (_("Corrects"), _number(document.credits, actor)),
        ]
    return []


def _number(document: Any, actor: Actor) -> str:
    return str(document.number) if actor.sees(document) else ""


def _mark(document: Document) -> str:
    """Says loudly that this is not the document a customer may rely on."""
    state: Any = document.state  # type: ignore[attr-defined]
    if state == "draft":
        return _("Draft")
    return _("Canceled") if state == "canceled" else ""


def _heads(lines: Sequence[DocumentLine], figures: Figures) -> tuple[ColumnHead, ...]:
    code = figures.currency
    heads = [
        ColumnHead(label="#"),
        ColumnHead(label=_("Description"), grows=True),
        ColumnHead(label=_("Quantity"), is_number=True),
        ColumnHead(label=_("Unit")),
        ColumnHead(label=_("Price, {currency}").replace("{currency}", code), is_number=True),
    ]
    if _has_discount(lines):
        heads.append(ColumnHead(label=_("Discount"), is_number=True))
    if _has_tax(lines):
        heads.append(ColumnHead(label=_("Tax"), is_number=True))
    net = _("Net, {currency}").replace("{currency}", code)
    return (*heads, ColumnHead(label=net, is_number=True))


def _cells(
    place: int, line: DocumentLine, lines: Sequence[DocumentLine], figures: Figures
) -> tuple[str | Sold, ...]:
    sold = Sold(name=line.name, code=line.code, detail=_paragraphs(line.description))
    cells: list[str | Sold] = [
        str(place),
        sold,
        figures.quantity(line.quantity),
        line.unit,
        figures.price(line.price_per_unit - line.volume_discount),
    ]
    if _has_discount(lines):
        cells.append(figures.amount(-line.line_discount) if line.line_discount else "")
    if _has_tax(lines):
        cells.append(figures.percent(line.tax_rate) if line.tax_code_id else "")
    return (*cells, figures.amount(line.base_amount - line.line_discount))


def _has_discount(lines: Sequence[DocumentLine]) -> bool:
    return any(line.line_discount for line in lines)


def _has_tax(lines: Sequence[DocumentLine]) -> bool:
    return any(line.tax_code_id for line in lines)


def _taxes(document: Document, lines: Sequence[DocumentLine], figures: Figures) -> Taxes:
    groups = stored_tax_groups(document, lines)
    if not any(group.tax.code for group in groups):
        return Taxes()
    code = figures.currency
    rows = tuple(
        (
            group.tax.name or _("No tax"),
            figures.percent(group.tax.rate),
            figures.amount(group.base),
            figures.amount(group.amount),
        )
        for group in groups
    )
    head = (
        _("Tax"),
        _("Rate"),
        _("Net, {currency}").replace("{currency}", code),
        _("Tax, {currency}").replace("{currency}", code),
    )
    return Taxes(head=head, rows=rows, notes=_tax_notes(lines))


def _tax_notes(lines: Sequence[DocumentLine]) -> tuple[str, ...]:
    """Why there is no tax, once for each code that says so."""
    return tuple(
        dict.fromkeys(line.tax_code.note for line in lines if line.tax_code and line.tax_code.note)
    )


def _closing(document: Document) -> tuple[Closing, ...]:
    us = company()
    parts = []
    is_bill = isinstance(document, Invoice) and document.kind == Invoice.Kind.INVOICE
    if is_bill and us.payment_details:
        parts.append(Closing(label=_("Payment"), lines=_paragraphs(us.payment_details)))
    terms = document.terms or us.document_terms
    if terms:
        parts.append(Closing(label=_("Terms"), lines=_paragraphs(terms)))
    return tuple(parts)


def _signatures(document: Document, actor: Actor) -> tuple[str, ...]:
    if not isinstance(document, Quote):
        return ()
    name = _customer_name(document, actor)
    return (_("Place and date"), _("Signature for {name}").replace("{name}", name))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (line.strip() for line in text.splitlines())))


def _day(day: Any) -> str:
    return format_date(day, "long", locale=reader_locale()) if day else ""
