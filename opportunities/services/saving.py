"""What every save of an opportunity does, whoever asks for it."""

from collections.abc import Mapping
from typing import Any

from accounts.services import fill_company
from crm.company.currencies import base_currency_code
from crm.operations import Operation, current, emit
from opportunities.events import OpportunitySaved
from opportunities.models import Opportunity
from opportunities.rules import align_with_state, refuse_fractions


def prepare_opportunity(opportunity: Opportunity, changes: Mapping[str, Any]) -> None:
    """Fills in what follows: company, currency, reason, forecast, when the stage began."""
    opportunity.name = " ".join((opportunity.name or "").split())
    fill_company(opportunity, changes)
    if opportunity.currency_id is None:
        opportunity.currency_id = _currency_of_customer(opportunity) or base_currency_code()
    align_with_state(opportunity)
    refuse_fractions(opportunity)
    if opportunity._state.adding or "stage" in changes:
        opportunity.stage_entered_at = current().at


def _currency_of_customer(opportunity: Opportunity) -> str | None:
    account = opportunity.account
    return account.currency_id if account else None


def notify_saved(
    operation: Operation, opportunity: Opportunity, changes: Mapping[str, Any]
) -> None:
    emit(
        OpportunitySaved(
            opportunity=opportunity, changed=frozenset(changes), is_new=opportunity.version == 1
        )
    )
