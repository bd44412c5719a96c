from django.utils.translation import gettext_lazy as _

from cases.models import Queue
from cases.panels import queue_contents
from cases.services.creating import keep_filled_queue
from crm.models.levels import Privilege
from crm.registry.declaration import (
    Action,
    Area,
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
)
from crm.registry.registry import registry
from crm.registry.standard import all_records

registry.register(
    RecordType(
        model=Queue,
        slug="queues",
        icon="inbox",
        colour=Colour.CASE,
        places=(Place(area=Area.SERVICE, group=Group.SERVICE, order=20),),
        form="cases.forms.QueueForm",
        subtitle=("description",),
        key_fields=(
            Column(name="is_private"),
            Column(name="owner"),
            Column(name="created_at"),
        ),
        sections=(
            Section(
                key="queue",
                label=_("Main facts"),
                fields=("name", "description", "is_private", "owner"),
                is_quick=True,
            ),
        ),
        columns=(
            Column(name="name", kind=ColumnKind.LINK),
            Column(name="description", is_wide_only=True),
            Column(name="is_private"),
            Column(name="owner"),
            Column(name="modified_at", is_default=False),
            Column(name="created_at", is_default=False),
        ),
        views=(
            NamedView(
                key="mine",
                label=_("%(Types)s I work in"),
                select=lambda rows, actor: rows.worked_by(actor),
                sort="name",
                is_default=True,
            ),
            all_records(sort="name"),
        ),
        filters=("is_private", "owner", "created_at", "modified_at"),
        bulk_fields=("is_private",),
        actions=(
            Action(
                key="work",
                label=_("Work in it"),
                icon="zap",
                privilege=Privilege.READ,
                view="cases.views.work_in_queue",
                is_primary=True,
                is_get_only=True,
            ),
            Action(
                key="members",
                label=_("Set the members"),
                icon="users",
                service="cases.services.set_queue_members",
                form="cases.forms.MembersForm",
                done=_("The members are set."),
            ),
        ),
        panels=(
            Panel(
                key="contents",
                label=_("What is waiting"),
                template="cases/panels/queue.html",
                load=queue_contents,
                place=PanelPlace.MAIN,
                reads="case",
            ),
        ),
        rules=Rules(before_delete=keep_filled_queue),
        related=("owner",),
    )
)
