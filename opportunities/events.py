"""What other apps may hear of: subscribe in the `App` of an app above."""

from dataclasses import dataclass

from accounts.models import Account, Contact
from opportunities.models import Opportunity


@dataclass(frozen=True, kw_only=True)
class OpportunityClosing:
    """It is about to be won or lost. A subscriber that forbids it raises RuleViolation."""

    opportunity: Opportunity
    outcome: Opportunity.State


@dataclass(kw_only=True)
class CustomerWanted:
    """A deal was won by nobody we know. A subscriber that knows more fills in who it was."""

    opportunity: Opportunity
    account: Account | None = None
    contact: Contact | None = None


@dataclass(frozen=True, kw_only=True)
class OpportunityWon:
    opportunity: Opportunity


@dataclass(frozen=True, kw_only=True)
class OpportunityLost:
    opportunity: Opportunity


@dataclass(frozen=True, kw_only=True)
class OpportunityReopened:
    opportunity: Opportunity


@dataclass(frozen=True, kw_only=True)
class OpportunitySaved:
    """Somebody created or edited it; `changed` names the fields (all of them when new)."""

    opportunity: Opportunity
    changed: frozenset[str]
    is_new: bool
