"""What every save of a product, price list or document does, whoever asks for it."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from accounts.services import fill_company
from crm.company.currencies import base_currency_code
from crm.operations import Operation, current
from sales_docs.models import Document, Order, Product
from sales_docs.rules.catalogue import require_sound_product
from sales_docs.rules.documents import is_copy
from sales_docs.rules.documents import prepare_document as check_document
from sales_docs.services.recalculation import recalculate


def prepare_document(document: Document, changes: Mapping[str, Any]) -> None:
    """Fills in what follows from the rest, then checks the header."""
    document.name = " ".join((document.name or "").split())
    fill_company(document, changes)
    if document.currency_id is None:
        document.currency_id = _currency_of(document) or base_currency_code()
    day = timezone.localdate(current().at)
    if isinstance(document, Order) and document.pk is None and document.ordered_on is None:
        document.ordered_on = day
    check_document(document, day=day, changes=changes)


def _currency_of(document: Document) -> str | None:
    for source in (document.price_list, document.opportunity, document.account):
        code = getattr(source, "currency_id", None)
        if code:
            return str(code)
    return None


def prepare_product(product: Product, changes: Mapping[str, Any]) -> None:
    product.name = " ".join((product.name or "").split())
    product.code = (product.code or "").strip()
    if product.list_price is not None and product.currency_id is None:
        product.currency_id = base_currency_code()
    require_sound_product(product, changes)


def follow_document(operation: Operation, document: Document, changes: Mapping[str, Any]) -> None:
    """Another price list gives a document that is worked on other prices."""
    if "price_list" in changes and not is_copy(document):
        recalculate(document)
