"""What other apps may hear of: subscribe in the `App` of an app above."""

from dataclasses import dataclass

from accounts.models import Account, Contact
from leads.models import Lead
from opportunities.models import Opportunity


@dataclass(frozen=True, kw_only=True)
class LeadQualified:
    lead: Lead
    account: Account | None
    contact: Contact | None
    opportunity: Opportunity | None


@dataclass(frozen=True, kw_only=True)
class LeadDisqualified:
    lead: Lead


@dataclass(frozen=True, kw_only=True)
class LeadReopened:
    """It was reactivated, or its qualification was taken back."""

    lead: Lead
