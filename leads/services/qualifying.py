"""Qualification: a lead becomes an account, a contact and an opportunity, or joins them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.models import Account, Contact
from crm.access.actor import Actor
from crm.models import Principal
from crm.models.levels import Privilege
from crm.operations import current, emit, journal, leave_alone, operation
from crm.records.services import (
    create_record,
    lock_record,
    refuse_stale,
    require_links,
    save_changed,
)
from crm.registry.registry import registry
from leads import mapping, rules
from leads.events import LeadQualified
from leads.filling import reason_not_to_fill
from leads.models import Lead
from leads.plans import Choice, Plan, Step
from opportunities.models import Opportunity


@dataclass(frozen=True, kw_only=True)
class Qualification:
    """What came of a lead. `is_repeat` says that it had been qualified before."""

    lead: Lead
    account: Account | None
    contact: Contact | None
    opportunity: Opportunity | None
    created: tuple[str, ...] = ()
    is_repeat: bool = False


@dataclass
class _Making:
    """One qualification while it happens: what exists by now, and what the journal will say."""

    actor: Actor
    lead: Lead
    plan: Plan
    records: dict[str, Any] = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    fillable: set[str] = field(default_factory=set)  # used records that may be written to
    filled: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.records.get(key)


@operation
def qualify_lead(*, actor: Actor, lead_id: int, version: int | None, plan: Plan) -> Qualification:
    """Makes or joins what the plan says, in one transaction, and closes the lead.

    However often and by however many it is posted, the first one counts and the others get its
    result. Locks the records to use, then the lead. Emits LeadQualified, journals 'qualified'
    with all that undoing needs. Raises NotVisible, AccessDenied, RuleViolation.
    """
    rules.refuse_missing_record(plan)
    used = {key: _lock_used(actor, key, step) for key, step in plan.steps()}
    lead = _lock_lead(actor, lead_id)
    if lead.state == Lead.State.QUALIFIED:
        return _earlier_result(actor, lead)
    rules.refuse_unless_open(lead)
    refuse_stale(lead, version)
    rules.refuse_nameless(lead, plan)
    making = _Making(actor=actor, lead=lead, plan=plan)
    making.records = {key: record for key, record in used.items() if record is not None}
    _make_account(making)
    _make_contact(making)
    _make_opportunity(making)
    return _close_lead(making)


def _lock_lead(actor: Actor, lead_id: int) -> Lead:
    found: Lead = lock_record(
        actor=actor,
        record_type=registry.get("lead"),
        record_id=lead_id,
        privilege=Privilege.WRITE,
    )
    return found


def _lock_used(actor: Actor, key: str, step: Step) -> Any:
    if step.choice is not Choice.USE or step.record_id is None:
        return None
    return lock_record(
        actor=actor,
        record_type=registry.get(key),
        record_id=step.record_id,
        privilege=Privilege.APPEND_TO,
    )


def _earlier_result(actor: Actor, lead: Lead) -> Qualification:
    """What the first qualification made, as far as this actor may see it."""
    return Qualification(
        lead=lead,
        account=_visible(actor, Account, lead.account_id),
        contact=_visible(actor, Contact, lead.contact_id),
        opportunity=_visible(actor, Opportunity, lead.opportunity_id),
        is_repeat=True,
    )


def _visible(actor: Actor, model: Any, record_id: int | None) -> Any:
    return model.objects.visible_to(actor).filter(pk=record_id).first() if record_id else None


def _make_account(making: _Making) -> None:
    values = mapping.account_values(making.lead)
    if making.plan.account.choice is Choice.CREATE:
        _create(making, "account", values)
    elif making["account"] is not None:
        _fill(making, "account", values)


def _make_contact(making: _Making) -> None:
    values = mapping.contact_values(making.lead)
    account = making["account"]
    if making.plan.contact.choice is Choice.CREATE:
        _create(making, "contact", {**values, "account": account})
        _lead_new_account_by_contact(making)
    elif making["contact"] is not None:
        moved = {"account": account.pk} if account is not None else {}
        _fill(making, "contact", values, replaced=moved)
        _lead_new_account_by_contact(making)


def _lead_new_account_by_contact(making: _Making) -> None:
    """The person becomes the main person of an account that was made along with it."""
    if "account" in making.created:
        account = making["account"]
        account.primary_contact = making["contact"]
        save_changed(registry.get("account"), account, {"primary_contact": None})


def _make_opportunity(making: _Making) -> None:
    today = timezone.localdate(current().at)
    values = mapping.opportunity_values(making.lead, today=today)
    links = {
        "account": making["account"],
        "contact": making["contact"],
        "originating_lead": making.lead,
    }
    if making.plan.opportunity.choice is Choice.CREATE:
        chosen = dict(making.plan.opportunity.values)
        _create(making, "opportunity", {**values, **links, **chosen})
    elif making["opportunity"] is not None:
        linked = {name: record.pk for name, record in links.items() if record is not None}
        _fill(making, "opportunity", {**values, **linked})
    _carry_campaign(making)


def _carry_campaign(making: _Making) -> None:
    """What brought the lead brought the deal, whether or not the actor may see campaigns."""
    deal, campaign_id = making["opportunity"], making.lead.campaign_id
    if deal is None or campaign_id is None or deal.campaign_id is not None:
        return
    if "opportunity" in making.created or "opportunity" in making.fillable:
        deal.campaign_id = campaign_id
        save_changed(registry.get("opportunity"), deal, {"campaign": None})


def _create(making: _Making, key: str, values: Mapping[str, Any]) -> None:
    record = create_record(
        actor=making.actor,
        record_type=registry.get(key),
        values={**values, "owner": _owner_of(making)},
    )
    making.records[key] = record
    making.created[key] = record.pk


def _owner_of(making: _Making) -> int:
    """Who worked on the lead keeps what comes of it; a team's lead goes to whoever qualifies."""
    lead, actor = making.lead, making.actor
    if lead.owner.kind == Principal.Kind.TEAM and actor.id is not None:
        return actor.id
    return int(lead.owner_id)


