"""What record pages show of leads, and the lead's page of what came of it."""

from typing import Any

from accounts.models import Account, Contact
from crm.access.actor import Actor
from leads.models import Lead
from opportunities.models import Opportunity

SHOWN = 5


def became(actor: Actor, lead: Lead) -> dict[str, Any]:
    """The records a lead is linked to, as far as the reader may see them."""
    linked = (
        ("account", Account, lead.account_id),
        ("contact", Contact, lead.contact_id),
        ("opportunity", Opportunity, lead.opportunity_id),
    )
    found = [
        (key, row)
        for key, model, record_id in linked
        if record_id
        for row in model.objects.visible_to(actor).filter(pk=record_id)
    ]
    return {"found": found, "is_open": lead.state == Lead.State.OPEN}


def leads_of_account(actor: Actor, account: Account) -> dict[str, Any] | None:
    return _leads(actor, account_id=account.pk)


def leads_of_opportunity(actor: Actor, opportunity: Opportunity) -> dict[str, Any] | None:
    """The lead it came from, and those that joined it later."""
    return _leads(actor, opportunity_id=opportunity.pk)


def _leads(actor: Actor, **link: int) -> dict[str, Any] | None:
    rows = Lead.objects.visible_to(actor).filter(**link).defer("search_text")
    found = list(rows.recent_first()[:SHOWN])
    return {"leads": found} if found else None
