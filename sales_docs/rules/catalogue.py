"""What can be sold when, and how the catalogue hangs together."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from crm.errors import RuleViolation
from sales_docs.models import PriceList, Product
from sales_docs.rules.lines import line_field


def require_sellable(product: Product, *, key: str, day: date) -> None:
    """Only an active item, on a day it is sold, can be put on a new line."""
    message = unsellable_reason(product, day=day)
    if message:
        raise RuleViolation(message, fields={line_field(key, "name"): message})


def unsellable_reason(product: Product, *, day: date) -> str | None:
    if product.structure == Product.Structure.FAMILY:
        return _("%(name)s is a family. Choose one of its members.") % {"name": product.name}
    if product.state != Product.State.ACTIVE:
        return _("%(name)s is not active, so it cannot be sold.") % {"name": product.name}
    if product.valid_from and day < product.valid_from:
        return _("%(name)s is not sold yet.") % {"name": product.name}
    if product.valid_until and day > product.valid_until:
        return _("%(name)s is no longer sold.") % {"name": product.name}
    return None


def require_usable_price_list(price_list: PriceList, *, currency: str, day: date) -> None:
    message = None
    if price_list.currency_id != currency:
        message = _("%(name)s is in another currency.")
    elif not price_list.is_active:
        message = _("%(name)s is not active.")
    elif price_list.valid_from and day < price_list.valid_from:
        message = _("%(name)s is not in force yet.")
    elif price_list.valid_until and day > price_list.valid_until:
        message = _("%(name)s is no longer in force.")
    if message:
        sentence = message % {"name": price_list.name}
        raise RuleViolation(sentence, fields={"price_list": sentence})


def require_sound_product(product: Product, changes: Mapping[str, Any]) -> None:
    if product.parent and product.parent.structure != Product.Structure.FAMILY:
        raise RuleViolation(
            _("Only a family can hold others."),
            fields={"parent": _("Choose a family.")},
        )
    if product.pk and "parent" in changes and product.structure == Product.Structure.FAMILY:
        raise RuleViolation(
            _("Where a family belongs is fixed once it is saved."),
            fields={"parent": _("Create another one instead.")},
        )
    if product.pk and "structure" in changes:
        raise RuleViolation(
            _("The structure is fixed once it is saved."),
            fields={"structure": _("Create another one instead.")},
        )
