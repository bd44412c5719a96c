"""What happens to accounts and contacts beyond creating and editing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.events import CustomerDeleting
from accounts.models import Account, Contact
from accounts.rules import normalise_name, normalise_reach, refuse_circle
from crm.operations import current, emit, journal
from crm.records.services import save_changed
from crm.registry.registry import registry

__all__ = [
    "announce_deletion",
    "become_customer",
    "fill_company",
    "normalise_name",
    "normalise_reach",
    "prepare_account",
    "prepare_contact",
]


def prepare_account(account: Account, changes: Mapping[str, Any]) -> None:
    """Before every save: one way of writing, and no circle of owners."""
    normalise_reach(account)
    normalise_name(account, "name")
    if account.parent_id is not None and account.pk is not None and "parent" in changes:
        refuse_circle(account.pk, Account.objects.all().chain_ids(account.parent_id))


def prepare_contact(contact: Contact, changes: Mapping[str, Any]) -> None:
    normalise_reach(contact)
    normalise_name(contact, "first_name", "last_name")


def fill_company(record: Any, changes: Mapping[str, Any]) -> None:
    """Names the company of the person a new record is about, or whom it now is about.

    For records with links `account` and `contact`, before they are saved; one that names a company
    keeps it. A company the actor may not see stays unnamed.
    """
    contact = record.contact
    if record.account_id is not None or contact is None:
        return
    is_about_somebody_else = record._state.adding or "contact" in changes
    if is_about_somebody_else and current().actor.sees(contact.account):
        record.account_id = contact.account_id


def announce_deletion(customer: Account | Contact) -> None:
    """Lets the apps above object: what is still going on with a customer keeps it."""
    emit(CustomerDeleting(customer=customer))


def become_customer(*, account_id: int, on: date) -> None:
    """A prospect turns into a customer with its first won deal; others stay what they are.

    Runs inside an operation, whatever its actor may do to the account: it states a fact.
    Locks the account and journals 'became_customer'.
    """
    account = (
        Account.objects.alive()
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=account_id)
        .first()
    )
    if account is None or account.relationship != Account.Relationship.PROSPECT:
        return
    old: dict[str, Any] = {"relationship": account.relationship}
    account.relationship = Account.Relationship.CUSTOMER
    if account.customer_since_on is None:
        old["customer_since_on"] = None
        account.customer_since_on = on
    save_changed(registry.get("account"), account, old)
    journal("became_customer", account)
