"""What a document takes from the customer it is for."""

from typing import Any

from accounts.models.address import country_name
from crm.access.actor import Actor
from sales_docs.models import Document


def postal_lines(record: Any, prefix: str = "") -> list[str]:
    """The address as it is written on an envelope, without the name."""
    place = {
        name: getattr(record, f"{prefix}{name}", "").strip()
        for name in ("line1", "line2", "postcode", "city", "region", "country")
    }
    country = country_name(place["country"]) if place["country"] else ""
    town = " ".join(filter(None, (place["postcode"], place["city"])))
    return [
        each for each in (place["line1"], place["line2"], town, place["region"], country) if each
    ]


def billing_lines(document: Document, actor: Actor) -> list[str]:
    """Where the bill goes: what the document says itself, else the customer's address.

    The person stands above the street when the document is for a company. Nothing is taken from
    a customer the actor may not see.
    """
    if document.billing_address:
        return document.billing_address.splitlines()
    customer = document.customer
    if not actor.sees(customer):
        return []
    has_person = document.account and actor.sees(document.contact)
    person = [str(document.contact)] if has_person else []
    return [*person, *postal_lines(customer)]


def fill_addresses(document: Document, actor: Actor) -> None:
    """Writes down name and addresses of the customer where the document has none of its own.

    Of a customer the actor may not see nothing is written: whoever reads the document would know.
    """
    customer = document.customer
    if not actor.sees(customer):
        return
    document.billing_address = "\n".join(billing_lines(document, actor))
    if not document.billing_name:
        document.billing_name = str(customer)[:200]
    shipping = postal_lines(customer, "shipping_") if document.account else []
    if not document.delivery_address and shipping:
        document.delivery_name = document.delivery_name or str(customer)[:200]
        document.delivery_address = "\n".join(shipping)
