"""Products, price lists and taxes: their life and what others ask of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models.levels import Privilege
from crm.operations import current, journal, operation
from crm.records.services import refuse_stale, save_changed
from crm.registry.registry import registry
from sales_docs.models import PriceList, PriceListItem, Product, TaxCode
from sales_docs.rules.lines import line_field
from sales_docs.services.locking import lock_document

MAX_PRICE = Decimal(10) ** 13


def default_tax_code() -> TaxCode | None:
    return TaxCode.objects.filter(is_default=True, is_active=True).first()


@operation
def publish_product(*, actor: Actor, record_id: int, version: int | None = None) -> Product:
    """A draft or retired product can be sold again. Journals 'published'."""
    return _move_product(actor, record_id, version, Product.State.ACTIVE, "published")


@operation
def retire_product(*, actor: Actor, record_id: int, version: int | None = None) -> Product:
    """The product is no longer put on new lines; documents that have it keep it."""
    return _move_product(actor, record_id, version, Product.State.RETIRED, "retired")


def _move_product(
    actor: Actor, record_id: int, version: int | None, state: Product.State, verb: str
) -> Product:
    product: Product = lock_document(actor=actor, key="product", record_id=record_id)
    if product.state == state:
        return product
    refuse_stale(product, version)
    changes = {"state": product.state}
    product.state = state
    product = save_changed(registry.get("product"), product, changes)
    journal(verb, product)
    return product


@dataclass(frozen=True, kw_only=True)
class PriceEntry:
    """One row of a price list's grid; `key` names it in messages."""

    key: str
    product_id: int
    amount: Decimal


@operation
def save_price_list_items(
    *, actor: Actor, record_id: int, version: int | None, entries: Sequence[PriceEntry]
) -> PriceList:
    """Replaces the prices of a list. Locks the list and journals 'prices_changed'.

    Prices of products the actor cannot see stay as they are. Raises RuleViolation naming cells,
    and StaleVersion when somebody else has changed the list since `version`.
    """
    price_list: PriceList = lock_document(
        actor=actor, key="pricelist", record_id=record_id, version=version
    )
    visible = Product.objects.visible_to(actor, Privilege.APPEND_TO)
    standing = {item.product_id: item for item in price_list.items.filter(product__in=visible)}
    wanted = _amounts(entries, allowed=_ids(visible, entries))
    changed = _write_items(price_list, standing, wanted)
    if not any(changed.values()):
        return price_list
    price_list.modified_at = current().at
    price_list = save_changed(registry.get("pricelist"), price_list, {})
    journal("prices_changed", price_list, is_final=True, **changed)
    return price_list


def _ids(visible: Any, entries: Sequence[PriceEntry]) -> set[int]:
    wanted = visible.filter(pk__in=[entry.product_id for entry in entries])
    return set(wanted.values_list("pk", flat=True))


def _amounts(entries: Sequence[PriceEntry], *, allowed: set[int]) -> dict[int, Decimal]:
    amounts: dict[int, Decimal] = {}
    fields: dict[str, object] = {}
    for entry in entries:
        if entry.product_id not in allowed:
            fields[line_field(entry.key, "product")] = _("Choose one from the list.")
        elif entry.product_id in amounts:
            fields[line_field(entry.key, "product")] = _("This stands in the list twice.")
        elif not 0 <= entry.amount < MAX_PRICE:
            fields[line_field(entry.key, "amount")] = _("A price is zero or more.")
        amounts[entry.product_id] = entry.amount
    if fields:
        raise RuleViolation(_("Some prices need another look."), fields=fields)
    return amounts


def _write_items(
    price_list: PriceList,
    standing: Mapping[int, PriceListItem],
    wanted: Mapping[int, Decimal],
) -> dict[str, int]:
    gone = [item.pk for product_id, item in standing.items() if product_id not in wanted]
    changed = []
    for product_id, item in standing.items():
        if product_id in wanted and item.amount != wanted[product_id]:
            item.amount = wanted[product_id]
            changed.append(item)
    new = [
        PriceListItem(price_list=price_list, product_id=product_id, amount=amount)
        for product_id, amount in wanted.items()
        if product_id not in standing
    ]
    PriceListItem.objects.filter(pk__in=gone).delete()
    PriceListItem.objects.bulk_update(changed, ["amount"])
    PriceListItem.objects.bulk_create(new)
    return {"added": len(new), "changed": len(changed), "removed": len(gone)}
