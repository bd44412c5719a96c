"""What a mailing may say about its reader, by the type of the record the reader is."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from leads.models import Lead

LABELS = {
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "full_name": _("First and last name"),
    "company": _("Company"),
    "job_title": _("Job title"),
    "city": _("City"),
    "owner": _("Colleague who looks after them"),
}
KNOWN = frozenset(LABELS)

Facts = dict[str, str]


def _of_account(account: Account) -> Facts:
    return {"company": account.name, "city": account.city, "owner": account.owner.name}


def _of_contact(contact: Contact) -> Facts:
    return {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "full_name": contact.full_name,
        "company": contact.account.name if contact.account else "",
        "job_title": contact.job_title,
        "city": contact.city,
        "owner": contact.owner.name,
    }


def _of_lead(lead: Lead) -> Facts:
    return {
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "full_name": lead.full_name,
        "company": lead.company,
        "job_title": lead.job_title,
        "city": lead.city,
        "owner": lead.owner.name,
    }


_READERS: dict[str, tuple[Any, tuple[str, ...], Callable[[Any], Facts]]] = {
    "account": (Account, ("owner",), _of_account),
    "contact": (Contact, ("owner", "account"), _of_contact),
    "lead": (Lead, ("owner",), _of_lead),
}


def facts_of(record: Any) -> Facts:
    return _READERS[record.type_key()][2](record)


def rows_with_facts(type_key: str, ids: Iterable[int]) -> dict[int, Any]:
    """The living records among `ids` with what their facts need; one query."""
    model, related, _read = _READERS[type_key]
    rows = model.objects.alive().select_related(*related).defer("search_text")
    found: dict[int, Any] = rows.in_bulk(list(ids))
    return found
