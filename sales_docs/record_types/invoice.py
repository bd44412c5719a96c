from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import clock
from crm.registry.declaration import (
    Action,
    Area,
    Colour,
    Column,
    ColumnKind,
    Deadline,
    Group,
    NamedView,
    Panel,
    Place,
    RecordType,
    Rules,
    Status,
    Tone,
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
    label=_("Balance due"),
    kind=ColumnKind.MONEY,
    reads=("total_amount", "paid_amount", "state", "currency"),
)


def _is_bill(invoice: Any) -> bool:
    return bool(invoice.kind == Invoice.Kind.INVOICE)


ACTIONS = (
    Action(
        key="post",
        label=_("Post"),
        icon="stamp",
        service="sales_docs.services.invoices.post_invoice",
        form="sales_docs.forms.PostInvoiceForm",
        is_primary=True,
        states=(State.DRAFT,),
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
        states=(State.POSTED,),
        done=_("The payment is booked."),
        order=10,
    ),
    shared.edit_lines(is_shown=lambda invoice: lines_lock_reason(invoice) is None),
    shared.pdf(),
    Action(
        key="credit",
        label=_("Make a credit note"),
        icon="undo-2",
        service="sales_docs.services.invoices.create_credit_note",
        form="sales_docs.forms.RepeatableForm",
        states=(State.POSTED, State.PAID),
        is_shown=_is_bill,
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
        states=(State.DRAFT,),
        done=_("Canceled."),
        order=50,
    ),
)

DUE = Column(
    name="due_on",
    deadline=Deadline(field="state", values=frozenset({State.POSTED})),
)

registry.register(
    RecordType(
        model=Invoice,
        slug="invoices",
        icon="receipt-text",
        colour=Colour.QUOTE,
        places=(Place(area=Area.SALES, group=Group.SALES, order=60),),
        form="sales_docs.forms.InvoiceForm",
        number="number",
        subtitle=("number_or_kind",),
        status=Status(
            field="state",
            tones={
                "draft": (Tone.NEUTRAL, "circle-dashed"),
                "posted": (Tone.ACCENT, "stamp"),
                "paid": (Tone.GOOD, "circle-check"),
                "credited": (Tone.NEUTRAL, "undo-2"),
                "canceled": (Tone.NEUTRAL, "circle-x"),
            },
            closed=frozenset({"posted", "paid", "credited", "canceled"}),
        ),
        key_fields=(
            shared.CUSTOMER,
            Column(name="issued_on"),
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
            Column(name="issued_on"),
            DUE,
            Column(name="kind", is_default=False),
            Column(name="paid_amount", is_default=False),
            Column(name="paid_on", is_default=False),
            Column(name="order", is_default=False),
            Column(name="customer_reference", is_default=False),
            shared.OWNER,
            Column(name="modified_at", is_default=False),
            Column(name="created_at", is_default=False),
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
