from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models.levels import Privilege
from crm.registry.declaration import (
    Action,
    Area,
    Chart,
    Colour,
    Column,
    ColumnKind,
    Group,
    NamedView,
    Panel,
    PanelPlace,
    Place,
    RecordType,
    Rules,
    Section,
    Status,
    Tone,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records, my_records
from marketing.models import CampaignActivity
from marketing.panels import mailing_of
from marketing.services.saving import keep_activity, prepare_activity

State = CampaignActivity.State


def _is_mailing(activity: Any) -> bool:
    return bool(activity.is_mailing)


def _is_other(activity: Any) -> bool:
    return not activity.is_mailing


MAILING = (
    Action(
        key="audience",
        label=_("Prepare the mailing"),
        icon="users",
        view="marketing.views.audience.choose",
        is_primary=True,
        states=(State.PROPOSED,),
        is_shown=_is_mailing,
        order=10,
    ),
    Action(
        key="live",
        label=_("Show the mailing"),
        icon="send",
        privilege=Privilege.READ,
        view="marketing.views.live.live",
        is_get_only=True,
        is_primary=True,
        states=(State.RUNNING, State.PAUSED, State.COMPLETED, State.CANCELED),
        is_shown=_is_mailing,
        order=10,
    ),
    Action(
        key="content",
        label=_("Content"),
        icon="pencil",
        view="marketing.views.content.write",
        is_offered_elsewhere=True,
    ),
    Action(
        key="preview",
        label=_("Preview"),
        icon="eye",
        privilege=Privilege.READ,
        view="marketing.views.content.preview",
        is_get_only=True,
        is_shown=_is_mailing,
        order=20,
    ),
    Action(
        key="preview-frame",
        label=_("Preview"),
        icon="eye",
        privilege=Privilege.READ,
        view="marketing.views.content.preview_frame",
        is_get_only=True,
        is_offered_elsewhere=True,
    ),
    Action(
        key="test",
        label=_("Send a test"),
        icon="flask-conical",
        view="marketing.views.content.try_out",
        is_offered_elsewhere=True,
    ),
    Action(
        key="review",
        label=_("Review and launch"),
        icon="rocket",
        view="marketing.views.review.review",
        is_offered_elsewhere=True,
    ),
    Action(
        key="recipients",
        label=_("Recipients"),
        icon="users",
        privilege=Privilege.READ,
        view="marketing.views.live.recipients",
        is_get_only=True,
        is_offered_elsewhere=True,
    ),
    Action(
        key="settle",
        label=_("Decide about unknown ones"),
        icon="circle-question-mark",
        view="marketing.views.live.decide_unknown",
        is_offered_elsewhere=True,
    ),
    Action(
        key="pause",
        label=_("Pause"),
        icon="pause",
        service="marketing.services.pause_mailing",
        states=(State.RUNNING,),
        is_shown=_is_mailing,
        done=_("Paused. Nothing more leaves until you resume."),
        order=30,
    ),
    Action(
        key="resume",
        label=_("Resume"),
        icon="play",
        service="marketing.services.resume_mailing",
        states=(State.PAUSED,),
        is_shown=_is_mailing,
        done=_("Sending again."),
        order=30,
    ),
    Action(
        key="rate",
        label=_("Change the rate"),
        icon="gauge",
        service="marketing.services.change_rate",
        form="marketing.forms.RateForm",
        states=(State.RUNNING, State.PAUSED),
        is_shown=_is_mailing,
        done=_("The new rate applies from the next batch."),
        order=40,
    ),
    Action(
        key="cancel",
        label=_("Cancel the rest"),
        icon="ban",
        service="marketing.services.cancel_mailing",
        is_dangerous=True,
        states=(State.PROPOSED, State.RUNNING, State.PAUSED),
        is_shown=_is_mailing,
        done=_("Canceled. Whoever was still waiting gets nothing."),
        order=50,
    ),
)

OTHER = (
    Action(
        key="start",
        label=_("Start"),
        icon="play",
        service="marketing.services.start_activity",
        is_primary=True,
        states=(State.PROPOSED,),
        is_shown=_is_other,
        done=_("Started."),
        order=10,
    ),
    Action(
        key="complete",
        label=_("Complete"),
        icon="circle-check",
        service="marketing.services.complete_activity",
        states=(State.PROPOSED, State.RUNNING),
        is_shown=_is_other,
        done=_("Completed."),
        order=20,
    ),
    Action(
        key="call-off",
        label=_("Call off"),
        icon="ban",
        service="marketing.services.cancel_activity",
        states=(State.PROPOSED, State.RUNNING),
        is_shown=_is_other,
        done=_("Called off."),
        order=30,
    ),
    Action(
        key="reopen",
        label=_("Reopen"),
        icon="rotate-ccw",
        service="marketing.services.reopen_activity",
        states=(State.COMPLETED, State.CANCELED),
        is_shown=_is_other,
        done=_("Open again."),
        order=40,
    ),
)

registry.register(
    RecordType(
        model=CampaignActivity,
        slug="campaign-activities",
        icon="send",
        colour=Colour.CAMPAIGN,
        places=(Place(area=Area.MARKETING, group=Group.MARKETING, order=30),),
        form="marketing.forms.CampaignActivityForm",
        subtitle=("campaign", "channel"),
        status=Status(
            field="state",
            tones={
                "proposed": (Tone.NEUTRAL, "circle-dashed"),
                "running": (Tone.ACCENT, "loader"),
                "paused": (Tone.WARN, "circle-pause"),
                "completed": (Tone.GOOD, "circle-check"),
                "canceled": (Tone.NEUTRAL, "ban"),
            },
            closed=frozenset({"canceled"}),
        ),
        key_fields=(
            Column(name="campaign"),
            Column(name="channel"),
            Column(name="scheduled_start_on"),
            Column(name="actual_cost"),
            Column(name="owner"),
        ),
        sections=(
            Section(
                key="main",
                label=_("Main facts"),
                fields=("name", "campaign", "channel", "owner"),
                is_quick=True,
            ),
            Section(
                key="plan",
                label=_("Plan and cost"),
                fields=(
                    "scheduled_start_on",
                    "scheduled_end_on",
                    "budget",
                    "actual_cost",
                    "currency",
                ),
            ),
            Section(key="text", label=_("Description"), fields=("description",)),
        ),
        columns=(
            Column(name="name", kind=ColumnKind.LINK),
            Column(name="campaign"),
            Column(name="channel", is_wide_only=True),
            Column(name="state", kind=ColumnKind.PILL),
            Column(name="scheduled_start_on", is_wide_only=True),
            Column(name="scheduled_end_on", is_default=False),
            Column(name="started_at", is_wide_only=True),
            Column(name="ended_at", is_default=False),
            Column(name="budget", is_default=False),
            Column(name="actual_cost"),
            Column(name="owner"),
            Column(name="modified_at", is_default=False),
        ),
        views=(
            all_records(is_default=True),
            my_records(),
            NamedView(
                key="proposed",
                label=_("To be prepared"),
                select=lambda rows, actor: rows.proposed(),
            ),
            NamedView(
                key="running", label=_("In progress"), select=lambda rows, actor: rows.running()
            ),
            NamedView(
                key="completed", label=_("Completed"), select=lambda rows, actor: rows.completed()
            ),
        ),
        filters=(
            "campaign",
            "channel",
            "state",
            "scheduled_start_on",
            "started_at",
            "owner",
            "modified_at",
        ),
        charts=(
            Chart(key="state", by="state", keeps_order=True),
            Chart(key="channel", by="channel"),
            Chart(key="campaign", by="campaign"),
            Chart(key="start", by="scheduled_start_on"),
        ),
        actions=(*MAILING, *OTHER),
        panels=(
            Panel(
                key="mailing",
                label=_("Mailing"),
                template="marketing/panels/mailing.html",
                load=mailing_of,
                place=PanelPlace.TOP,
            ),
        ),
        rules=Rules(before_save=prepare_activity, before_delete=keep_activity),
        rolls_up_to=("campaign",),
        bulk_fields=("scheduled_start_on", "scheduled_end_on", "owner"),
        related=("campaign", "owner", "currency"),
    )
)
