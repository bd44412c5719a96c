"""The verbs of an opportunity's page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.registry.declaration import Action
from opportunities.models import Opportunity

State = Opportunity.State


def _is_running(record: Any) -> bool:
    return bool(record.reason == Opportunity.Reason.IN_PROGRESS)


def _is_on_hold(record: Any) -> bool:
    return bool(record.reason == Opportunity.Reason.ON_HOLD)


ACTIONS = (
    Action(
        key="win",
        label=_("Close as won"),
        icon="trophy",
        service="opportunities.services.win_opportunity",
        form="opportunities.forms.WinForm",
        is_primary=True,
        states=(State.OPEN,),
        done=_("Won."),
        order=10,
    ),
    Action(
        key="lose",
        label=_("Close as lost"),
        icon="circle-x",
        service="opportunities.services.lose_opportunity",
        form="opportunities.forms.LoseForm",
        states=(State.OPEN,),
        done=_("Closed as lost."),
        order=20,
    ),
    Action(
        key="stage",
        label=_("Move to another stage"),
        icon="arrow-right",
        service="opportunities.services.move_stage",
        form="opportunities.forms.StageForm",
        states=(State.OPEN,),
        done=_("The stage is changed."),
        order=40,
    ),
    Action(
        key="hold",
        label=_("Put on hold"),
        icon="circle-pause",
        service="opportunities.services.hold_opportunity",
        form="opportunities.forms.HoldForm",
        is_shown=_is_running,
        done=_("Put on hold."),
        order=50,
    ),
    Action(
        key="resume",
        label=_("Take up again"),
        icon="circle-play",
        service="opportunities.services.resume_opportunity",
        is_shown=_is_on_hold,
        done=_("Taken up again."),
        order=50,
    ),
    Action(
        key="reopen",
        label=_("Reopen"),
        icon="rotate-ccw",
        service="opportunities.services.reopen_opportunity",
        states=(State.WON, State.LOST),
        done=_("Open again."),
        order=10,
    ),
    Action(
        key="step",
        label=_("Tick a step"),
        icon="circle-check",
        view="opportunities.views.tick_step",
        is_offered_elsewhere=True,
    ),
    Action(
        key="add-rival",
        label=_("Add a rival"),
        icon="plus",
        service="opportunities.services.add_competitor",
        form="opportunities.forms.RivalForm",
        is_offered_elsewhere=True,
        done=_("Added."),
    ),
    Action(
        key="drop-rival",
        label=_("Remove a rival"),
        icon="x",
        view="opportunities.views.drop_rival",
        is_offered_elsewhere=True,
    ),
)
