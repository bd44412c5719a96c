"""Leads, declared."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models.address import ADDRESS
from accounts.models.reach import REFUSALS
from crm.labels import plural_lazy
from crm.registry.declaration import (
    STANDARD_FEATURES,
    Action,
    Board,
    BoardColumn,
    Chart,
    Column,
    DuplicateKey,
    Feature,
    Merge,
    NamedView,
    Panel,
    Place,
    RecordType,
    Rules,
    Section,
    Status,
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


def _is_open(record: Any) -> bool:
    return bool(record.state == State.OPEN)


def _is_new(record: Any) -> bool:
    return bool(record.reason == Reason.NEW)


def _is_qualified(record: Any) -> bool:
    return bool(record.state == State.QUALIFIED)


def _is_closed(record: Any) -> bool:
    return bool(record.state != State.OPEN)


def _never(record: Any) -> bool:
    """On one record's page the decision has a page of its own."""
    return False


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
    Column(name="name", kind="link"),
    Column(name="number", is_default=False),
    Column(name="topic"),
    Column(name="company", is_wide_only=True),
    Column(name="job_title", is_default=False),
    Column(name="reason", kind="pill"),
    Column(name="rating", kind="choice"),
    Column(name="source", kind="choice", is_wide_only=True),
    Column(name="campaign", kind="record", related=("campaign",), is_default=False),
    Column(name="email", is_default=False),
    Column(name="phone", is_default=False),
    Column(name="city", is_default=False),
    Column(name="country", kind="choice", is_default=False),
    Column(name="budget_amount", kind="money", is_default=False),
    Column(name="timeframe", kind="choice", is_default=False),
    Column(name="owner", kind="person", related=("owner",)),
    Column(name="created_at", kind="moment", is_wide_only=True),
    Column(name="closed_at", kind="moment", is_default=False),
    Column(name="modified_at", kind="moment", is_default=False),
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
        is_shown=_is_open,
        order=10,
    ),
    Action(
        key="qualify-many",
        label=_("Qualify"),
        icon="circle-check",
        service="leads.services.qualify_automatically",
        form="leads.forms.QualifyManyForm",
        is_shown=_never,
        works_on_many=True,
        order=10,
    ),
    Action(
        key="disqualify",
        label=_("Disqualify"),
        icon="circle-x",
        service="leads.services.disqualify_lead",
        form="leads.forms.DisqualifyForm",
        is_shown=_is_open,
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
        is_shown=_is_qualified,
        done=_("The qualification is undone."),
        order=20,
    ),
    Action(
        key="reactivate",
        label=_("Reactivate"),
        icon="rotate-ccw",
        service="leads.services.reactivate_lead",
        is_shown=_is_closed,
        done=_("Open again."),
        order=30,
    ),
)

registry.register(
    RecordType(
        model=Lead,
        slug="leads",
        icon="sparkles",
        colour="lead",
        number="number",
        places=(
            Place(area="sales", group="sales", order=10),
            Place(area="marketing", group="sales", order=10),
        ),
        form="leads.forms.LeadForm",
        status=Status(
            field="reason",
            tones={
                "new": ("accent", "circle"),
                "contacted": ("accent", "circle-dot"),
                "qualified": ("good", "circle-check"),
                "lost": ("", "circle-x"),
                "cannot_contact": ("", "phone-off"),
                "no_interest": ("", "circle-x"),
                "canceled": ("", "circle-x"),
            },
            closed=frozenset({"qualified", "lost", "cannot_contact", "no_interest", "canceled"}),
        ),
        subtitle=("company", "number"),
        key_fields=(
            Column(name="topic"),
            Column(name="rating", kind="choice"),
            Column(name="source", kind="choice"),
            Column(name="budget_amount", kind="money"),
            Column(name="owner", kind="person", related=("owner",)),
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
