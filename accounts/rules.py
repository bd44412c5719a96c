"""What must hold of accounts and contacts, whoever writes them."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.utils.translation import gettext as _

from crm.errors import RuleViolation


def normalised_email(address: str) -> str:
    """Mail boxes differ by case nowhere we could tell; equal addresses then compare equal."""
    return address.strip().lower()


def normalised_phone(number: str) -> str:
    return " ".join(number.split())


def normalised_website(address: str) -> str:
    """'Example.COM/' is https://example.com; paths keep their case."""
    text = address.strip()
    if not text:
        return ""
    parts = urlsplit(text if "://" in text else f"https://{text}")
    path = "" if parts.path == "/" else parts.path
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, parts.query, ""))


def normalise_reach(record: Any) -> None:
    """Writes phone numbers, addresses and names the one way they are compared."""
    record.email = normalised_email(record.email or "")
    record.phone = normalised_phone(record.phone or "")
    if hasattr(record, "mobile"):
        record.mobile = normalised_phone(record.mobile or "")
    if hasattr(record, "website"):
        record.website = normalised_website(record.website or "")


def normalise_name(record: Any, *fields: str) -> None:
    for field in fields:
        setattr(record, field, " ".join((getattr(record, field) or "").split()))


def refuse_circle(account_id: int | None, ancestor_ids: set[int]) -> None:
    """An account cannot belong to one that belongs to it."""
    if account_id is not None and account_id in ancestor_ids:
        raise RuleViolation(
            _("These would belong to each other."),
            fields={"parent": _("This one already belongs to the record you are editing.")},
        )
