from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import clock
from crm.registry.declaration import (
    Action,
    Column,
    Deadline,
    NamedView,
    Panel,
    Place,
    RecordType,
    Rules,
    Status,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records
from sales_docs import panels
from sales_docs.models import Invoice
from sales_docs.record_types import shared
from sales_docs.rules.documents import lines_lock_reason, lock_reason, require_deletable
from sales_docs.services.saving import follow_document, prepare_document

State = Invoice.State
BALANCE = Column(
    name="balance",
    label=_("Left to pay"),
    kind="money",
    sort="",
    reads=("total_amount", "paid_amount", "currency"),
)


def _is_draft(invoice: Any) -> bool:
    return bool(invoice.state == State.DRAFT)


def _is_bill_posted(invoice: Any) -> bool:
    is_bill = invoice.kind == Invoice.Kind.INVOICE
    return is_bill and invoice.state in {State.POSTED, State.PAID}


ACTIONS = (
    Action(
        key="post",
        label=_("Post"),
        icon="stamp",
        service="sales_docs.services.invoices.post_invoice",
        form="sales_docs.forms.PostInvoiceForm",
        is_primary=True,
        is_shown=_is_draft,
        done=_("Posted. It has its number and never changes now."),
        order=10,
    ),
    Action(
        key="pay",
        label=_("Record payment"),
        icon="banknote",
        service="sales_docs.services.payments.record_payment",
        form="sales_docs.forms.PaymentForm",
        is_primary=True,
        is_shown=lambda invoice: invoice.state == State.POSTED,
        done=_("The payment is booked."),
        order=10,
    ),
    shared.edit_lines(lambda invoice: lines_lock_reason(invoice) is None),
    shared.pdf(),
    Action(
        key="credit",
        label=_("Make a credit note"),
        icon="undo-2",
        service="sales_docs.services.invoices.create_credit_note",
        form="sales_docs.forms.RepeatableForm",
        is_shown=_is_bill_posted,
        done=_("A credit note to check and post."),
        order=40,
    ),
    Action(
        key="cancel",
        label=_("Cancel"),
        icon="circle-x",
        service="sales_docs.services.invoices.cancel_invoice",
        form="sales_docs.forms.CancelInvoiceForm",
        is_dangerous=True,
        is_shown=_is_draft,
        done=_("Canceled."),
        order=50,
    ),
)

DUE = Column(
    name="due_on",
    kind="date",
    deadline=Deadline(field="state", values=frozenset({State.POSTED})),
)

registry.register(
    RecordType(
        model=Invoice,
        slug="invoices",
        icon="receipt-text",
        colour="invoice",
        places=(Place(area="sales", group="sales", order=60),),
        form="sales_docs.forms.InvoiceForm",
        number="number",
        subtitle=("number_or_kind",),
        status=Status(
            field="state",
            tones={
                "draft": ("", "circle-dashed"),
                "posted": ("accent", "stamp"),
                "paid": ("good", "circle-check"),
                "credited": ("", "undo-2"),
                "canceled": ("", "circle-x"),
            },
            closed=frozenset({"posted", "paid", "credited", "canceled"}),
        ),
        key_fields=(
            shared.CUSTOMER,
            Column(name="issued_on", kind="date"),
            DUE,
            shared.TOTAL,
            BALANCE,
            shared.OWNER,
        ),
        sections=shared.sections("due_on"),
        columns=(
            shared.NAME,
            shared.NUMBER,
            shared.CUSTOMER,
            shared.STATE,
            shared.TOTAL,
            BALANCE,
            Column(name="issued_on", kind="date"),
            DUE,
            Column(name="kind", kind="choice", is_default=False),
            Column(name="paid_amount", kind="money", is_default=False),
            Column(name="paid_on", kind="date", is_default=False),
            Column(name="order", kind="record", related=("order",), is_default=False),
            Column(name="customer_reference", is_default=False),
            shared.OWNER,
            Column(name="modified_at", kind="moment", is_default=False),
            Column(name="created_at", kind="moment", is_default=False),
        ),
        views=(
            NamedView(
                key="mine",
                label=_("My open %(types)s"),
                select=lambda rows, actor: rows.filter(
                    state__in=(State.DRAFT, State.POSTED)
                ).owned_by(actor.principal_ids),
                is_default=True,
            ),
            NamedView(key="draft", label=_("Drafts"), select=lambda rows, actor: rows.draft()),
            NamedView(
                key="unpaid",
                label=_("Unpaid"),
                select=lambda rows, actor: rows.unpaid(),
                sort="due_on",
            ),
            NamedView(
                key="overdue",
                label=_("Overdue"),
                select=lambda rows, actor: rows.overdue(timezone.localdate(clock.now())),
                sort="due_on",
            ),
            all_records(),
        ),
        filters=(*shared.FILTERS, "kind", "issued_on", "due_on", "paid_on", "order"),
        charts=(
            shared.value_chart("state", "state", keeps_order=True),
            shared.value_chart("issued", "issued_on"),
            shared.value_chart("due", "due_on"),
            shared.value_chart("account", "account"),
            shared.value_chart("owner", "owner"),
        ),
        actions=ACTIONS,
        panels=(
            *shared.document_panels(),
            Panel(
                key="payments",
                label=_("Payments"),
                template="sales_docs/panels/payments.html",
                load=panels.payments,
                icon="banknote",
                order=8,
            ),
        ),
        rules=Rules(
            before_save=prepare_document,
            after_save=follow_document,
            before_delete=require_deletable,
            lock=lock_reason,
        ),
        rolls_up_to=("opportunity", "account", "contact"),
        bulk_fields=("payment_terms",),
        related=(*shared.RELATED, "order", "credits"),
    )
)
