"""Locks in the one order everybody keeps: the account before its deal."""

from accounts.models import Account
from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.records.services import lock_record
from crm.registry.registry import registry
from opportunities.models import Opportunity


def lock_opportunity(*, actor: Actor, record_id: int, version: int | None = None) -> Opportunity:
    """The deal, locked for writing. Raises NotVisible, AccessDenied."""
    found: Opportunity = lock_record(
        actor=actor,
        record_type=registry.get("opportunity"),
        record_id=record_id,
        privilege=Privilege.WRITE,
        version=version,
    )
    return found


def lock_with_account(*, actor: Actor, record_id: int, version: int | None = None) -> Opportunity:
    """As `lock_opportunity`, its account locked first, because closing changes that too."""
    account_id = Opportunity.objects.filter(pk=record_id).values_list("account_id", flat=True)
    accounts = Account.objects.filter(pk__in=list(account_id))
    list(accounts.select_for_update(of=("self",), no_key=True))
    return lock_opportunity(actor=actor, record_id=record_id, version=version)
