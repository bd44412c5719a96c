"""Products, price lists and documents for tests."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from crm.access.actor import Actor
from crm.models import Currency, User
from crm.records.services import create_record
from crm.registry.registry import registry
from sales_docs.entries import HeaderEntry, LineEntry
from sales_docs.line_merging import EditedLine
from sales_docs.models import Invoice, Order, PriceList, PriceListItem, Product, Quote, TaxCode
from sales_docs.services.editing import Edited, entry_of, lines_of, save_document_lines
from tests.factories.accounts import make_account

ZERO = Decimal(0)


def make_currency(code: str) -> Currency:
    return Currency.objects.get_or_create(code=code)[0]


def make_tax_code(code: str = "VAT20", **values: Any) -> TaxCode:
    given = {"name": "VAT 20%", "rate": Decimal(20), **values}
    return TaxCode.objects.get_or_create(code=code, defaults=given)[0]


def make_product(owner: User, **values: Any) -> Product:
    given = {"name": "FX-40 bench", "code": f"P-{uuid4().hex[:6]}", **values}
    if given.get("list_price") is not None:
        given.setdefault("currency_id", "EUR")
    product = Product.objects.create(owner=owner, **given)
    product.refresh_from_db()
    return product


def make_price_list(
    owner: User, prices: dict[Product, str] | None = None, **values: Any
) -> PriceList:
    given = {"name": "Europe 2026", "currency_id": "EUR", **values}
    price_list = PriceList.objects.create(owner=owner, **given)
    for product, amount in (prices or {}).items():
        PriceListItem.objects.create(price_list=price_list, product=product, amount=Decimal(amount))
    price_list.refresh_from_db()
    return price_list


def _make(key: str, owner: User, values: dict[str, Any]) -> Any:
    given = {"name": "Fleet renewal", "currency": Currency.objects.get(code="EUR"), **values}
    if "account" not in given and "contact" not in given:
        given["account"] = make_account(owner)
    given["owner"] = owner
    return create_record(actor=Actor.system(), record_type=registry.get(key), values=given)


def make_quote(owner: User, *lines: LineEntry, **values: Any) -> Quote:
    quote: Quote = _with_lines("quote", _make("quote", owner, values), lines)
    return quote


def make_order(owner: User, *lines: LineEntry, **values: Any) -> Order:
    order: Order = _with_lines("order", _make("order", owner, values), lines)
    return order


def make_invoice(owner: User, *lines: LineEntry, **values: Any) -> Invoice:
    invoice: Invoice = _with_lines("invoice", _make("invoice", owner, values), lines)
    return invoice


def _with_lines(key: str, document: Any, lines: tuple[LineEntry, ...]) -> Any:
    if not lines:
        return document
    return put_lines(Actor.system(), document, *lines)


def put_lines(
    actor: Actor, document: Any, *lines: LineEntry, header: HeaderEntry | None = None
) -> Any:
    """Adds lines below those a document has, as a person would in the grid."""
    standing = [EditedLine(entry=entry_of(each), was=entry_of(each)) for each in lines_of(document)]
    added = [EditedLine(entry=line) for line in lines]
    edited = Edited(rows=(*standing, *added), header=header)
    return save_document_lines(
        actor=actor,
        record_type=registry.of(document),
        record_id=document.pk,
        edited=edited,
    )


def line(name: str = "Data migration", quantity: str = "1", price: str = "100", **more: Any) -> Any:
    """A write-in, unless a product is named; without a price then the catalogue's."""
    product: Product | None = more.pop("product", None)
    tax_code: TaxCode | None = more.pop("tax_code", None)
    decimals = {"discount_amount", "discount_percent", "typed_tax"}
    return LineEntry(
        key=more.pop("key", uuid4().hex[:6]),
        name=product.name if product else name,
        product_id=product.pk if product else None,
        quantity=Decimal(quantity),
        price=None if product and price == "100" else Decimal(price),
        tax_code_id=tax_code.pk if tax_code else None,
        **{key: Decimal(value) if key in decimals else value for key, value in more.items()},
    )
