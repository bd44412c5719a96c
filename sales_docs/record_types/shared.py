"""What the declarations of quotes, orders and invoices have in common."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from crm import labels
from crm.models.levels import Privilege
from crm.registry.declaration import Action, Chart, Column, ColumnKind, Panel, PanelPlace, Section
from sales_docs import panels

RELATED = (
    "account",
    "contact",
    "opportunity",
    "currency",
    "price_list",
    "freight_tax_code",
    "owner",
)
FILTERS = (
    "state",
    "account",
    "account__industry",
    "contact",
    "opportunity",
    "currency",
    "total_amount",
    "owner",
    "created_at",
    "modified_at",
)
CUSTOMER = Column(
    name="customer",
    label=_("Customer"),
    kind=ColumnKind.RECORD,
    related=("account", "contact"),
    reads=("account", "contact"),
    sort="account__name",
)
NAME = Column(name="name", kind=ColumnKind.LINK)
NUMBER = Column(name="number")
TOTAL = Column(name="total_amount")
OWNER = Column(name="owner")
STATE = Column(name="state", kind=ColumnKind.PILL)
MODIFIED = Column(name="modified_at", is_wide_only=True)


def named(sentence: Any, key: str) -> Any:
    """A sentence about another type than the page's own, with the names it has at the time."""
    return lazy(lambda: labels.with_names(sentence, key), str)()


def sections(*dates: str) -> tuple[Section, ...]:
    """One layout for all documents; `dates` are the fields of its own kind."""
    return (
        Section(
            key="document",
            label=_("Main facts"),
            fields=("name", "account", "contact", "opportunity", "currency", "price_list"),
            is_quick=True,
        ),
        Section(
            key="terms",
            label=_("Terms"),
            fields=(
                *dates,
                "customer_reference",
                "payment_terms",
                "shipping_terms",
                "discount_mode",
                "owner",
            ),
        ),
        Section(
            key="addresses",
            label=_("Addresses"),
            fields=("billing_name", "billing_address", "delivery_name", "delivery_address"),
        ),
        Section(key="texts", label=_("Texts"), fields=("description", "terms")),
    )


def value_chart(key: str, by: str, *, keeps_order: bool = False) -> Chart:
    """What documents come to, by one of their fields."""
    measure = _("Value of %(types)s")
    return Chart(key=key, by=by, total="total_amount", measure=measure, keeps_order=keeps_order)


def pdf(order: int = 20) -> Action:
    return Action(
        key="pdf",
        label=_("PDF"),
        icon="file-down",
        view="sales_docs.views.printing.show_pdf",
        privilege=Privilege.READ,
        is_get_only=True,
        is_primary=True,
        order=order,
    )


def edit_lines(**when: Any) -> Action:
    """`when` are the arguments of an Action that say when it is offered."""
    return Action(
        key="lines",
        label=_("Edit lines"),
        icon="list",
        view="sales_docs.views.editor.edit_lines",
        order=15,
        **when,
    )


def document_panels() -> tuple[Panel, ...]:
    return (
        Panel(
            key="chain",
            label=_("Chain"),
            template="sales_docs/panels/chain.html",
            load=panels.chain,
            place=PanelPlace.TOP,
            icon="link",
            order=10,
        ),
        Panel(
            key="lines",
            label=_("Lines"),
            template="sales_docs/panels/lines.html",
            load=panels.document_lines,
            place=PanelPlace.MAIN,
            icon="list",
            order=10,
        ),
        Panel(
            key="totals",
            label=_("Totals"),
            template="sales_docs/panels/totals.html",
            load=panels.totals,
            place=PanelPlace.SIDE,
            icon="sigma",
            order=5,
        ),
    )
