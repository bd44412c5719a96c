from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.registry.declaration import (
    Action,
    Area,
    Colour,
    Column,
    ColumnKind,
    Deadline,
    Group,
    NamedView,
    Place,
    RecordType,
    Rules,
    Status,
    Tone,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records, my_open_records
from sales_docs.models import Order
from sales_docs.record_types import shared
from sales_docs.rules.documents import lines_lock_reason, lock_reason, require_deletable
from sales_docs.services.saving import follow_document, prepare_document

State = Order.State
OPEN = (State.ACTIVE, State.SUBMITTED)
IN_DRAFTS = Column(
    name="draft_amount",
    label=_("In drafts"),
    kind=ColumnKind.MONEY,
    reads=("billed_amount", "posted_amount", "currency"),
    is_wide_only=True,
)


def _is_editable(order: Any) -> bool:
    return lines_lock_reason(order) is None


def _is_undelivered(order: Any) -> bool:
    return order.state != State.INVOICED or order.closed_on is None


ACTIONS = (
    Action(
        key="invoice",
        label=shared.named(_("Create %(type)s"), "invoice"),
        icon="receipt-text",
        view="sales_docs.views.billing.bill_order",
        is_primary=True,
        states=(*OPEN, State.FULFILLED),
        order=10,
    ),
    shared.edit_lines(is_shown=_is_editable),
    shared.pdf(),
    Action(
        key="fulfil",
        label=_("Fulfil"),
        icon="package-check",
        service="sales_docs.services.orders.fulfil_order",
        form="sales_docs.forms.FulfilOrderForm",
        states=(*OPEN, State.INVOICED),
        is_shown=_is_undelivered,
        done=_("Delivered."),
        order=30,
    ),
    Action(
        key="submit",
        label=_("Submit"),
        icon="send",
        service="sales_docs.services.orders.submit_order",
        states=(State.ACTIVE,),
        done=_("Submitted. It can't be changed now."),
        order=35,
    ),
    Action(
        key="lock-prices",
        label=_("Lock prices"),
        icon="lock",
        service="sales_docs.services.orders.lock_prices",
        is_shown=lambda order: _is_editable(order) and not order.are_prices_locked,
        done=_("The prices stay as they are now."),
        order=40,
    ),
    Action(
        key="current-prices",
        label=_("Use current prices"),
        icon="lock-open",
        service="sales_docs.services.orders.use_current_prices",
        is_shown=lambda order: _is_editable(order) and order.are_prices_locked,
        done=_("The prices follow the catalogue again."),
        order=40,
    ),
    Action(
        key="cancel",
        label=_("Cancel"),
        icon="circle-x",
        service="sales_docs.services.orders.cancel_order",
        form="sales_docs.forms.CancelOrderForm",
        is_dangerous=True,
        states=OPEN,
        done=_("Canceled."),
        order=50,
    ),
)

registry.register(
    RecordType(
        model=Order,
        slug="orders",
        icon="package",
        colour=Colour.QUOTE,
        places=(Place(area=Area.SALES, group=Group.SALES, order=50),),
        form="sales_docs.forms.OrderForm",
        number="number",
        subtitle=("number",),
        status=Status(
            field="state",
            tones={
                "active": (Tone.ACCENT, "circle-dot"),
                "submitted": (Tone.ACCENT, "send"),
                "fulfilled": (Tone.GOOD, "package-check"),
                "invoiced": (Tone.GOOD, "receipt-text"),
                "canceled": (Tone.NEUTRAL, "circle-x"),
            },
            closed=frozenset({"submitted", "fulfilled", "invoiced", "canceled"}),
        ),
        key_fields=(
            shared.CUSTOMER,
            shared.TOTAL,
            Column(name="posted_amount"),
            IN_DRAFTS,
            shared.OWNER,
        ),
        sections=shared.sections("ordered_on", "requested_delivery_on"),
        columns=(
            shared.NAME,
            shared.NUMBER,
            shared.CUSTOMER,
            shared.STATE,
            shared.TOTAL,
            Column(name="posted_amount", is_wide_only=True),
            replace(IN_DRAFTS, is_default=False),
            Column(name="ordered_on"),
            Column(
                name="requested_delivery_on",
                is_default=False,
                deadline=Deadline(field="state", values=frozenset(OPEN)),
            ),
            Column(name="reason", is_default=False),
            Column(
                name="opportunity",
                is_default=False,
            ),
            Column(name="customer_reference", is_default=False),
            shared.OWNER,
            shared.MODIFIED,
            Column(name="created_at", is_default=False),
        ),
        views=(
            my_open_records(is_default=True),
            NamedView(
                key="open", label=_("All open %(types)s"), select=lambda rows, actor: rows.open()
            ),
            NamedView(
                key="to-bill", label=_("To be billed"), select=lambda rows, actor: rows.to_bill()
            ),
            all_records(),
        ),
        filters=(*shared.FILTERS, "reason", "ordered_on", "requested_delivery_on", "closed_on"),
        charts=(
            shared.value_chart("state", "state", keeps_order=True),
            shared.value_chart("ordered", "ordered_on"),
            shared.value_chart("delivery", "requested_delivery_on"),
            shared.value_chart("account", "account"),
            shared.value_chart("owner", "owner"),
        ),
        actions=ACTIONS,
        panels=shared.document_panels(),
        rules=Rules(
            before_save=prepare_document,
            after_save=follow_document,
            before_delete=require_deletable,
            lock=lock_reason,
        ),
        rolls_up_to=("opportunity", "account", "contact"),
        bulk_fields=("requested_delivery_on", "payment_terms", "shipping_terms"),
        related=(*shared.RELATED, "quote"),
    )
)
