"""A deal was won by nobody we know: its lead says who it was."""

from typing import Any

from crm.operations import current
from crm.records.services import create_record
from crm.registry.registry import registry
from leads.mapping import account_values, contact_values
from opportunities.events import CustomerWanted


def name_customer(wanted: CustomerWanted) -> None:
    """Uses the records the lead is linked to, else makes them from what it says."""
    lead = wanted.opportunity.originating_lead
    if lead is None:
        return
    wanted.account, wanted.contact = lead.account, lead.contact
    if wanted.account is None and lead.company:
        wanted.account = _make("account", account_values(lead), wanted)
    if wanted.contact is None and lead.last_name:
        values = {**contact_values(lead), "account": wanted.account}
        wanted.contact = _make("contact", values, wanted)


def _make(key: str, values: dict[str, Any], wanted: CustomerWanted) -> Any:
    return create_record(
        actor=current().actor,
        record_type=registry.get(key),
        values={**values, "owner": wanted.opportunity.owner_id},
    )
