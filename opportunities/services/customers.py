"""What deals have to say about their customers."""

from accounts.events import CustomerDeleting
from accounts.models import Account
from opportunities import rules
from opportunities.models import Opportunity


def keep_customer_of_open_deals(event: CustomerDeleting) -> None:
    """A customer with deals under way stays. Raises RuleViolation."""
    customer = event.customer
    link = {"account_id" if isinstance(customer, Account) else "contact_id": customer.pk}
    rules.refuse_deleting_customer_of(
        Opportunity.objects.alive().open().of_customer(**link).count()
    )
