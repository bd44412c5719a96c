"""What the pages of accounts and contacts show beside the timeline."""

from typing import Any

from django.db.models import OuterRef, QuerySet

from accounts.models import Account, Contact
from crm.access.actor import Actor
from crm.access.prepared import prepared

SHOWN = 5


def contacts_of_account(actor: Actor, account: Account) -> dict[str, Any]:
    """The main person first, then who was changed last."""
    people = _contacts(actor, account.pk)
    main = [one for one in people if one.pk == account.primary_contact_id]
    if not main and account.primary_contact and actor.sees(account.primary_contact):
        main = [account.primary_contact]
    others = [one for one in people if one.pk != account.primary_contact_id]
    return {
        "people": [*main, *others][:SHOWN],
        "main_id": account.primary_contact_id,
        "has_more": len(main) + len(others) > SHOWN,
    }


@prepared
def _contacts(actor: Actor, account_id: int) -> QuerySet[Any]:
    rows = Contact.objects.visible_to(actor).filter(account=account_id).defer("search_text")
    return rows.recent_first()[: SHOWN + 1]


def accounts_below(actor: Actor) -> QuerySet[Any]:
    """Without these the panel is left out; read along with the account."""
    return Account.objects.visible_to(actor).filter(parent=OuterRef("pk"))


def subsidiaries(actor: Actor, account: Account) -> dict[str, Any] | None:
    """Accounts that belong to this one; left out where there are none."""
    found = _accounts_below(actor, account.pk)
    if not found:
        return None
    return {"accounts": found[:SHOWN], "has_more": len(found) > SHOWN}


@prepared
def _accounts_below(actor: Actor, account_id: int) -> QuerySet[Any]:
    rows = Account.objects.visible_to(actor).filter(parent=account_id).defer("search_text")
    return rows.order_by("name__folded", "pk")[: SHOWN + 1]


def employer(actor: Actor, contact: Contact) -> dict[str, Any] | None:
    """The account a person works for, as far as the reader may see it."""
    return {"account": contact.account} if actor.sees(contact.account) else None
