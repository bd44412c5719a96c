from django.utils.translation import gettext_lazy as _

from crm.labels import plural_lazy
from crm.registry.declaration import (
    Area,
    Board,
    BoardColumn,
    Chart,
    Colour,
    Column,
    ColumnKind,
    DuplicateKey,
    Group,
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
from opportunities.models import Opportunity
from opportunities.panels import (
    customer,
    deals_of_account,
    deals_of_contact,
    decorate_cards,
    process,
    rivals,
)
from opportunities.record_types.actions import ACTIONS
from opportunities.record_types.lists import CLOSING, COLUMNS, NEXT_STEP, VIEWS
from opportunities.services.saving import notify_saved, prepare_opportunity


def _lanes() -> list[BoardColumn]:
    return [
        BoardColumn(value=stage.value, label=stage.label, icon=f"stage-{place}")
        for place, stage in enumerate(Opportunity.Stage, start=1)
    ]


SECTIONS = (
    Section(
        key="deal",
        label=_("Main facts"),
        fields=(
            "name",
            "account",
            "contact",
            "estimated_revenue",
            "currency",
            "est_close_on",
            "owner",
        ),
        is_quick=True,
    ),
    Section(
        key="forecast",
        label=_("Outlook"),
        fields=(
            "probability",
            "forecast",
            "rating",
            "price_list",
            "is_revenue_calculated",
            "engaged_on",
            "campaign",
        ),
    ),
    Section(
        key="qualify",
        label=_("Qualify"),
        fields=(
            "timeframe",
            "budget_amount",
            "budget_status",
            "purchase_process",
            "has_decision_maker",
            "current_situation",
        ),
    ),
    Section(
        key="develop",
        label=_("Develop"),
        fields=(
            "customer_need",
            "pain_points",
            "proposed_solution",
            "has_stakeholders",
            "has_rivals",
        ),
    ),
    Section(
        key="propose",
        label=_("Propose"),
        fields=("has_sales_team", "has_proposal", "has_review", "has_presented"),
    ),
    Section(
        key="close",
        label=_("Close"),
        fields=(
            "has_final_proposal",
            "has_presented_final",
            "decision_on",
            "has_thanked",
            "has_debrief",
        ),
    ),
    Section(
        key="result",
        label=_("Result"),
        fields=("actual_revenue", "closed_on", "lost_to", "originating_lead"),
    ),
    Section(key="more", label=_("More"), fields=("description",)),
)

PANELS = (
    Panel(
        key="process",
        label=_("Sales process"),
        template="opportunities/panels/process.html",
        load=process,
        place=PanelPlace.TOP,
        order=10,
    ),
    Panel(
        key="customer",
        label=_("Customer"),
        template="accounts/panels/customer.html",
        load=customer,
        order=10,
    ),
    Panel(
        key="rivals",
        label=plural_lazy("competitor"),
        template="opportunities/panels/rivals.html",
        load=rivals,
        reads="competitor",
        order=70,
    ),
)

for key, load in (("account", deals_of_account), ("contact", deals_of_contact)):
    registry.add_panel(
        key,
        Panel(
            key="deals",
            label=plural_lazy("opportunity"),
            template="opportunities/panels/deals.html",
            load=load,
            reads="opportunity",
            order=15,
        ),
    )

registry.register(
    RecordType(
        model=Opportunity,
        slug="opportunities",
        icon="target",
        colour=Colour.OPPORTUNITY,
        number="number",
        places=(
            Place(area=Area.SALES, group=Group.SALES, order=20),
            Place(area=Area.MARKETING, group=Group.SALES, order=20),
        ),
        form="opportunities.forms.OpportunityForm",
        status=Status(
            field="reason",
            tones={
                "in_progress": (Tone.ACCENT, "circle-dot"),
                "on_hold": (Tone.WARN, "circle-pause"),
                "won": (Tone.GOOD, "trophy"),
                "canceled": (Tone.NEUTRAL, "circle-x"),
                "out_sold": (Tone.NEUTRAL, "swords"),
            },
            closed=frozenset({"won", "canceled", "out_sold"}),
        ),
        subtitle=("account", "number"),
        key_fields=(
            Column(name="estimated_revenue"),
            Column(name="est_close_on", deadline=CLOSING),
            Column(name="probability", kind=ColumnKind.PERCENT),
            Column(name="forecast"),
            Column(name="owner"),
            Column(
                name="next_step_at",
                label=_("Next step"),
                kind=ColumnKind.MOMENT,
                deadline=NEXT_STEP,
                annotate=lambda rows: rows.with_next_step(),
            ),
        ),
        sections=SECTIONS,
        columns=COLUMNS,
        views=VIEWS,
        filters=(
            "state",
            "reason",
            "stage",
            "account",
            "account__industry",
            "contact",
            "estimated_revenue",
            "currency",
            "probability",
            "forecast",
            "rating",
            "est_close_on",
            "closed_on",
            "actual_revenue",
            "timeframe",
            "owner",
            "competitors",
            "campaign",
            "created_at",
            "modified_at",
        ),
        charts=(
            Chart(key="stage", by="stage", total="estimated_revenue", keeps_order=True),
            Chart(key="owner", by="owner", total="estimated_revenue"),
            Chart(
                key="close",
                by="est_close_on",
                total="estimated_revenue",
                stacked_by="stage",
                label=_("Expected revenue over time"),
            ),
            Chart(
                key="won",
                by="closed_on",
                total="actual_revenue",
                only={"state": "won"},
                label=_("Won revenue by close date"),
            ),
            Chart(
                key="forecast",
                by="forecast",
                total="estimated_revenue",
                stacked_by="stage",
                keeps_order=True,
            ),
            Chart(key="account", by="account", total="estimated_revenue"),
            Chart(key="status", by="reason"),
            Chart(key="rating", by="rating", keeps_order=True),
            Chart(key="industry", by="account__industry"),
            Chart(key="campaign", by="campaign"),
            Chart(key="created", by="created_at", label=_("New %(types)s")),
        ),
        actions=ACTIONS,
        board=Board(
            field="stage",
            lanes=_lanes,
            select=lambda rows, actor: rows.open(),
            move="opportunities.services.move_stage",
            card="opportunities/card.html",
            total="estimated_revenue",
            related=("account", "contact", "owner"),
            decorate=decorate_cards,
            ask="stage",
        ),
        duplicates=(DuplicateKey(fields=("name", "account"), reason=_("same topic and customer")),),
        rolls_up_to=("account", "contact"),
        bulk_fields=(
            "forecast",
            "rating",
            "probability",
            "est_close_on",
            "timeframe",
            "budget_status",
        ),
        panels=PANELS,
        rules=Rules(before_save=prepare_opportunity, after_save=notify_saved),
        related=(
            "account",
            "contact",
            "owner",
            "currency",
            "price_list",
            "campaign",
            "lost_to",
            "originating_lead",
        ),
    )
)
