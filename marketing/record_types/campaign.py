from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.labels import plural_lazy
from crm.models.levels import Privilege
from crm.registry.declaration import (
    Action,
    Chart,
    Column,
    NamedView,
    Panel,
    Place,
    RecordType,
    Rules,
    Section,
    Status,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records, my_records
from marketing.models import Campaign
from marketing.panels import activities_of, lists_of, responses_of, results_of
from marketing.services.saving import keep_campaign, prepare_campaign

State = Campaign.State


def _in(*states: str) -> Any:
    return lambda campaign: campaign.state in states


ACTIONS = (
    Action(
        key="launch",
        label=_("Launch"),
        icon="rocket",
        service="marketing.services.launch_campaign",
        is_primary=True,
        is_shown=_in(State.PROPOSED, State.READY),
        done=_("Launched."),
        order=10,
    ),
    Action(
        key="resume",
        label=_("Take up again"),
        icon="circle-play",
        service="marketing.services.launch_campaign",
        is_primary=True,
        is_shown=_in(State.SUSPENDED),
        done=_("Under way again. Mailings that were paused wait until you resume them."),
        order=10,
    ),
    Action(
        key="complete",
        label=_("Complete"),
        icon="circle-check",
        service="marketing.services.complete_campaign",
        is_shown=_in(State.LAUNCHED, State.SUSPENDED),
        done=_("Completed."),
        order=20,
    ),
    Action(
        key="ready",
        label=_("Ready to launch"),
        icon="clipboard-check",
        service="marketing.services.mark_ready",
        is_shown=_in(State.PROPOSED),
        done=_("Ready to launch."),
        order=20,
    ),
    Action(
        key="suspend",
        label=_("Suspend"),
        icon="circle-pause",
        service="marketing.services.suspend_campaign",
        is_shown=_in(State.LAUNCHED),
        done=_("Suspended. What was being sent is paused."),
        order=30,
    ),
    Action(
        key="cancel",
        label=_("Call off"),
        icon="ban",
        service="marketing.services.cancel_campaign",
        is_shown=_in(State.PROPOSED, State.READY, State.LAUNCHED, State.SUSPENDED),
        done=_("Called off."),
        order=40,
    ),
    Action(
        key="reopen",
        label=_("Reopen"),
        icon="rotate-ccw",
        service="marketing.services.reopen_campaign",
        is_shown=_in(State.COMPLETED, State.CANCELED),
        done=_("Open again."),
        order=20,
    ),
    Action(
        key="add-list",
        label=plural_lazy("marketinglist"),
        icon="list-plus",
        privilege=Privilege.APPEND,
        service="marketing.services.add_list",
        form="marketing.forms.AddListForm",
        is_shown=lambda campaign: False,
        done=_("Added."),
    ),
    Action(
        key="remove-list",
        label=plural_lazy("marketinglist"),
        icon="x",
        privilege=Privilege.APPEND,
        view="marketing.views.lists.remove_from_campaign",
        is_shown=lambda campaign: False,
    ),
)

registry.register(
    RecordType(
        model=Campaign,
        slug="campaigns",
        icon="megaphone",
        colour="campaign",
        number="number",
        places=(Place(area="marketing", group="marketing", order=10),),
        form="marketing.forms.CampaignForm",
        subtitle=("number", "kind"),
        status=Status(
            field="state",
            tones={
                "proposed": ("", "circle-dashed"),
                "ready": ("accent", "circle-dot"),
                "launched": ("accent", "rocket"),
                "completed": ("good", "circle-check"),
                "canceled": ("", "ban"),
                "suspended": ("warn", "circle-pause"),
            },
            closed=frozenset({"completed", "canceled"}),
        ),
        key_fields=(
            Column(name="proposed_start_on", kind="date"),
            Column(name="proposed_end_on", kind="date"),
            Column(name="budget", kind="money"),
            Column(name="expected_response", kind="percent"),
            Column(name="owner", kind="person", related=("owner",)),
        ),
        sections=(
            Section(
                key="main",
                label=_("Main facts"),
                fields=("name", "kind", "proposed_start_on", "proposed_end_on", "owner"),
                is_quick=True,
            ),
            Section(key="offer", label=_("Offer"), fields=("offer", "description")),
            Section(
                key="money",
                label=_("Budget and expectations"),
                fields=(
                    "budget",
                    "misc_costs",
                    "estimated_revenue",
                    "currency",
                    "expected_response",
                ),
            ),
            Section(
                key="dates", label=_("What happened"), fields=("actual_start_on", "actual_end_on")
            ),
        ),
        columns=(
            Column(name="name", kind="link"),
            Column(name="number", is_wide_only=True),
            Column(name="kind", kind="choice", is_wide_only=True),
            Column(name="state", kind="pill"),
            Column(name="proposed_start_on", kind="date"),
            Column(name="proposed_end_on", kind="date", is_wide_only=True),
            Column(name="actual_start_on", kind="date", is_default=False),
            Column(name="actual_end_on", kind="date", is_default=False),
            Column(name="budget", kind="money"),
            Column(name="misc_costs", kind="money", is_default=False),
            Column(name="estimated_revenue", kind="money", is_default=False),
            Column(name="expected_response", kind="percent", is_default=False),
            Column(name="owner", kind="person", related=("owner",)),
            Column(name="created_at", kind="moment", is_default=False),
            Column(name="modified_at", kind="moment", is_default=False),
        ),
        views=(
            NamedView(
                key="under-way",
                label=_("Planned and running"),
                select=lambda rows, actor: rows.under_way(),
                is_default=True,
            ),
            my_records(),
            NamedView(
                key="launched",
                label=_("Launched"),
                select=lambda rows, actor: rows.launched(),
            ),
            NamedView(
                key="over",
                label=_("Completed and canceled"),
                select=lambda rows, actor: rows.over(),
            ),
            all_records(),
        ),
        filters=(
            "state",
            "kind",
            "proposed_start_on",
            "proposed_end_on",
            "actual_start_on",
            "budget",
            "currency",
            "owner",
            "created_at",
            "modified_at",
        ),
        charts=(
            Chart(key="state", by="state", keeps_order=True),
            Chart(key="kind", by="kind"),
            Chart(key="budget", by="kind", total="budget"),
            Chart(key="start", by="proposed_start_on"),
            Chart(key="owner", by="owner"),
        ),
        actions=ACTIONS,
        panels=(
            Panel(
                key="activities",
                label=plural_lazy("campaignactivity"),
                template="marketing/panels/activities.html",
                load=activities_of,
                place="main",
                order=10,
                reads="campaignactivity",
            ),
            Panel(
                key="lists",
                label=plural_lazy("marketinglist"),
                template="marketing/panels/lists.html",
                load=lists_of,
                order=20,
                reads="marketinglist",
            ),
            Panel(
                key="responses",
                label=plural_lazy("campaignresponse"),
                template="marketing/panels/responses.html",
                load=responses_of,
                order=30,
                reads="campaignresponse",
            ),
            Panel(
                key="results",
                label=_("Results"),
                template="marketing/panels/results.html",
                load=results_of,
                place="tab",
                icon="chart-column",
            ),
        ),
        rules=Rules(before_save=prepare_campaign, before_delete=keep_campaign),
        bulk_fields=("kind", "proposed_start_on", "proposed_end_on", "owner"),
        related=("owner", "currency"),
    )
)
