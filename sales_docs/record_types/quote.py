from django.utils.translation import gettext_lazy as _

from crm.models.levels import Privilege
from crm.registry.declaration import (
    Action,
    Area,
    Colour,
    Column,
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
from sales_docs.models import Quote
from sales_docs.record_types import shared
from sales_docs.rules.documents import lock_reason, require_deletable
from sales_docs.services.saving import follow_document, prepare_document

State = Quote.State


ACTIONS = (
    Action(
        key="activate",
        label=_("Activate"),
        icon="send",
        service="sales_docs.services.quotes.activate_quote",
        is_primary=True,
        states=(State.DRAFT,),
        done=_("Active. It can't be changed now, so that it matches the customer's copy."),
        order=10,
    ),
    Action(
        key="order",
        label=shared.named(_("Create %(type)s"), "order"),
        icon="package",
        service="sales_docs.services.orders.create_order_from_quote",
        form="sales_docs.forms.OrderQuoteForm",
        is_primary=True,
        states=(State.ACTIVE,),
        done=_("Ordered."),
        order=10,
    ),
    shared.edit_lines(states=(State.DRAFT,)),
    shared.pdf(),
    Action(
        key="revise",
        label=_("Revise"),
        icon="git-branch-plus",
        service="sales_docs.services.quotes.revise_quote",
        states=(State.ACTIVE,),
        done=_("A new revision to work on."),
        order=30,
    ),
    Action(
        key="compare",
        label=_("Compare with the revision before"),
        icon="diff",
        view="sales_docs.views.comparison.compare_revisions",
        is_shown=lambda quote: quote.revises_id is not None,
        is_get_only=True,
        privilege=Privilege.READ,
        order=40,
    ),
    Action(
        key="close",
        label=_("Close"),
        icon="circle-x",
        service="sales_docs.services.quotes.close_quote",
        form="sales_docs.forms.CloseQuoteForm",
        states=(State.DRAFT, State.ACTIVE),
        done=_("Closed."),
        order=50,
    ),
)

VALID_UNTIL = Column(
    name="valid_until",
    deadline=Deadline(field="state", values=frozenset({State.ACTIVE}), word=_("expired")),
)

registry.register(
    RecordType(
        model=Quote,
        slug="quotes",
        icon="file-text",
        colour=Colour.QUOTE,
        places=(Place(area=Area.SALES, group=Group.SALES, order=40),),
        form="sales_docs.forms.QuoteForm",
        number="number",
        subtitle=("number_and_revision",),
        status=Status(
            field="state",
            tones={
                "draft": (Tone.NEUTRAL, "circle-dashed"),
                "active": (Tone.ACCENT, "send"),
                "won": (Tone.GOOD, "circle-check"),
                "closed": (Tone.NEUTRAL, "circle-x"),
            },
            closed=frozenset({"active", "won", "closed"}),
        ),
        key_fields=(
            shared.CUSTOMER,
            VALID_UNTIL,
            shared.TOTAL,
            shared.OWNER,
        ),
        sections=shared.sections("valid_from", "valid_until", "requested_delivery_on"),
        columns=(
            shared.NAME,
            shared.NUMBER,
            Column(name="revision", is_wide_only=True),
            shared.CUSTOMER,
            shared.STATE,
            shared.TOTAL,
            VALID_UNTIL,
            Column(
                name="opportunity",
                is_default=False,
            ),
            Column(name="reason", is_default=False),
            Column(name="closed_on", is_default=False),
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
                key="active",
                label=_("Waiting for an answer"),
                select=lambda rows, actor: rows.active(),
                sort="valid_until",
            ),
            NamedView(key="won", label=_("Won"), select=lambda rows, actor: rows.won()),
            NamedView(key="closed", label=_("Closed"), select=lambda rows, actor: rows.closed()),
            all_records(),
        ),
        filters=(*shared.FILTERS, "reason", "revision", "valid_until", "closed_on"),
        charts=(
            shared.value_chart("state", "state", keeps_order=True),
            shared.value_chart("created", "created_at"),
            shared.value_chart("valid", "valid_until"),
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
        bulk_fields=("valid_until", "payment_terms", "shipping_terms"),
        related=(*shared.RELATED, "revises"),
    )
)
