"""Leads, declared."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models.address import ADDRESS
from accounts.models.reach import REFUSALS
from crm.labels import plural_lazy
from crm.registry.declaration import (
    STANDARD_FEATURES,
    Action,
    Area,
    Board,
    BoardColumn,
    Chart,
    Colour,
    Column,
    ColumnKind,
    DuplicateKey,
    Feature,
    Group,
    Merge,
    NamedView,
    Panel,
    Place,
    RecordType,
    Rules,
    Section,
    Status,
    Tone,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records, my_open_records
from leads.models import Lead
from leads.panels import (
    became,
    leads_at_account,
    leads_at_opportunity,
    leads_of_account,
    leads_of_opportunity,
)
from leads.rules import OPEN_REASONS
from leads.services.saving import prepare_lead

State, Reason = Lead.State, Lead.Reason


def _is_new(record: Any) -> bool:
    return bool(record.reason == Reason.NEW)


def _lanes() -> list[BoardColumn]:
    icons = {Reason.NEW: "circle", Reason.CONTACTED: "circle-dot"}
    return [
        BoardColumn(value=reason.value, label=reason.label, icon=icons[reason])
        for reason in OPEN_REASONS
    ]


VIEWS = (
    my_open_records(sort="-created_at", is_default=True),
    NamedView(
        key="open",
        label=_("All open %(types)s"),
        select=lambda rows, actor: rows.open(),
        sort="-created_at",
    ),
    NamedView(
        key="new",
        label=_("Not contacted yet"),
        select=lambda rows, actor: rows.untouched(),
        sort="created_at",
    ),
    NamedView(
        key="hot",
        label=_("Hot"),
        select=lambda rows, actor: rows.hot(),
        sort="-created_at",
    ),
    NamedView(
        key="qualified",
        label=_("Qualified"),
        select=lambda rows, actor: rows.qualified(),
        sort="-closed_at",
    ),
    NamedView(
        key="disqualified",
        label=_("Disqualified"),
        select=lambda rows, actor: rows.disqualified(),
        sort="-closed_at",
    ),
    all_records(),
)

COLUMNS = (
    Column(name="name", kind=ColumnKind.LINK),
    Column(name="number", is_default=False),
    Column(name="topic"),
    Column(name="company", is_wide_only=True),
    Column(name="job_title", is_default=False),
    Column(name="reason", kind=ColumnKind.PILL),
    Column(name="rating"),
    Column(name="source", is_wide_only=True),
    Column(name="campaign", is_default=False),
    Column(name="email", is_default=False),
    Column(name="phone", is_default=False),
    Column(name="city", is_default=False),
    Column(name="country", is_default=False),
    Column(name="budget_amount", is_default=False),
    Column(name="timeframe", is_default=False),
    Column(name="owner"),
    Column(name="created_at", is_wide_only=True),
    Column(name="closed_at", is_default=False),
    Column(name="modified_at", is_default=False),
)

SECTIONS = (
    Section(
        key="person",
        label=_("Main facts"),
        fields=(
            "topic",
            "first_name",
            "last_name",
            "company",
            "job_title",
            "email",
            "phone",
            "mobile",
            "source",
            "campaign",
            "rating",
            "owner",
        ),
        is_quick=True,
    ),
    Section(
        key="interest",
        label=_("Interest"),
        fields=(
            "need",
            "budget_amount",
            "currency",
            "budget_status",
            "timeframe",
            "purchase_process",
            "has_decision_maker",
            "description",
        ),
    ),
    Section(
        key="known",
        label=_("Known already as"),
        fields=("account", "contact"),
    ),
    Section(
        key="company",
        label=_("Company"),
        fields=("website", "industry", "annual_revenue", "employees"),
    ),
    Section(key="address", label=_("Address"), fields=ADDRESS),
    Section(key="reach", label=_("How not to reach them"), fields=REFUSALS),
)

ACTIONS = (
    Action(
        key="qualify",
        label=_("Qualify"),
        icon="circle-check",
        view="leads.views.qualify",
        is_primary=True,
        states=(State.OPEN,),
        order=10,
    ),
    Action(
        key="qualify-many",
        label=_("Qualify"),
        icon="circle-check",
        service="leads.services.qualify_automatically",
        form="leads.forms.QualifyManyForm",
        is_offered_elsewhere=True,
        works_on_many=True,
        order=10,
    ),
    Action(
        key="disqualify",
        label=_("Disqualify"),
        icon="circle-x",
        service="leads.services.disqualify_lead",
        form="leads.forms.DisqualifyForm",
        states=(State.OPEN,),
        done=_("Disqualified."),
        order=20,
    ),
    Action(
        key="contacted",
        label=_("Mark as contacted"),
        icon="phone",
        service="leads.services.mark_contacted",
        is_shown=_is_new,
        done=_("Marked as contacted."),
        order=30,
    ),
    Action(
        key="undo-qualification",
        label=_("Undo the qualification"),
        icon="undo-2",
        service="leads.services.undo_qualification",
        states=(State.QUALIFIED,),
        done=_("The qualification is undone."),
        order=20,
    ),
    Action(
        key="reactivate",
        label=_("Reactivate"),
        icon="rotate-ccw",
        service="leads.services.reactivate_lead",
        states=(State.QUALIFIED, State.DISQUALIFIED),
        done=_("Open again."),
        order=30,
    ),
)

registry.register(
    RecordType(
        model=Lead,
        slug="leads",
        icon="sparkles",
        colour=Colour.LEAD,
        number="number",
        places=(
            Place(area=Area.SALES, group=Group.SALES, order=10),
            Place(area=Area.MARKETING, group=Group.SALES, order=10),
        ),
        form="leads.forms.LeadForm",
        status=Status(
            field="reason",
            tones={
                "new": (Tone.ACCENT, "circle"),
                "contacted": (Tone.ACCENT, "circle-dot"),
                "qualified": (Tone.GOOD, "circle-check"),
                "lost": (Tone.NEUTRAL, "circle-x"),
                "cannot_contact": (Tone.NEUTRAL, "phone-off"),
                "no_interest": (Tone.NEUTRAL, "circle-x"),
                "canceled": (Tone.NEUTRAL, "circle-x"),
            },
            closed=frozenset({"qualified", "lost", "cannot_contact", "no_interest", "canceled"}),
        ),
        subtitle=("company", "number"),
        key_fields=(
            Column(name="topic"),
            Column(name="rating"),
            Column(name="source"),
            Column(name="budget_amount"),
            Column(name="owner"),
        ),
        sections=SECTIONS,
        columns=COLUMNS,
        views=VIEWS,
        filters=(
            "state",
            "reason",
            "rating",
            "source",
            "campaign",
            "company",
            "industry",
            "country",
            "city",
            "timeframe",
            "budget_amount",
            "account",
            "contact",
            "owner",
            "created_at",
            "modified_at",
        ),
        charts=(
            Chart(key="source", by="source"),
            Chart(key="status", by="reason", keeps_order=True),
            Chart(
                key="created",
                by="created_at",
                stacked_by="rating",
                label=_("New %(types)s"),
            ),
            Chart(key="rating", by="rating", keeps_order=True),
            Chart(key="owner", by="owner"),
            Chart(key="industry", by="industry"),
            Chart(key="campaign", by="campaign"),
        ),
        actions=ACTIONS,
        board=Board(
            field="reason",
            lanes=_lanes,
            select=lambda rows, actor: rows.open(),
            move="leads.services.move_lead",
            card="leads/card.html",
            related=("owner",),
        ),
        duplicates=(
            DuplicateKey(fields=("email",), reason=_("same e-mail address")),
            DuplicateKey(fields=("last_name", "company"), reason=_("same name and company")),
            DuplicateKey(fields=("mobile",), reason=_("same mobile number")),
            DuplicateKey(fields=("phone",), reason=_("same phone number")),
        ),
        rolls_up_to=("opportunity", "account", "contact"),
        features=STANDARD_FEATURES | {Feature.MERGE},
        merge=Merge(stricter=REFUSALS),
        bulk_fields=("rating", "source", "timeframe", "industry", "country", *REFUSALS),
        rules=Rules(before_save=prepare_lead),
        panels=(
            Panel(
                key="became",
                label=_("Became"),
                template="leads/panels/became.html",
                load=became,
                order=10,
            ),
        ),
        related=("account", "contact", "opportunity", "owner", "currency", "campaign"),
    )
)

registry.add_panel(
    "account",
    Panel(
        key="leads",
        label=plural_lazy("lead"),
        template="leads/panels/leads.html",
        load=leads_of_account,
        when=leads_at_account,
        reads="lead",
        order=50,
    ),
)
registry.add_panel(
    "opportunity",
    Panel(
        key="leads",
        label=plural_lazy("lead"),
        template="leads/panels/leads.html",
        load=leads_of_opportunity,
        when=leads_at_opportunity,
        reads="lead",
        order=60,
    ),
)
