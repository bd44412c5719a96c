"""Winning, losing and reopening."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Account, Contact
from accounts.services import become_customer
from crm.access.actor import Actor
from crm.models import JournalEntry
from crm.operations import current, emit, journal, operation
from crm.records.services import create_record, require_links, save_changed
from crm.registry.registry import registry
from opportunities import rules
from opportunities.events import (
    CustomerWanted,
    OpportunityClosing,
    OpportunityLost,
    OpportunityReopened,
    OpportunityWon,
)
from opportunities.models import Competitor, Opportunity
from opportunities.services.locking import lock_opportunity, lock_with_account

State, Reason = Opportunity.State, Opportunity.Reason

CLOSED_WITH = (
    "state",
    "reason",
    "forecast",
    "probability",
    "actual_revenue",
    "closed_on",
    "lost_to",
    "account",
    "contact",
)


@operation
def win_opportunity(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    actual_revenue: Decimal | None = None,
    closed_on: date | None = None,
    note: str = "",
    company: str = "",
    first_name: str = "",
    last_name: str = "",
) -> Opportunity:
    """Closes a deal as won; its customer is made from the names when it has none yet.

    Locks the account, then the deal. A prospect becomes a customer. Emits OpportunityClosing
    (a subscriber may refuse) and OpportunityWon, journals 'won'. Raises NotVisible,
    AccessDenied, RuleViolation.
    """
    opportunity = lock_with_account(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_open(opportunity)
    revenue = opportunity.estimated_revenue if actual_revenue is None else actual_revenue
    day = _closing_day(closed_on)
    rules.refuse_negative(revenue, "actual_revenue")
    emit(OpportunityClosing(opportunity=opportunity, outcome=State.WON))
    before = _values(opportunity)
    _name_customer(actor, opportunity, company, first_name, last_name)
    opportunity.state, opportunity.closed_on = State.WON, day
    opportunity.actual_revenue = revenue if revenue is not None else Decimal(0)
    _close(actor, opportunity, before)
    journal("won", opportunity, **_told(opportunity, before, note))
    if opportunity.account_id is not None:
        become_customer(account_id=opportunity.account_id, on=day)
    emit(OpportunityWon(opportunity=opportunity))
    return opportunity


@operation
def lose_opportunity(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    reason: str = Reason.CANCELED,
    lost_to: Competitor | None = None,
    closed_on: date | None = None,
    note: str = "",
) -> Opportunity:
    """Closes a deal as lost, with the reason and, where known, the competitor who got it.

    Locks the deal. Emits OpportunityClosing (a subscriber may refuse) and OpportunityLost,
    journals 'lost'. Raises NotVisible, AccessDenied, RuleViolation.
    """
    opportunity = lock_opportunity(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_open(opportunity)
    rules.refuse_loss_reason(reason)
    day = _closing_day(closed_on)
    emit(OpportunityClosing(opportunity=opportunity, outcome=State.LOST))
    before = _values(opportunity)
    opportunity.state, opportunity.reason, opportunity.closed_on = State.LOST, reason, day
    opportunity.lost_to = lost_to
    _close(actor, opportunity, before)
    if lost_to is not None:
        opportunity.competitors.add(lost_to)
    journal("lost", opportunity, **_told(opportunity, before, note))
    emit(OpportunityLost(opportunity=opportunity))
    return opportunity


@operation
def reopen_opportunity(*, actor: Actor, record_id: int, version: int | None = None) -> Opportunity:
    """Opens a closed deal again, with the forecast and probability it had before.

    Actuals are cleared; what was journalled at closing stays. Locks the deal, emits
    OpportunityReopened, journals 'reopened'. Raises NotVisible, AccessDenied, RuleViolation.
    """
    opportunity = lock_opportunity(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_closed(opportunity)
    before = _values(opportunity)
    previous = _before_closing(opportunity)
    opportunity.state, opportunity.reason = State.OPEN, Reason.IN_PROGRESS
    opportunity.forecast = previous.get("forecast", Opportunity.Forecast.PIPELINE)
    opportunity.probability = previous.get("probability", Opportunity.DEFAULT_PROBABILITY)
    rules.align_with_state(opportunity)
    save_changed(registry.get("opportunity"), opportunity, _changes(opportunity, before))
    journal("reopened", opportunity)
    emit(OpportunityReopened(opportunity=opportunity))
    return opportunity


def _closing_day(closed_on: date | None) -> date:
    today = current().at.astimezone(timezone.get_current_timezone()).date()
    if closed_on is None:
        return today
    rules.refuse_future(closed_on, today=today)
    return closed_on


def _values(opportunity: Opportunity) -> dict[str, Any]:
    return {name: opportunity.held(name) for name in CLOSED_WITH}


def _changes(opportunity: Opportunity, before: dict[str, Any]) -> dict[str, Any]:
    after = _values(opportunity)
    return {name: old for name, old in before.items() if after[name] != old}


def _close(actor: Actor, opportunity: Opportunity, before: dict[str, Any]) -> None:
    rules.align_with_state(opportunity)
    changes = _changes(opportunity, before)
    record_type = registry.get("opportunity")
    require_links(actor, record_type, opportunity, changes)
    save_changed(record_type, opportunity, changes)


def _told(opportunity: Opportunity, before: dict[str, Any], note: str) -> dict[str, Any]:
    """What the journal keeps of a closing, so that it can be read and taken back."""
    revenue = opportunity.actual_revenue
    return {
        "reason": opportunity.reason,
        "revenue": None if revenue is None else str(revenue),
        "currency": opportunity.currency_id,
        "closed_on": opportunity.closed_on.isoformat() if opportunity.closed_on else None,
        "competitor": opportunity.lost_to or "",
        "note": note.strip(),
        "before": {"forecast": before["forecast"], "probability": before["probability"]},
    }


def _before_closing(opportunity: Opportunity) -> dict[str, Any]:
    closing = JournalEntry.objects.filter(
        record_type="opportunity", record_id=opportunity.pk, verb__in=("won", "lost")
    )
    last = closing.order_by("-at", "-id").first()
    return last.data.get("before", {}) if last else {}


def _name_customer(
    actor: Actor, opportunity: Opportunity, company: str, first_name: str, last_name: str
) -> None:
    """Somebody buys: the names typed now, else whoever a subscriber knows it to be."""
    if opportunity.account_id is not None or opportunity.contact_id is not None:
        return
    account = _new_account(actor, opportunity, company.strip())
    contact = _new_contact(actor, opportunity, account, first_name.strip(), last_name.strip())
    if account is None and contact is None:
        wanted = CustomerWanted(opportunity=opportunity)
        emit(wanted)
        account, contact = wanted.account, wanted.contact
    if account is None and contact is None:
        rules.refuse_nameless_customer()
    opportunity.account, opportunity.contact = account, contact


def _new_account(actor: Actor, opportunity: Opportunity, company: str) -> Account | None:
    if not company:
        return None
    values = {
        "name": company,
        "owner": opportunity.owner_id,
        "relationship": Account.Relationship.PROSPECT,
        "currency": opportunity.currency_id,
    }
    made: Account = create_record(actor=actor, record_type=registry.get("account"), values=values)
    return made


def _new_contact(
    actor: Actor, opportunity: Opportunity, account: Account | None, first: str, last: str
) -> Contact | None:
    if not last:
        return None
    values = {
        "first_name": first,
        "last_name": last,
        "account": account,
        "owner": opportunity.owner_id,
    }
    made: Contact = create_record(actor=actor, record_type=registry.get("contact"), values=values)
    return made
