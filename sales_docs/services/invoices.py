"""An invoice's life: posted under a number without gaps, canceled as a draft, credited."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.company.settings import company
from crm.errors import RuleViolation
from crm.models.levels import Privilege
from crm.operations import current, emit, journal, operation
from crm.records.services import refuse_stale, save_changed
from crm.records.services.announcing import announce, changed_fields
from crm.registry.events import ChangeKind
from crm.registry.registry import registry
from crm.values.numbering import fiscal_year, parse_format
from sales_docs.calculation import agreed_amounts, put_totals
from sales_docs.events import InvoicePosted
from sales_docs.models import Invoice, Order
from sales_docs.rules.documents import require_something_to_send, require_state
from sales_docs.services.billing import agreed_line, give_back, save_with_lines
from sales_docs.services.copying import copy_header
from sales_docs.services.customers import fill_addresses
from sales_docs.services.editing import lines_of, reprice
from sales_docs.services.locking import lock_document
from sales_docs.services.numbers import next_number

DAYS_TO_PAY = 30
ADDRESSES = ("billing_name", "billing_address", "delivery_name", "delivery_address")


@operation
def post_invoice(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    issued_on: date | None = None,
    due_on: date | None = None,
) -> Invoice:
    """Gives a draft its number and date. From then on it never changes.

    Locks the order, what a credit note corrects, the invoice, and last and shortest the counter
    of the series: numbers have no gaps, because they roll back with it, and follow their dates.
    Journals 'posted', emits InvoicePosted. Raises RuleViolation when there is nothing on it, a
    price is missing, or a later date has a number already.
    """
    order = _lock_order_of(record_id)
    _lock_credited_by(Actor.system(), record_id)
    invoice: Invoice = lock_document(actor=actor, key="invoice", record_id=record_id)
    if invoice.number:
        return invoice
    require_state(invoice, Invoice.State.DRAFT, message=_("Only a draft %(type)s can be posted."))
    refuse_stale(invoice, version)
    invoice = _settle_draft(invoice, issued_on=issued_on, due_on=due_on)
    _put_number(invoice, paid_amount=_settle_credited(invoice))
    journal("posted", invoice, is_final=True, number=invoice.number)
    if order is not None and invoice.credits_id is None:
        changes = {"posted_amount": order.posted_amount}
        order.posted_amount += invoice.total_amount
        save_changed(registry.get("order"), order, changes)
    billed_id = None if invoice.credits_id else invoice.order_id
    emit(InvoicePosted(invoice_id=invoice.pk, number=invoice.number, order_id=billed_id))
    return invoice


def _settle_draft(invoice: Invoice, *, issued_on: date | None, due_on: date | None) -> Invoice:
    """Everything on it as it will stay, but for the number."""
    lines = lines_of(invoice)
    totals = reprice(invoice, lines)
    require_something_to_send(invoice, totals)
    changes: dict[str, Any] = put_totals(invoice, totals)
    changes |= {name: getattr(invoice, name) for name in ADDRESSES}
    fill_addresses(invoice, current().actor)
    changes |= _put_dates(invoice, issued_on=issued_on, due_on=due_on)
    return save_changed(registry.get("invoice"), invoice, changes)  # type: ignore[no-any-return]


def _put_dates(invoice: Invoice, *, issued_on: date | None, due_on: date | None) -> dict[str, Any]:
    old = {"issued_on": invoice.issued_on, "due_on": invoice.due_on}
    invoice.issued_on = issued_on or _today()
    if invoice.issued_on > _today():
        message = _("This date lies in the future.")
        raise RuleViolation(message, fields={"issued_on": message})
    due = due_on or invoice.due_on or invoice.issued_on + timedelta(days=DAYS_TO_PAY)
    if due < invoice.issued_on:
        message = _("It would be due before its date.")
        raise RuleViolation(message, fields={"due_on": message})
    invoice.due_on = due
    return old


def _settle_credited(credit: Invoice) -> Decimal:
    """Closes the bill a credit note is about; returns how much of the posted one counts as paid.

    A credit note takes away what is still unpaid; what was paid remains to be given back.
    """
    bill = credit.credits
    if bill is None:
        return Decimal(credit.paid_amount)
    require_state(
        bill,
        Invoice.State.POSTED,
        Invoice.State.PAID,
        message=_("This %(type)s is credited already."),
    )
    paid_amount = Decimal(credit.total_amount + bill.paid_amount)
    changes = {"state": bill.state}
    bill.state = Invoice.State.CREDITED
    bill = save_changed(registry.get("invoice"), bill, changes)
    journal("credited", bill, is_final=True, credit_id=credit.pk)
    if bill.order is not None:
        give_back(bill.order, bill, amount=bill.total_amount)
    return paid_amount


def _put_number(invoice: Invoice, *, paid_amount: Decimal) -> None:
    """Takes the next number of the series and writes it: the one moment the counter is held."""
    first_month = company().fiscal_year_start
    day = invoice.issued_on or _today()
    year = fiscal_year(day, first_month=first_month)
    number, written_as = next_number(invoice.kind, year=year, day=day)
    text = parse_format(written_as).render(number, day=day, first_month=first_month)
    is_settled = invoice.credits_id is not None and paid_amount == invoice.total_amount
    written = {
        "number": text,
        "fiscal_year": year,
        "state": Invoice.State.PAID if is_settled else Invoice.State.POSTED,
        "paid_amount": paid_amount,
        "paid_on": day if is_settled else None,
        "posted_at": current().at,
        "modified_at": current().at,
        "modified_by_id": current().actor.id,
    }
    old = {name: getattr(invoice, name) for name in written if not name.startswith("modified_")}
    Invoice.objects.filter(pk=invoice.pk).update(**written)
    for name, value in written.items():
        setattr(invoice, name, value)
    announce(ChangeKind.CHANGED, Invoice, [invoice.pk], changed_fields(invoice, old))


@operation
def cancel_invoice(
    *, actor: Actor, record_id: int, version: int | None = None, note: str = ""
) -> Invoice:
    """Gives up a draft. What it took from an order can be billed again.

    Locks the order, then the invoice. Journals 'canceled'. A posted one is credited instead.
    """
    order = _lock_order_of(record_id)
    invoice: Invoice = lock_document(actor=actor, key="invoice", record_id=record_id)
    if invoice.state == Invoice.State.CANCELED:
        return invoice
    refuse_stale(invoice, version)
    require_state(
        invoice,
        Invoice.State.DRAFT,
        message=_("This %(type)s is posted, so it stays. Make a credit note instead."),
    )
    changes = {"state": invoice.state}
    invoice.state = Invoice.State.CANCELED
    invoice = save_changed(registry.get("invoice"), invoice, changes)
    journal("canceled", invoice, is_final=True, note=note)
    if order is not None and invoice.kind == Invoice.Kind.INVOICE:
        give_back(order, invoice, amount=invoice.total_amount)
    return invoice


def _lock_order_of(record_id: int) -> Order | None:
    return next(iter(_lock_orders_of(Actor.system(), record_id)), None)


@prepared
def _lock_orders_of(_actor: Actor, record_id: int) -> QuerySet[Order]:
    return Order.objects.filter(invoices__pk=record_id).select_for_update(of=("self",))


@prepared
def _lock_credited_by(_actor: Actor, record_id: int) -> QuerySet[Invoice]:
    return Invoice.objects.filter(credit_note__pk=record_id).select_for_update(of=("self",))


@operation
def create_credit_note(
    *, actor: Actor, record_id: int, version: int | None = None, request_key: UUID | None = None
) -> Invoice:
    """A draft that takes back a posted bill, line by line and to the last unit.

    There is one for each bill; pressed twice, both get it. Locks the bill. Journals
    'credit_begun'. Raises RuleViolation when the bill is not posted.
    """
    bill: Invoice = lock_document(actor=actor, key="invoice", record_id=record_id)
    actor.require_type(Privilege.CREATE, "invoice")
    made: Invoice | None = Invoice.objects.alive().filter(credits=bill).first()
    if made and made.state != Invoice.State.CANCELED:
        return made
    refuse_stale(bill, version)
    if bill.kind == Invoice.Kind.CREDIT:
        raise RuleViolation(_("A credit note cannot be credited."))
    require_state(
        bill,
        Invoice.State.POSTED,
        Invoice.State.PAID,
        message=_("Only a posted %(type)s can be credited."),
    )
    if made:
        return _reopen(made)
    credit = _credit_of(bill, request_key=request_key)
    journal("credit_begun", bill, is_final=True, credit_id=credit.pk)
    return credit


def _reopen(credit: Invoice) -> Invoice:
    changes = {"state": credit.state}
    credit.state = Invoice.State.DRAFT
    return save_changed(registry.get("invoice"), credit, changes)  # type: ignore[no-any-return]


def _credit_of(bill: Invoice, *, request_key: UUID | None) -> Invoice:
    percent = None if bill.order_percent is None else -bill.order_percent
    credit = copy_header(
        bill,
        Invoice(),
        kind=Invoice.Kind.CREDIT,
        credits=bill,
        order_id=bill.order_id,
        order_percent=percent,
        request_key=request_key,
        discount_percent=Decimal(0),
        discount_amount=Decimal(0),
        freight_amount=-bill.freight_amount,
        freight_tax=-bill.freight_tax,
    )
    lines: list[Any] = lines_of(bill)
    mirrored = [
        agreed_line(
            line,
            credit,
            -line.quantity,
            -agreed_amounts(line),
            order_line_id=line.order_line_id,
        )
        for line in lines
    ]
    return save_with_lines(credit, mirrored)


def _today() -> date:
    return timezone.localdate(current().at)
