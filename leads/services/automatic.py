"""Qualifying without being asked about each record: many rows at once, or an API."""

from dataclasses import replace

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import NotVisible, RuleViolation
from crm.operations import operation
from crm.records.services import refuse_stale
from leads import rules
from leads.models import Lead
from leads.plans import Choice, Plan, Step
from leads.services.qualifying import qualify_lead
from leads.suggestions import Candidate, Suggestions, default_plan, lookalikes, suggest

LEAVE, USE, CREATE = "leave", "use", "create"


@operation
def qualify_automatically(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    lookalike: str = LEAVE,
    with_opportunity: bool = True,
) -> Lead:
    """Qualifies a lead by the plan we would propose.

    `lookalike` says what happens when something looks very much like an existing record:
    leave the lead open, use the record, or create a new one. Raises as `qualify_lead`.
    """
    lead = Lead.objects.visible_to(actor).filter(pk=record_id).first()
    if lead is None:
        raise NotVisible
    rules.refuse_unless_open(lead)
    refuse_stale(lead, version)
    found = suggest(actor, lead)
    plan = _decide(lead, found, lookalike)
    if not with_opportunity:
        plan = replace(plan, opportunity=Step.skip())
    return qualify_lead(actor=actor, lead_id=lead.pk, version=lead.version, plan=plan).lead


def _decide(lead: Lead, found: Suggestions, lookalike: str) -> Plan:
    plan = default_plan(lead, found)
    alike = lookalikes(found)
    if alike and lookalike == LEAVE:
        raise RuleViolation(
            _("It looks like “%(title)s”. Qualify it by itself and choose.")
            % {"title": alike[0].record}
        )
    return _all_new(lead, plan, found) if lookalike == CREATE else plan


def _all_new(lead: Lead, plan: Plan, found: Suggestions) -> Plan:
    """As proposed, but only records linked to the lead by hand are used."""
    return replace(
        plan,
        account=_new(plan.account, found.account, may_create=bool(lead.company)),
        contact=_new(plan.contact, found.contact, may_create=bool(lead.last_name)),
    )


def _new(step: Step, candidates: tuple[Candidate, ...], *, may_create: bool) -> Step:
    if step.choice is not Choice.USE or candidates[0].is_known:
        return step
    return Step.create() if may_create else Step.skip()
