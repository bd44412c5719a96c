"""Resolving, canceling and taking up again."""

from typing import Any

from django.utils.translation import gettext as _

from cases import rules
from cases.events import CaseCanceled, CaseReactivated, CaseResolved
from cases.models import Case
from cases.services.locking import lock_case
from cases.services.places import place_data, place_of, take_away
from cases.services.planned import cancel_work, lock_open_work
from crm.access.actor import Actor
from crm.activities.services import log_activity
from crm.models import Activity
from crm.operations import current, emit, journal, operation
from crm.records.services import save_changed
from crm.registry.registry import registry

State, Reason = Case.State, Case.Reason


@operation
def resolve_case(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    reason: str = Reason.SOLVED,
    resolution: str = "",
    minutes: int = 0,
    billable_minutes: int = 0,
    cancel_open: bool = False,
) -> Case:
    """Closes a case with what was found; what is still planned is canceled when confirmed.

    The case leaves its queue. Locks the case, its place and its open activities; writes the
    resolution into the timeline; journals 'case_resolved', emits CaseResolved. Raises NotVisible,
    AccessDenied, RuleViolation.
    """
    case = lock_case(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_active(case)
    rules.refuse_resolution(reason)
    rules.refuse_times(minutes, billable_minutes)
    planned = lock_open_work(case)
    if not cancel_open:
        rules.refuse_unconfirmed([activity.subject for activity in planned])
    cancel_work(planned)
    _change(
        case,
        state=State.RESOLVED,
        reason=reason,
        stage=Case.Stage.RESOLVE,
        resolution=resolution.strip(),
        resolved_at=current().at,
        minutes=minutes,
        billable_minutes=billable_minutes,
    )
    _write_down(actor, case)
    journal("case_resolved", case, reason=reason, minutes=minutes, **_leave_queue(case))
    emit(CaseResolved(case=case))
    return case


@operation
def cancel_case(
    *, actor: Actor, record_id: int, version: int | None = None, note: str = ""
) -> Case:
    """Closes a case that needs no answer any more; refused while something is planned.

    Locks the case and its place, journals 'case_canceled', emits CaseCanceled. Raises NotVisible,
    AccessDenied, RuleViolation.
    """
    case = lock_case(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_active(case)
    rules.refuse_open_work([activity.subject for activity in lock_open_work(case)])
    _change(case, state=State.CANCELED, reason=Reason.CANCELED)
    journal("case_canceled", case, note=note.strip(), **_leave_queue(case))
    emit(CaseCanceled(case=case))
    return case


@operation
def reactivate_case(
    *, actor: Actor, record_id: int, version: int | None = None, note: str = ""
) -> Case:
    """Takes a closed case up again; earlier resolutions stay in its timeline.

    What it took of an allotment is given back by whoever subscribes, so this is final: resolve it
    again instead of undoing. Locks the case, journals 'case_reactivated', emits CaseReactivated.
    Raises NotVisible, AccessDenied, RuleViolation.
    """
    case = lock_case(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_closed(case)
    was = Case.State(case.state)
    _change(
        case,
        state=State.ACTIVE,
        reason=Reason.IN_PROGRESS,
        resolution="",
        resolved_at=None,
    )
    journal("case_reactivated", case, note=note.strip(), is_final=True)
    emit(CaseReactivated(case=case, was=was))
    return case


def _change(case: Case, **values: Any) -> None:
    old = {name: getattr(case, name) for name, new in values.items() if getattr(case, name) != new}
    for name in old:
        setattr(case, name, values[name])
    save_changed(registry.get("case"), case, old)


def _leave_queue(case: Case) -> dict[str, Any]:
    before = place_data(place_of(case))
    take_away(case)
    return {"place_before": before, "place_after": None}


def _write_down(actor: Actor, case: Case) -> None:
    log_activity(
        actor=actor,
        regarding=case,
        values={
            "kind": Activity.Kind.NOTE,
            "subject": _("Resolution: %(reason)s") % {"reason": case.get_reason_display()},
            "body": case.resolution,
            "minutes": case.minutes or None,
        },
    )