def _fill(
    making: _Making,
    key: str,
    values: Mapping[str, Any],
    *,
    replaced: Mapping[str, Any] | None = None,
) -> None:
    """Gives an existing record what it did not know, if the actor may change it at all."""
    record, record_type = making[key], registry.get(key)
    if reason := reason_not_to_fill(making.actor, key, record):
        leave_alone(record, reason)
        return
    making.fillable.add(key)
    wanted = {**mapping.gaps(record, dict(values)), **(replaced or {})}
    old = {}
    for name, value in wanted.items():
        attribute = record._meta.get_field(name).attname
        if getattr(record, attribute) != value:
            old[name] = getattr(record, attribute)
            setattr(record, attribute, value)
    if not old:
        return
    require_links(making.actor, record_type, record, old)
    save_changed(record_type, record, old)
    making.filled[key] = {
        name: [mapping.json_value(before), mapping.json_value(wanted[name])]
        for name, before in old.items()
    }


LINKS = ("account", "contact", "opportunity")


def _close_lead(making: _Making) -> Qualification:
    lead = making.lead
    before = {name: getattr(lead, f"{name}_id") for name in LINKS} | {"reason": lead.reason}
    changes: dict[str, Any] = {
        "state": lead.state,
        "reason": lead.reason,
        "closed_at": lead.closed_at,
    }
    lead.state, lead.reason = Lead.State.QUALIFIED, Lead.Reason.QUALIFIED
    lead.closed_at = current().at
    for name in LINKS:
        if making[name] is not None and making[name].pk != before[name]:
            changes[name] = before[name]
            setattr(lead, name, making[name])
    save_changed(registry.get("lead"), lead, changes)
    used = {key: record.pk for key, record in making.records.items() if key not in making.created}
    journal(
        "qualified",
        lead,
        created=making.created,
        used=used,
        filled=making.filled,
        before=before,
        into=list(making.records.values()),
    )
    made = {name: making[name] for name in LINKS}
    emit(LeadQualified(lead=lead, **made))
    return Qualification(lead=lead, created=tuple(making.created), **made)
