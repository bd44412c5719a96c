"""Who hears what becomes of quotes, orders and invoices."""

from django.utils.translation import gettext_lazy as _

from crm.notifications.kinds import Kind
from crm.notifications.writing import notify
from sales_docs.events import InvoicePaid, InvoicePosted, OrderCreated
from sales_docs.models import Invoice, Order, Quote

KINDS = (
    Kind(
        key="quote_won",
        label=_("Somebody closes one of my %(types)s as won"),
        label_type="quote",
        icon="trophy",
        sentence=_("%(name)s closed this %(type)s as won"),
    ),
    Kind(
        key="order_invoiced",
        label=_("Somebody bills one of my %(types)s"),
        label_type="order",
        icon="receipt",
        sentence=_("%(name)s billed this %(type)s"),
    ),
    Kind(
        key="invoice_paid",
        label=_("One of my %(types)s is paid"),
        label_type="invoice",
        icon="banknote",
        sentence=_("%(name)s recorded the last payment: this %(type)s is paid"),
    ),
)


def notify_owner_of_quote(event: OrderCreated) -> None:
    if event.quote_id is not None:
        owner_id = Quote.objects.values_list("owner_id", flat=True).get(pk=event.quote_id)
        notify("quote_won", to=[owner_id], about=("quote", event.quote_id))


def notify_owner_of_order(event: InvoicePosted) -> None:
    if event.order_id is not None:
        owner_id = Order.objects.values_list("owner_id", flat=True).get(pk=event.order_id)
        notify("order_invoiced", to=[owner_id], about=("order", event.order_id))


def notify_owner_of_invoice(event: InvoicePaid) -> None:
    owner_id = Invoice.objects.values_list("owner_id", flat=True).get(pk=event.invoice_id)
    notify("invoice_paid", to=[owner_id], about=("invoice", event.invoice_id))
