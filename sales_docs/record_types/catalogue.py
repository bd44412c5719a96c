from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import clock
from crm.models.levels import Privilege
from crm.registry.declaration import (
    Action,
    Area,
    Chart,
    Colour,
    Column,
    ColumnKind,
    DuplicateKey,
    Group,
    NamedView,
    Panel,
    PanelPlace,
    Place,
    RecordType,
    Rules,
    Section,
    Status,
    Tone,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records
from sales_docs import panels
from sales_docs.models import PriceList, Product
from sales_docs.services.saving import prepare_product


def _today() -> Any:
    return timezone.localdate(clock.now())


registry.register(
    RecordType(
        model=Product,
        slug="products",
        icon="boxes",
        colour=Colour.PRODUCT,
        places=(Place(area=Area.SALES, group=Group.COLLATERAL, order=10),),
        form="sales_docs.forms.ProductForm",
        number="code",
        subtitle=("code", "parent"),
        status=Status(
            field="state",
            tones={
                "draft": (Tone.NEUTRAL, "circle-dashed"),
                "active": (Tone.GOOD, "circle-check"),
                "retired": (Tone.NEUTRAL, "archive"),
            },
        ),
        key_fields=(
            Column(name="list_price"),
            Column(name="unit_of_measure"),
            Column(name="parent"),
            Column(
                name="tax_code",
                accessor="tax_code.name",
                related=("tax_code",),
            ),
        ),
        sections=(
            Section(
                key="product",
                label=_("Main facts"),
                fields=("name", "code", "structure", "parent", "state", "description"),
                is_quick=True,
            ),
            Section(
                key="price",
                label=_("Price"),
                fields=("list_price", "currency", "tax_code", "unit_of_measure"),
                is_quick=True,
            ),
            Section(
                key="sale",
                label=_("Sale"),
                fields=("quantity_decimals", "valid_from", "valid_until", "owner"),
            ),
        ),
        columns=(
            Column(name="name", kind=ColumnKind.LINK),
            Column(name="code"),
            Column(name="parent"),
            Column(name="state", kind=ColumnKind.PILL),
            Column(name="list_price"),
            Column(name="unit_of_measure", is_wide_only=True),
            Column(
                name="tax_code",
                accessor="tax_code.name",
                related=("tax_code",),
                is_wide_only=True,
            ),
            Column(name="structure", is_default=False),
            Column(name="valid_from", is_default=False),
            Column(name="valid_until", is_default=False),
            Column(name="owner", is_default=False),
            Column(name="modified_at", is_wide_only=True),
        ),
        views=(
            NamedView(
                key="sellable",
                label=_("For sale now"),
                select=lambda rows, actor: rows.sellable(_today()),
                sort="name",
                is_default=True,
            ),
            NamedView(
                key="families",
                label=_("Families"),
                select=lambda rows, actor: rows.families(),
                sort="name",
            ),
            NamedView(
                key="drafts",
                label=_("Drafts"),
                select=lambda rows, actor: rows.filter(state=Product.State.DRAFT),
            ),
            NamedView(
                key="retired",
                label=_("Retired"),
                select=lambda rows, actor: rows.filter(state=Product.State.RETIRED),
            ),
            all_records(sort="name"),
        ),
        filters=(
            "state",
            "structure",
            "parent",
            "list_price",
            "currency",
            "tax_code",
            "valid_from",
            "valid_until",
            "owner",
            "modified_at",
        ),
        charts=(
            Chart(key="state", by="state", keeps_order=True),
            Chart(key="structure", by="structure"),
            Chart(key="family", by="parent"),
            Chart(key="tax", by="tax_code"),
        ),
        duplicates=(
            DuplicateKey(fields=("code",), reason=_("same code")),
            DuplicateKey(fields=("name",), reason=_("similar name"), is_fuzzy=True),
        ),
        actions=(
            Action(
                key="publish",
                label=_("Publish"),
                icon="circle-check",
                service="sales_docs.services.catalogue.publish_product",
                is_primary=True,
                states=(Product.State.DRAFT, Product.State.RETIRED),
                done=_("It can be sold now."),
            ),
            Action(
                key="retire",
                label=_("Retire"),
                icon="archive",
                service="sales_docs.services.catalogue.retire_product",
                states=(Product.State.ACTIVE,),
                done=_("It is no longer sold."),
            ),
        ),
        panels=(
            Panel(
                key="prices",
                label=_("Prices"),
                template="sales_docs/panels/product_prices.html",
                load=panels.product_prices,
                icon="tag",
                reads="pricelist",
                order=10,
            ),
            Panel(
                key="members",
                label=_("Members"),
                template="sales_docs/panels/product_members.html",
                load=panels.product_members,
                icon="boxes",
                order=20,
            ),
        ),
        bulk_fields=("parent", "tax_code", "unit_of_measure", "valid_from", "valid_until"),
        rules=Rules(before_save=prepare_product),
        related=("parent", "tax_code", "currency", "owner"),
    )
)


registry.register(
    RecordType(
        model=PriceList,
        slug="price-lists",
        icon="tag",
        colour=Colour.PRODUCT,
        places=(Place(area=Area.SALES, group=Group.COLLATERAL, order=20),),
        form="sales_docs.forms.PriceListForm",
        status=None,
        key_fields=(
            Column(name="currency", kind=ColumnKind.TEXT),
            Column(name="is_active"),
            Column(name="valid_from"),
            Column(name="valid_until"),
            Column(name="owner"),
        ),
        sections=(
            Section(
                key="list",
                label=_("Main facts"),
                fields=(
                    "name",
                    "currency",
                    "is_active",
                    "valid_from",
                    "valid_until",
                    "description",
                    "owner",
                ),
                is_quick=True,
            ),
        ),
        columns=(
            Column(name="name", kind=ColumnKind.LINK),
            Column(name="currency", kind=ColumnKind.TEXT, sort="currency_id"),
            Column(name="is_active"),
            Column(name="valid_from"),
            Column(name="valid_until"),
            Column(name="owner", is_wide_only=True),
            Column(name="modified_at", is_wide_only=True),
        ),
        views=(
            NamedView(
                key="usable",
                label=_("In force"),
                select=lambda rows, actor: rows.usable(_today()),
                sort="name",
                is_default=True,
            ),
            all_records(sort="name"),
        ),
        filters=("currency", "is_active", "valid_from", "valid_until", "owner", "modified_at"),
        duplicates=(DuplicateKey(fields=("name",), reason=_("similar name"), is_fuzzy=True),),
        actions=(
            Action(
                key="prices",
                label=_("Edit prices"),
                icon="pencil",
                view="sales_docs.views.prices.edit_prices",
                privilege=Privilege.WRITE,
                is_primary=True,
            ),
        ),
        panels=(
            Panel(
                key="items",
                label=_("Prices"),
                template="sales_docs/panels/price_list_items.html",
                load=panels.price_list_items,
                place=PanelPlace.MAIN,
                icon="tag",
                order=10,
            ),
        ),
        bulk_fields=("is_active", "valid_from", "valid_until"),
        related=("currency", "owner"),
    )
)
