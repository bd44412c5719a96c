"""How far a deal has come: stages, steps, and a pause."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.operations import journal, operation
from crm.records.services import refuse_stale, save_changed, update_record
from crm.registry.registry import registry
from opportunities import rules
from opportunities.models import Opportunity
from opportunities.process import STEPS
from opportunities.services.locking import lock_opportunity


@operation
def move_stage(
    *,
    actor: Actor,
    record_id: int,
    version: int | None,
    value: str,
    est_close_on: date | None = None,
    estimated_revenue: Decimal | None = None,
) -> Opportunity:
    """Puts an open deal into a stage, filling in what that stage needs when it is given.

    Moving to where it is changes nothing. Locks the deal, journals 'stage_moved'. Raises
    NotVisible, AccessDenied, RuleViolation (with the fields to fill), and StaleVersion when
    somebody else moved it elsewhere since `version`.
    """
    opportunity = lock_opportunity(actor=actor, record_id=record_id)
    rules.refuse_unless_open(opportunity)
    rules.refuse_unknown_stage(value)
    if opportunity.stage == value:
        return opportunity
    refuse_stale(opportunity, version, fields={"stage"})
    old: dict[str, Any] = {"stage": opportunity.stage}
    for name, given in (("est_close_on", est_close_on), ("estimated_revenue", estimated_revenue)):
        if given is not None and given != getattr(opportunity, name):
            old[name] = getattr(opportunity, name)
            setattr(opportunity, name, given)
    rules.refuse_early_stage(opportunity, value)
    opportunity.stage = value
    save_changed(registry.get("opportunity"), opportunity, old)
    journal("stage_moved", opportunity, **{"from": old["stage"], "to": value})
    return opportunity


@operation
def set_step(
    *, actor: Actor, record_id: int, step: str, is_done: bool, version: int | None = None
) -> Opportunity:
    """Ticks or unticks a step of the process; one that is so already stays.

    Raises as `update_record`, RuleViolation, and StaleVersion when somebody else ticked or unticked
    it since `version`.
    """
    if step not in TICKS:
        raise RuleViolation(_("There is no such step."))
    opportunity = lock_opportunity(actor=actor, record_id=record_id)
    if getattr(opportunity, step) != is_done:
        refuse_stale(opportunity, version, fields={step})
    changed: Opportunity = update_record(
        actor=actor,
        record_type=registry.get("opportunity"),
        record_id=record_id,
        version=None,
        values={step: is_done},
    )
    return changed


TICKS = frozenset(step for steps in STEPS.values() for step in steps if step.startswith("has_"))


@operation
def hold_opportunity(
    *, actor: Actor, record_id: int, version: int | None = None, note: str = ""
) -> Opportunity:
    """Sets an open deal aside; it stays in the pipeline. Journals 'put_on_hold'."""
    opportunity = lock_opportunity(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_running(opportunity)
    _give_reason(opportunity, Opportunity.Reason.ON_HOLD)
    journal("put_on_hold", opportunity, note=note.strip())
    return opportunity


@operation
def resume_opportunity(*, actor: Actor, record_id: int, version: int | None = None) -> Opportunity:
    """Takes a deal up again. Journals 'resumed'."""
    opportunity = lock_opportunity(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_on_hold(opportunity)
    _give_reason(opportunity, Opportunity.Reason.IN_PROGRESS)
    journal("resumed", opportunity)
    return opportunity


def _give_reason(opportunity: Opportunity, reason: str) -> None:
    old = {"reason": opportunity.reason}
    opportunity.reason = reason
    save_changed(registry.get("opportunity"), opportunity, old)
