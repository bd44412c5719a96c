"""Accounts and contacts for tests."""

from typing import Any

from accounts.models import Account, Contact
from crm.models import User


def make_account(owner: User, **values: Any) -> Account:
    account = Account.objects.create(owner=owner, **{"name": "Aurelis Diagnostics", **values})
    account.refresh_from_db()
    return account


def make_contact(owner: User, **values: Any) -> Contact:
    named = {"first_name": "Nadia", "last_name": "Belkacem", **values}
    contact = Contact.objects.create(owner=owner, **named)
    contact.refresh_from_db()
    return contact
