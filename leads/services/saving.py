from collections.abc import Mapping
from typing import Any

from accounts.services import normalise_name, normalise_reach
from crm.company.currencies import base_currency_code
from leads.models import Lead
from leads.rules import align_reason


def prepare_lead(lead: Lead, changes: Mapping[str, Any]) -> None:
    """Before every save: one way of writing, a currency for amounts, a reason that fits."""
    normalise_reach(lead)
    normalise_name(lead, "topic", "first_name", "last_name", "company")
    has_amount = lead.budget_amount is not None or lead.annual_revenue is not None
    if has_amount and lead.currency_id is None:
        lead.currency_id = base_currency_code()
    align_reason(lead)
