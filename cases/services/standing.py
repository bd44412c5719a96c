"""How a case stands while it is active: status, stage, escalation."""

from cases import rules
from cases.models import Case
from cases.services.locking import lock_case
from crm.access.actor import Actor
from crm.operations import current, journal, operation
from crm.records.services import refuse_stale, save_changed
from crm.registry.registry import registry


@operation
def set_case_reason(
    *, actor: Actor, record_id: int, value: str, version: int | None = None
) -> Case:
    """Gives an active case another status, as the board does by moving its card.

    Locks the case, journals 'case_status'. Raises NotVisible, AccessDenied, RuleViolation, and
    StaleVersion when somebody else gave it another one since `version`.
    """
    case = lock_case(actor=actor, record_id=record_id)
    rules.refuse_unless_active(case)
    rules.refuse_open_reason(value)
    if case.reason == value:
        return case
    refuse_stale(case, version, fields={"reason"})
    old = {"reason": case.reason}
    case.reason = value
    save_changed(registry.get("case"), case, old)
    journal("case_status", case, to=value)
    return case


@operation
def move_case_stage(
    *, actor: Actor, record_id: int, value: str, version: int | None = None
) -> Case:
    """Moves an active case to a stage of the process. Journals 'case_stage'. Raises as above."""
    case = lock_case(actor=actor, record_id=record_id)
    rules.refuse_unless_active(case)
    rules.refuse_stage(value)
    if case.stage == value:
        return case
    refuse_stale(case, version, fields={"stage"})
    old = {"stage": case.stage}
    case.stage = value
    save_changed(registry.get("case"), case, old)
    journal("case_stage", case, to=value)
    return case


@operation
def escalate_case(
    *, actor: Actor, record_id: int, version: int | None = None, note: str = ""
) -> Case:
    """Marks a case as one that needs more than its agent; queues show it first.

    Locks the case, journals 'case_escalated'. Raises NotVisible, AccessDenied, RuleViolation.
    """
    case = lock_case(actor=actor, record_id=record_id, version=version)
    rules.refuse_escalated(case)
    case.is_escalated, case.escalated_at = True, current().at
    save_changed(registry.get("case"), case, {"is_escalated": False, "escalated_at": None})
    journal("case_escalated", case, note=note.strip())
    return case


@operation
def calm_case(*, actor: Actor, record_id: int, version: int | None = None) -> Case:
    """Takes the escalation back. Journals 'case_calmed'. Raises as `escalate_case`."""
    case = lock_case(actor=actor, record_id=record_id, version=version)
    rules.refuse_calm(case)
    old = {"is_escalated": True, "escalated_at": case.escalated_at}
    case.is_escalated, case.escalated_at = False, None
    save_changed(registry.get("case"), case, old)
    journal("case_calmed", case)
    return case
