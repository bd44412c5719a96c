"""Columns and views of the list of cases."""

from django.utils.translation import gettext_lazy as _

from crm.labels import singular_lazy
from crm.registry.declaration import Column, ColumnKind, Deadline, NamedView
from crm.registry.standard import all_records

VIEWS = (
    NamedView(
        key="mine",
        label=_("My active %(types)s"),
        select=lambda rows, actor: rows.worked_by(actor),
        sort="priority",
        is_default=True,
    ),
    NamedView(
        key="active",
        label=_("Active %(types)s"),
        select=lambda rows, actor: rows.active(),
        sort="priority",
    ),
    NamedView(
        key="untaken",
        label=_("Waiting, untaken"),
        select=lambda rows, actor: rows.waiting_in_queues(),
        sort="priority",
    ),
    NamedView(
        key="escalated",
        label=_("Escalated"),
        select=lambda rows, actor: rows.escalated(),
        sort="escalated_at",
    ),
    NamedView(
        key="follow-up",
        label=_("Due for follow-up"),
        select=lambda rows, actor: rows.to_follow_up(),
        sort="follow_up_on",
    ),
    NamedView(
        key="resolved",
        label=_("Resolved this week"),
        select=lambda rows, actor: rows.resolved_this_week(),
        sort="-resolved_at",
    ),
    all_records(),
)

COLUMNS = (
    Column(name="title", kind=ColumnKind.LINK),
    Column(name="number", is_wide_only=True),
    Column(name="account"),
    Column(
        name="contact",
        sort="contact__last_name,contact__first_name",
        is_default=False,
    ),
    Column(name="reason", kind=ColumnKind.PILL),
    Column(
        name="priority",
        template="cases/priority.html",
        reads=("is_escalated", "priority"),
    ),
    Column(name="created_at"),
    Column(
        name="queue",
        label=singular_lazy("queue"),
        kind=ColumnKind.RECORD,
        sort="queue_item__queue__name",
        related=("queue_item__queue",),
        reads=("queue_item__queue",),
        is_wide_only=True,
    ),
    Column(
        name="worker",
        label=_("Taken by"),
        kind=ColumnKind.PERSON,
        sort="queue_item__worked_by__name",
        related=("queue_item__worked_by",),
        reads=("queue_item__worked_by",),
        is_default=False,
    ),
    Column(name="owner", is_wide_only=True),
    Column(name="stage", kind=ColumnKind.STAGE, is_default=False),
    Column(name="kind", is_default=False),
    Column(name="severity", is_default=False),
    Column(name="origin", is_default=False),
    Column(name="product", is_default=False),
    Column(
        name="follow_up_on",
        is_default=False,
        deadline=Deadline(field="state", values=frozenset({"active"})),
    ),
    Column(name="is_escalated", is_default=False),
    Column(name="escalated_at", is_default=False),
    Column(name="first_response_at", is_default=False),
    Column(name="resolved_at", is_default=False),
    Column(name="minutes", is_default=False),
    Column(name="billable_minutes", is_default=False),
    Column(name="modified_at", is_default=False),
)
