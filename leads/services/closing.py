"""The other ways of a lead: contacted, disqualified, taken up again."""

from collections.abc import Collection
from typing import Any

from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.operations import current, emit, journal, named, operation
from crm.records.services import lock_record, refuse_stale, save_changed
from crm.registry.registry import registry
from leads import rules
from leads.events import LeadDisqualified, LeadReopened
from leads.models import Lead
from opportunities.models import Opportunity


@operation
def disqualify_lead(
    *, actor: Actor, record_id: int, reason: str, note: str = "", version: int | None = None
) -> Lead:
    """Closes a lead that leads nowhere; refused while a deal made from it is there.

    Locks the lead, emits LeadDisqualified, journals 'disqualified'. Raises NotVisible,
    AccessDenied, RuleViolation.
    """
    lead = _lock(actor, record_id, version=version)
    rules.refuse_unless_open(lead)
    rules.refuse_reason(reason)
    rules.refuse_disqualifying_with(named(_living_opportunity(lead)))
    _put(lead, state=Lead.State.DISQUALIFIED, reason=reason, closed_at=current().at)
    journal("disqualified", lead, reason=reason, note=note.strip())
    emit(LeadDisqualified(lead=lead))
    return lead


@operation
def reactivate_lead(*, actor: Actor, record_id: int, version: int | None = None) -> Lead:
    """Opens a closed lead again; the records made from it stay and are offered next time.

    Locks the lead, emits LeadReopened, journals 'reactivated'. Raises NotVisible,
    AccessDenied, RuleViolation.
    """
    lead = _lock(actor, record_id, version=version)
    rules.refuse_unless_closed(lead)
    _put(lead, state=Lead.State.OPEN, reason=Lead.Reason.NEW, closed_at=None)
    journal("reactivated", lead)
    emit(LeadReopened(lead=lead))
    return lead


@operation
def mark_contacted(*, actor: Actor, record_id: int, version: int | None = None) -> Lead:
    """Says that somebody has talked to them. Raises NotVisible, AccessDenied, RuleViolation."""
    return _give_reason(_lock(actor, record_id), version, Lead.Reason.CONTACTED)


@operation
def move_lead(*, actor: Actor, record_id: int, version: int | None, value: str) -> Lead:
    """Gives an open lead one of the open statuses; the one it has changes nothing.

    Locks the lead. Raises NotVisible, AccessDenied, RuleViolation, and StaleVersion when somebody
    else gave it another one since `version`.
    """
    return _give_reason(_lock(actor, record_id), version, value, fields={"reason"})


def _give_reason(
    lead: Lead, version: int | None, value: str, *, fields: Collection[str] = ()
) -> Lead:
    rules.refuse_unless_open(lead)
    rules.refuse_open_reason(value)
    if lead.reason != value:
        refuse_stale(lead, version, fields=fields)
        _put(lead, reason=value)
    return lead


def _lock(actor: Actor, record_id: int, *, version: int | None = None) -> Lead:
    found: Lead = lock_record(
        actor=actor,
        record_type=registry.get("lead"),
        record_id=record_id,
        privilege=Privilege.WRITE,
        version=version,
    )
    return found


def _put(lead: Lead, **values: Any) -> None:
    old = {name: getattr(lead, name) for name in values}
    for name, value in values.items():
        setattr(lead, name, value)
    save_changed(registry.get("lead"), lead, old)


def _living_opportunity(lead: Lead) -> Opportunity | None:
    return Opportunity.objects.alive().filter(originating_lead=lead).first()
