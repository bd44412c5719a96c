"""What other apps may hear of: subscribe in the `App` of an app above."""

from dataclasses import dataclass

from accounts.models import Account, Contact


@dataclass(frozen=True, kw_only=True)
class CustomerDeleting:
    """It is about to go to the bin. A subscriber that forbids it raises RuleViolation."""

    customer: Account | Contact
