"""The verbs of a case's page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import Case
from crm.models.levels import Privilege
from crm.registry.declaration import Action

ACTIVE = (Case.State.ACTIVE,)
CLOSED = (Case.State.RESOLVED, Case.State.CANCELED)


def _is_not_merged(case: Any) -> bool:
    return bool(case.reason != Case.Reason.MERGED)


def _is_waiting(case: Any) -> bool:
    return case.queue is not None and case.worker is None


def _is_taken(case: Any) -> bool:
    return case.queue is not None and case.worker is not None


def _is_queued(case: Any) -> bool:
    return case.queue is not None


def _is_calm(case: Any) -> bool:
    return not case.is_escalated


def _is_escalated(case: Any) -> bool:
    return bool(case.is_escalated)


# What concerns the queue asks for reading only: the service lets who works in the queue, or
# may assign the case, do it.
ACTIONS = (
    Action(
        key="pick",
        label=_("Pick"),
        icon="hand",
        privilege=Privilege.READ,
        service="cases.services.pick_case",
        is_primary=True,
        states=ACTIVE,
        is_shown=_is_waiting,
        done=_("It is yours now."),
        order=5,
    ),
    Action(
        key="resolve",
        label=_("Resolve"),
        icon="circle-check",
        service="cases.services.resolve_case",
        form="cases.forms.ResolveForm",
        is_primary=True,
        states=ACTIVE,
        done=_("Resolved."),
        order=10,
    ),
    Action(
        key="route",
        label=_("Route"),
        icon="arrow-right-left",
        privilege=Privilege.READ,
        service="cases.services.route_case",
        form="cases.forms.RouteForm",
        states=ACTIVE,
        done=_("Passed on."),
        order=20,
    ),
    Action(
        key="release",
        label=_("Give back, unassigned"),
        icon="undo-2",
        privilege=Privilege.READ,
        service="cases.services.release_case",
        states=ACTIVE,
        is_shown=_is_taken,
        done=_("Given back."),
        order=25,
    ),
    Action(
        key="unqueue",
        label=_("Stop queueing"),
        icon="inbox",
        privilege=Privilege.READ,
        service="cases.services.unqueue_case",
        states=ACTIVE,
        is_shown=_is_queued,
        done=_("No longer queued."),
        order=30,
    ),
    Action(
        key="status",
        label=_("Set the status"),
        icon="circle-dot",
        service="cases.services.set_case_reason",
        form="cases.forms.StatusForm",
        states=ACTIVE,
        done=_("The status is changed."),
        order=35,
    ),
    Action(
        key="stage",
        label=_("Move to another stage"),
        icon="arrow-right",
        service="cases.services.move_case_stage",
        form="cases.forms.StageForm",
        is_offered_elsewhere=True,
        done=_("The stage is changed."),
        order=40,
    ),
    Action(
        key="escalate",
        label=_("Escalate"),
        icon="siren",
        service="cases.services.escalate_case",
        form="cases.forms.EscalateForm",
        states=ACTIVE,
        is_shown=_is_calm,
        done=_("Escalated."),
        order=45,
    ),
    Action(
        key="calm",
        label=_("Take the escalation back"),
        icon="siren",
        service="cases.services.calm_case",
        states=ACTIVE,
        is_shown=_is_escalated,
        done=_("No longer escalated."),
        order=45,
    ),
    Action(
        key="cancel",
        label=_("Cancel %(type)s"),
        icon="circle-x",
        service="cases.services.cancel_case",
        form="cases.forms.CancelForm",
        states=ACTIVE,
        done=_("Canceled."),
        order=60,
    ),
    Action(
        key="reactivate",
        label=_("Reopen"),
        icon="rotate-ccw",
        service="cases.services.reactivate_case",
        form="cases.forms.ReactivateForm",
        is_primary=True,
        states=CLOSED,
        is_shown=_is_not_merged,
        done=_("Active again."),
        order=10,
    ),
)
