"""What record pages show of leads, and the lead's page of what came of it."""

from typing import Any

from django.db.models import OuterRef, QuerySet

from accounts.models import Account
from crm.access.actor import Actor
from crm.access.prepared import prepared
from leads.models import Lead
from opportunities.models import Opportunity

SHOWN = 5


def became(actor: Actor, lead: Lead) -> dict[str, Any]:
    """The records a lead is linked to, as far as the reader may see them."""
    linked = (
        ("account", lead.account),
        ("contact", lead.contact),
        ("opportunity", lead.opportunity),
    )
    found = [(key, record) for key, record in linked if actor.sees(record)]
    return {"found": found, "is_open": lead.state == Lead.State.OPEN}


def leads_at_account(actor: Actor) -> QuerySet[Any]:
    """Without these the panel is left out; read along with the account."""
    return Lead.objects.visible_to(actor).filter(account=OuterRef("pk"))


def leads_at_opportunity(actor: Actor) -> QuerySet[Any]:
    return Lead.objects.visible_to(actor).filter(opportunity=OuterRef("pk"))


def leads_of_account(actor: Actor, account: Account) -> dict[str, Any] | None:
    return _leads(actor, account.pk, link="account")


def leads_of_opportunity(actor: Actor, opportunity: Opportunity) -> dict[str, Any] | None:
    """The lead it came from, and those that joined it later."""
    return _leads(actor, opportunity.pk, link="opportunity")


def _leads(actor: Actor, record_id: int, *, link: str) -> dict[str, Any] | None:
    found = _latest_leads(actor, record_id, link=link)
    return {"leads": found} if found else None


@prepared
def _latest_leads(actor: Actor, record_id: int, *, link: str) -> QuerySet[Any]:
    rows = Lead.objects.visible_to(actor).filter(**{link: record_id}).defer("search_text")
    return rows.recent_first()[:SHOWN]
