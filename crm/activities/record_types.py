"""Activities, the kernel's own record type."""

from django.utils.translation import gettext_lazy as _

from crm.activities.panels import about
from crm.activities.services import prepare_activity
from crm.models import Activity
from crm.models.levels import Privilege
from crm.registry.declaration import (
    STANDARD_FEATURES,
    Action,
    Chart,
    Column,
    Deadline,
    Feature,
    NamedView,
    Panel,
    Place,
    RecordType,
    Rules,
    Section,
    Status,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records

State = Activity.State


def _is_open(activity: Activity) -> bool:
    return activity.state == State.OPEN


DUE = Column(
    name="due_at",
    kind="moment",
    deadline=Deadline(field="state", values=frozenset({State.OPEN})),
)

registry.register(
    RecordType(
        model=Activity,
        slug="activities",
        icon="square-check",
        colour="activity",
        places=tuple(
            Place(area=area, group="work", order=20) for area in ("sales", "service", "marketing")
        ),
        form="crm.activities.forms.ActivityForm",
        create="crm.activities.services.create_activity",
        title="subject",
        features=STANDARD_FEATURES - {Feature.IMPORT, Feature.TIMELINE},
        status=Status(
            field="state",
            tones={
                State.OPEN: ("accent", "circle-dot"),
                State.COMPLETED: ("good", "circle-check"),
                State.CANCELED: ("", "circle-x"),
            },
            closed=frozenset({State.COMPLETED, State.CANCELED}),
        ),
        key_fields=(
            Column(name="kind", kind="choice"),
            DUE,
            Column(name="priority", kind="choice"),
            Column(name="owner", kind="person"),
        ),
        sections=(
            Section(
                key="activity",
                label=_("What is to be done"),
                fields=("kind", "subject", "body", "due_at", "end_at"),
                is_quick=True,
            ),
            Section(
                key="more", label=_("More"), fields=("priority", "minutes", "location", "owner")
            ),
        ),
        columns=(
            Column(name="subject", kind="link"),
            Column(name="kind", kind="choice"),
            Column(name="state", kind="pill"),
            DUE,
            Column(name="priority", kind="choice", is_wide_only=True),
            Column(name="owner", kind="person", is_wide_only=True),
            Column(name="done_at", kind="moment", is_default=False),
            Column(name="location", is_default=False),
            Column(name="minutes", kind="number", is_default=False),
            Column(name="modified_at", kind="moment", is_default=False),
        ),
        views=(
            NamedView(
                key="mine",
                label=_("My open %(types)s"),
                select=lambda rows, actor: rows.planned().owned_by(actor.principal_ids),
                sort="due_at",
                is_default=True,
            ),
            NamedView(
                key="open",
                label=_("Open %(types)s"),
                select=lambda rows, actor: rows.planned(),
                sort="due_at",
            ),
            all_records(sort="-modified_at"),
        ),
        filters=("kind", "state", "priority", "due_at", "owner", "modified_at"),
        charts=(
            Chart(key="kind", by="kind"),
            Chart(key="due", by="due_at"),
            Chart(key="state", by="state", keeps_order=True),
            Chart(key="priority", by="priority", keeps_order=True),
            Chart(key="owner", by="owner"),
        ),
        bulk_fields=("priority", "due_at"),
        rules=Rules(before_save=prepare_activity),
        panels=(Panel(key="about", label=_("About"), template="timeline/about.html", load=about),),
        actions=(
            Action(
                key="complete",
                label=_("Mark as done"),
                icon="check",
                service="crm.activities.services.complete_activity",
                is_primary=True,
                is_shown=_is_open,
                done=_("Done."),
                works_on_many=True,
            ),
            Action(
                key="reschedule",
                label=_("Another time"),
                icon="calendar-clock",
                service="crm.activities.services.reschedule_activity",
                form="crm.activities.forms.RescheduleForm",
                is_shown=_is_open,
                done=_("Moved to another time."),
            ),
            Action(
                key="cancel",
                label=_("Cancel"),
                icon="circle-x",
                service="crm.activities.services.cancel_activity",
                is_shown=_is_open,
                done=_("Canceled."),
            ),
            Action(
                key="reopen",
                label=_("Open again"),
                icon="rotate-ccw",
                service="crm.activities.services.reopen_activity",
                is_shown=lambda activity: not _is_open(activity),
                done=_("Open again."),
            ),
            Action(
                key="send-again",
                label=_("Send again"),
                icon="send",
                privilege=Privilege.WRITE,
                service="crm.activities.services.send_again",
                is_shown=lambda activity: activity.delivery == Activity.Delivery.FAILED,
                done=_("On its way again."),
            ),
        ),
    )
)
