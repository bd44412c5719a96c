"""Money received for a bill, or given back for a credit note."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.operations import current, emit, journal, operation
from crm.records.services import save_changed
from crm.registry.registry import registry
from crm.values.money import format_money, round_to
from crm.values.reader_locale import reader_locale
from sales_docs.events import InvoicePaid
from sales_docs.models import Invoice, Payment
from sales_docs.rules.documents import require_state
from sales_docs.services.locking import lock_document


@operation
def record_payment(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    amount: Decimal,
    paid_on: date | None = None,
    reference: str = "",
) -> Invoice:
    """Books money against a posted bill; it is paid when nothing is left.

    An amount below zero takes back an earlier mistake (for a credit note it is the other way
    round). Locks the invoice. Journals 'payment', emits InvoicePaid at the end. Raises
    RuleViolation when it is more than is left, or was ever paid.
    """
    invoice: Invoice = lock_document(
        actor=actor, key="invoice", record_id=record_id, version=version
    )
    require_state(
        invoice,
        Invoice.State.POSTED,
        Invoice.State.PAID,
        message=_("Payments are booked once the %(type)s is posted."),
    )
    _require_fitting(invoice, amount)
    day = paid_on or timezone.localdate(current().at)
    Payment.objects.create(
        invoice=invoice,
        amount=amount,
        paid_on=day,
        reference=reference,
        recorded_by_id=actor.id,
        recorded_at=current().at,
    )
    changes: dict[str, Any] = {
        "paid_amount": invoice.paid_amount,
        "state": invoice.state,
        "paid_on": invoice.paid_on,
    }
    invoice.paid_amount += amount
    is_paid = invoice.paid_amount == invoice.total_amount
    invoice.state = Invoice.State.PAID if is_paid else Invoice.State.POSTED
    invoice.paid_on = day if is_paid else None
    invoice = save_changed(registry.get("invoice"), invoice, changes)
    journal(
        "payment",
        invoice,
        is_final=True,
        amount=str(amount),
        currency=invoice.currency_id,
    )
    if is_paid:
        emit(InvoicePaid(invoice_id=invoice.pk))
    return invoice


def _require_fitting(invoice: Invoice, amount: Decimal) -> None:
    message = None
    after = invoice.paid_amount + amount
    low, high = sorted((Decimal(0), invoice.total_amount))
    if not amount:
        message = _("Enter an amount.")
    elif round_to(amount, invoice.decimal_places) != amount:
        message = _("That is less than the smallest unit of the currency.")
    elif not low <= after <= high:
        left = format_money(
            invoice.balance,
            invoice.currency_id,
            locale=reader_locale(),
            exponent=invoice.decimal_places,
        )
        message = _("%(left)s is left to pay.") % {"left": left}
    if message:
        raise RuleViolation(message, fields={"amount": message})
