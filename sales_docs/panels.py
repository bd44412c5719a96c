"""Parts of record pages: the chain, the lines and totals, documents of a customer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.models.levels import Privilege
from crm.registry.links import action_url, new_url, record_url, url_of
from crm.registry.registry import registry
from sales_docs.cards import DocumentCard, card_of
from sales_docs.lines.grid import grid_context
from sales_docs.lines.line_form import form_of
from sales_docs.models import Document, Invoice, Order, PriceList, Product, Quote
from sales_docs.rules.documents import lines_lock_reason
from sales_docs.services.editing import lines_of
from sales_docs.sums import stored_sums
from sales_docs.wording import Figures

SHOWN = 5
SHOWN_MEMBERS = 20
MODELS: Mapping[str, type[Document]] = {"quote": Quote, "order": Order, "invoice": Invoice}
Context = Mapping[str, Any]


# The chain


@dataclass(frozen=True, kw_only=True)
class Link:
    """One place in the chain: the documents that stand there, and which one is being looked at."""

    label: str
    icon: str
    colour: str
    waiting: str
    documents: list[DocumentCard]
    more: int
    current_id: int | None


def chain(actor: Actor, record: Any) -> Context:
    """Quote, order and bills that belong together, as far as the reader may see them."""
    quote_ids, order_ids = _chain_ids(record)
    wanted = {
        "quote": Q(pk__in=quote_ids),
        "order": Q(pk__in=order_ids),
        "invoice": Q(order_id__in=order_ids),
    }
    found = {key: _standing(actor, record, key, condition) for key, condition in wanted.items()}
    return {"links": [_link(record, key, documents) for key, documents in found.items()]}


def _chain_ids(record: Any) -> tuple[list[int], list[int]]:
    if isinstance(record, Quote):
        return [], list(Order.objects.filter(quote=record).values_list("pk", flat=True))
    order = record if isinstance(record, Order) else record.order
    if order is None:
        return [], []
    return [order.quote_id] if order.quote_id else [], [order.pk]


def _standing(actor: Actor, record: Any, key: str, wanted: Q) -> list[Any]:
    """The visible documents at one place, and the one that is being looked at."""
    if record.type_key() == key:
        if key != "invoice" or record.order_id is None:
            return [record]
        wanted &= ~Q(pk=record.pk)
        others = MODELS[key].objects.visible_to(actor).filter(wanted).order_by("pk")
        return sorted([record, *others[:SHOWN]], key=lambda each: each.pk)
    if wanted in (Q(pk__in=[]), Q(order_id__in=[])):
        return []
    return list(MODELS[key].objects.visible_to(actor).filter(wanted).order_by("pk")[: SHOWN + 1])


def _link(record: Any, key: str, documents: list[Any]) -> Link:
    return Link(
        label=labels.singular(key),
        icon=registry.get(key).icon,
        colour=registry.get(key).colour,
        waiting=_waiting(key),
        documents=[card_of(document) for document in documents[:SHOWN]],
        more=max(0, len(documents) - SHOWN),
        current_id=record.pk if record.type_key() == key else None,
    )


def _waiting(key: str) -> str:
    """What will stand at an empty place."""
    sentences = {
        "quote": _("Made without %(type)s"),
        "order": _("%(Type)s, when the customer accepts"),
        "invoice": _("%(Type)s, when it is billed"),
    }
    return labels.with_names(sentences[key], key)


# Lines and totals


def document_lines(actor: Actor, record: Any) -> Context:
    """The grid: to edit where the reader may and the document allows it, else to read."""
    lock = lines_lock_reason(record)
    form = form_of(record, remembered_lines(record))
    context = grid_context(form)
    if lock is None and actor.allows(Privilege.WRITE, record):
        return context
    return context | {"form": None, "rows": form.rows, "lock": lock}


def totals(actor: Actor, record: Any) -> Context:
    """Discount and freight to enter, and the sums."""
    context = document_lines(actor, record)
    return {
        **context,
        "is_editable": context["form"] is not None,
        "sums": stored_sums(record, remembered_lines(record)),
    }


def remembered_lines(record: Any) -> list[Any]:
    """The lines of one record, read once for all the panels of its page."""
    if "_lines" not in record.__dict__:
        record.__dict__["_lines"] = lines_of(record)
    return record.__dict__["_lines"]  # type: ignore[no-any-return]


def payments(actor: Actor, record: Invoice) -> Context | None:
    if not record.number:
        return None
    figures = Figures.of(record)
    booked = [
        {
            "amount": figures.money(payment.amount),
            "paid_on": payment.paid_on,
            "reference": payment.reference,
        }
        for payment in record.payments.all()
    ]
    return {"payments": booked, "balance": figures.money(record.balance)}


# On other pages


def opportunity_lines(actor: Actor, record: Any) -> Context:
    lines = remembered_lines(record)
    form = form_of(record, lines)
    context = {**grid_context(form), "sums": stored_sums(record, lines)}
    if record.state == record.State.OPEN and actor.allows(Privilege.WRITE, record):
        return context
    return context | {"form": None, "rows": form.rows}


def count_opportunity_lines(actor: Actor, record: Any) -> int:
    return int(record.lines.count())


def quotes_of_opportunity(actor: Actor, record: Any) -> Context | None:
    found = _documents(actor, "quote", record, "opportunity")
    is_open = record.state == record.State.OPEN
    return {**found, "new_url": action_url(record, "quote")} if found and is_open else found


def documents_of(key: str, link: str) -> Callable[[Actor, Any], Context | None]:
    """The loader of a panel with the latest documents of one kind, of one customer."""

    def load(actor: Actor, record: Any) -> Context | None:
        return _documents(actor, key, record, link)

    return load


def documents_at(key: str, link: str) -> Callable[[Actor], QuerySet[Any]]:
    """The rows of such a panel; whether there are any is read along with the record."""
    return lambda actor: MODELS[key].objects.visible_to(actor).filter(**{link: OuterRef("pk")})


def no_documents(key: str, link: str) -> Callable[[Actor, Any], Context | None]:
    """The same panel where there are none."""
    return lambda actor, record: _shown(actor, key, record, link, [])


def _documents(actor: Actor, key: str, record: Any, link: str) -> Context | None:
    """The latest documents linked to the record; nothing where there are none to see or make."""
    found = _latest_documents(actor, record.pk, key=key, link=link)
    return _shown(actor, key, record, link, found)


@prepared
def _latest_documents(actor: Actor, record_id: int, *, key: str, link: str) -> QuerySet[Any]:
    rows = MODELS[key].objects.visible_to(actor).filter(**{link: record_id})
    return rows.defer("search_text").recent_first()[: SHOWN + 1]


def _shown(actor: Actor, key: str, record: Any, link: str, found: list[Any]) -> Context | None:
    may_create = actor.can(key, Privilege.CREATE) and actor.allows(Privilege.APPEND_TO, record)
    if not found and not may_create:
        return None
    return {
        "key": key,
        "link": link,
        "documents": [card_of(document) for document in found[:SHOWN]],
        "has_more": len(found) > SHOWN,
        "new_url": f"{new_url(key)}?{link}={record.pk}" if may_create else "",
    }


# The catalogue


def product_prices(actor: Actor, record: Product) -> Context | None:
    lists = PriceList.objects.visible_to(actor)
    items = record.price_list_items.filter(price_list__in=lists).select_related("price_list")
    found = list(items.order_by("price_list__name__folded", "pk")[: SHOWN + 1])
    if not found:
        return None
    return {
        "items": [
            {
                "name": item.price_list.name,
                "url": record_url(item.price_list),
                "amount": _price_in(item.price_list, item.amount),
            }
            for item in found[:SHOWN]
        ],
        "has_more": len(found) > SHOWN,
    }


def _price_in(price_list: PriceList, amount: Any) -> str:
    return f"{Figures.of(price_list).price(amount)} {price_list.currency_id}"


def product_members(actor: Actor, record: Product) -> Context | None:
    if record.structure != Product.Structure.FAMILY:
        return None
    rows = Product.objects.visible_to(actor).filter(parent=record).order_by("name__folded", "pk")
    found = list(rows[: SHOWN_MEMBERS + 1])
    members = [
        {"name": member.name, "code": member.code, "url": record_url(member)}
        for member in found[:SHOWN_MEMBERS]
    ]
    may_create = actor.can("product", Privilege.CREATE)
    return {
        "members": members,
        "has_more": len(found) > SHOWN_MEMBERS,
        "new_url": f"{new_url('product')}?parent={record.pk}" if may_create else "",
    }


def price_list_items(actor: Actor, record: PriceList) -> Context:
    figures = Figures.of(record)
    rows = record.items.filter(product__in=Product.objects.visible_to(actor))
    items = [
        {
            "name": item.product.name,
            "code": item.product.code,
            "unit": item.product.unit_of_measure,
            "url": url_of("product", item.product_id),
            "amount": figures.price(item.amount),
        }
        for item in rows.select_related("product").order_by("product__name__folded", "pk")
    ]
    return {
        "items": items,
        "currency": record.currency_id,
        "may_edit": actor.allows(Privilege.WRITE, record),
        "prices_url": action_url(record, "prices"),
    }
