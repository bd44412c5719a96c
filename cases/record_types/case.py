from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.panels import (
    active_at_account,
    active_at_contact,
    cases_at,
    cases_of_account,
    cases_of_contact,
    customer,
    no_cases,
    open_at_account,
    open_at_contact,
    open_at_customer,
    open_deals,
    other_cases,
    process,
    resolution,
)
from cases.record_types.actions import ACTIONS
from cases.record_types.lists import COLUMNS, VIEWS
from cases.rules import OPEN_REASONS
from cases.services.creating import notify_saved, prepare_case
from crm.labels import plural_lazy
from crm.registry.declaration import (
    STANDARD_FEATURES,
    Area,
    Board,
    BoardColumn,
    Chart,
    Colour,
    Column,
    DuplicateKey,
    Feature,
    Group,
    Merge,
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

TONES = {
    "in_progress": (Tone.ACCENT, "circle-dot"),
    "on_hold": (Tone.WARN, "circle-pause"),
    "waiting": (Tone.WARN, "message-circle-question-mark"),
    "researching": (Tone.ACCENT, "search"),
    "solved": (Tone.GOOD, "circle-check"),
    "informed": (Tone.GOOD, "circle-check"),
    "canceled": (Tone.NEUTRAL, "circle-x"),
    "merged": (Tone.NEUTRAL, "merge"),
}


def _lanes() -> list[BoardColumn]:
    return [
        BoardColumn(value=reason.value, label=reason.label, icon=TONES[reason.value][1])
        for reason in OPEN_REASONS
    ]


PANELS = (
    Panel(
        key="process",
        label=_("Stages"),
        template="cases/panels/process.html",
        load=process,
        place=PanelPlace.TOP,
        order=10,
    ),
    Panel(
        key="resolution",
        label=_("Resolution"),
        template="cases/panels/resolution.html",
        load=resolution,
        place=PanelPlace.MAIN,
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
        key="other-cases",
        label=_("Their other %(types)s"),
        template="cases/panels/other_cases.html",
        load=other_cases,
        order=40,
    ),
    Panel(
        key="deals",
        label=plural_lazy("opportunity"),
        template="cases/panels/open_deals.html",
        load=open_deals,
        reads="opportunity",
        order=50,
    ),
)

for key, load in (("account", cases_of_account), ("contact", cases_of_contact)):
    registry.add_panel(
        key,
        Panel(
            key="cases",
            label=plural_lazy("case"),
            template="cases/panels/cases.html",
            load=load,
            when=cases_at(key),
            empty=no_cases(key),
            reads="case",
            order=30,
        ),
    )
active_at = {"account": active_at_account, "contact": active_at_contact}
for key, notice in (
    ("account", open_at_account),
    ("contact", open_at_contact),
    ("opportunity", open_at_customer),
):
    registry.add_panel(
        key,
        Panel(
            key="open-cases",
            label=plural_lazy("case"),
            template="cases/panels/open_cases.html",
            load=notice,
            when=active_at.get(key),
            reads="case",
            order=1,
        ),
    )

registry.register(
    RecordType(
        model=Case,
        slug="cases",
        icon="life-buoy",
        colour=Colour.CASE,
        title="title",
        number="number",
        places=(Place(area=Area.SERVICE, group=Group.SERVICE, order=10),),
        form="cases.forms.CaseForm",
        create="cases.services.create_case",
        status=Status(
            field="reason",
            tones=TONES,
            closed=frozenset({"solved", "informed", "canceled", "merged"}),
        ),
        subtitle=("account", "number"),
        key_fields=(
            Column(name="priority", template="cases/priority.html"),
            Column(name="origin"),
            Column(name="kind"),
            Column(name="created_at"),
            Column(name="first_response_at"),
            Column(name="owner"),
        ),
        sections=(
            Section(
                key="case",
                label=_("Main facts"),
                fields=(
                    "title",
                    "account",
                    "contact",
                    "priority",
                    "origin",
                    "kind",
                    "queue",
                    "owner",
                ),
                is_quick=True,
            ),
            Section(
                key="details",
                label=_("Details"),
                fields=("description", "product", "severity", "stage", "follow_up_on"),
            ),
        ),
        columns=COLUMNS,
        views=VIEWS,
        filters=(
            "state",
            "reason",
            "priority",
            "account",
            "account__industry",
            "contact",
            "queue_item__queue",
            "origin",
            "kind",
            "severity",
            "product",
            "stage",
            "is_escalated",
            "follow_up_on",
            "owner",
            "created_at",
            "resolved_at",
        ),
        charts=(
            Chart(key="status", by="reason", keeps_order=True),
            Chart(key="priority", by="priority", keeps_order=True),
            Chart(key="queue", by="queue_item__queue"),
            Chart(
                key="created",
                by="created_at",
                stacked_by="priority",
                label=_("New %(types)s"),
            ),
            Chart(key="resolved", by="resolved_at", label=_("Resolved %(types)s")),
            Chart(key="owner", by="owner"),
            Chart(key="origin", by="origin"),
            Chart(key="kind", by="kind"),
            Chart(key="account", by="account"),
            Chart(key="product", by="product"),
        ),
        actions=ACTIONS,
        board=Board(
            field="reason",
            lanes=_lanes,
            select=lambda rows, actor: rows.active(),
            move="cases.services.set_case_reason",
            card="cases/card.html",
            related=("account", "contact", "owner"),
        ),
        duplicates=(
            DuplicateKey(fields=("title", "account"), reason=_("same title and customer")),
        ),
        features=STANDARD_FEATURES | {Feature.MERGE},
        merge=Merge(retire="cases.services.retire_merged"),
        rolls_up_to=("account", "contact"),
        bulk_fields=("priority", "kind", "severity", "origin", "product", "follow_up_on"),
        import_fields=(
            "title",
            "account",
            "contact",
            "description",
            "priority",
            "kind",
            "origin",
            "severity",
            "product",
            "follow_up_on",
            "owner",
        ),
        panels=PANELS,
        rules=Rules(before_save=prepare_case, after_save=notify_saved),
        related=(
            "account",
            "contact",
            "product",
            "owner",
            "queue_item__queue__owner",
            "queue_item__worked_by",
        ),
    )
)
