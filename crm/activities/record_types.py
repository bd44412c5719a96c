"""Activities, the kernel's own record type."""

from django.utils.translation import gettext_lazy as _

from crm.activities.panels import about
from crm.activities.services import prepare_activity
from crm.models import Activity
from crm.models.levels import Privilege
from crm.registry.declaration import (
    STANDARD_FEATURES,
    Action,
    Area,
    Chart,
    Colour,
    Column,
    ColumnKind,
    Deadline,
    Feature,
    Group,
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
from crm.registry.standard import all_records

State = Activity.State


DUE = Column(
    name="due_at",
    deadline=Deadline(field="state", values=frozenset({State.OPEN})),
)

registry.register(
    RecordType(
        model=Activity,
        slug="activities",
        icon="square-check",
        colour=Colour.ACTIVITY,
        places=tuple(
            Place(area=area, group=Group.WORK, order=20)
            for area in (Area.SALES, Area.SERVICE, Area.MARKETING)
        ),
        form="crm.activities.forms.ActivityForm",
        create="crm.activities.services.create_activity",
        title="subject",
        features=STANDARD_FEATURES - {Feature.IMPORT, Feature.TIMELINE},
        status=Status(
            field="state",
            tones={
                State.OPEN: (Tone.ACCENT, "circle-dot"),
                State.COMPLETED: (Tone.GOOD, "circle-check"),
                State.CANCELED: (Tone.NEUTRAL, "circle-x"),
            },
            closed=frozenset({State.COMPLETED, State.CANCELED}),
        ),
        key_fields=(
            Column(name="kind"),
            DUE,
            Column(name="priority"),
            Column(name="owner"),
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
            Column(name="subject", kind=ColumnKind.LINK),
            Column(name="kind"),
            Column(name="state", kind=ColumnKind.PILL),
            DUE,
            Column(name="priority", is_wide_only=True),
            Column(name="owner", is_wide_only=True),
            Column(name="done_at", is_default=False),
            Column(name="location", is_default=False),
            Column(name="minutes", is_default=False),
            Column(name="modified_at", is_default=False),
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
                states=(State.OPEN,),
                done=_("Done."),
                works_on_many=True,
            ),
            Action(
                key="reschedule",
                label=_("Another time"),
                icon="calendar-clock",
                service="crm.activities.services.reschedule_activity",
                form="crm.activities.forms.RescheduleForm",
                states=(State.OPEN,),
                done=_("Moved to another time."),
            ),
            Action(
                key="cancel",
                label=_("Cancel"),
                icon="circle-x",
                service="crm.activities.services.cancel_activity",
                states=(State.OPEN,),
                done=_("Canceled."),
            ),
            Action(
                key="reopen",
                label=_("Open again"),
                icon="rotate-ccw",
                service="crm.activities.services.reopen_activity",
                states=(State.COMPLETED, State.CANCELED),
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
