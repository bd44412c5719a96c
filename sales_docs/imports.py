"""Importing the catalogue, and the product a deal is about."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy

from crm import labels
from crm.access.actor import Actor
from crm.company.currencies import base_currency_code
from crm.exchange.imports.additions import ImportAddition
from crm.exchange.imports.fields import ImportField, Kind
from crm.records.services import save_new
from crm.registry.registry import registry
from sales_docs.models import OpportunityLine, Product
from sales_docs.models.document import PriceSource


def _make_family(actor: Actor, name: str) -> Product:
    """A family the file names and the catalogue does not have yet."""
    family = Product(name=name, structure=Product.Structure.FAMILY, owner_id=actor.id)
    saved: Product = save_new(registry.get("product"), family)
    return saved


def _complete_product(product: Product) -> None:
    if product.list_price is not None and product.currency_id is None:
        product.currency_id = base_currency_code()


def _put_product(deal: Any, product: Product) -> None:
    deal.imported_product = product


def add_imported_lines(deals: list[Any]) -> None:
    """One line per imported deal that names a product: one piece, at what the deal closed for."""
    OpportunityLine.objects.bulk_create(
        [
            _line(deal, deal.imported_product)
            for deal in deals
            if getattr(deal, "imported_product", None)
        ],
        batch_size=500,
    )


def _line(deal: Any, product: Product) -> OpportunityLine:
    price = deal.actual_revenue or product.list_price or Decimal(0)
    return OpportunityLine(
        document=deal,
        position=1,
        product=product,
        name=product.name,
        code=product.code,
        unit=product.unit_of_measure,
        quantity=Decimal(1),
        price_source=PriceSource.TYPED,
        price_per_unit=price,
        base_amount=price,
        net_amount=price,
        extended_amount=price,
    )


FAMILY = ImportField(
    name="parent",
    label=gettext_lazy("family"),
    kind=Kind.LINK,
    link=Product,
    make=_make_family,
    aliases=("series", "family", "category"),
)
PRODUCT = ImportField(
    name="product",
    label=labels.singular_lazy("product"),
    kind=Kind.LINK,
    link=Product,
    put=_put_product,
)
IMPORTS = (
    ImportAddition(
        record_type="product",
        aliases={
            "name": ("product", "product name", "item"),
            "list_price": ("sales_price", "price", "unit price"),
            "code": ("sku", "product code"),
        },
        fields=(FAMILY,),
        prepare=_complete_product,
    ),
    ImportAddition(record_type="opportunity", fields=(PRODUCT,), follow=add_imported_lines),
)
