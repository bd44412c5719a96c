"""Columns and views of the list of opportunities."""

from django.utils.translation import gettext_lazy as _

from crm.registry.declaration import Column, ColumnKind, Deadline, NamedView
from crm.registry.standard import all_records, my_open_records

VIEWS = (
    my_open_records(sort="est_close_on", is_default=True),
    NamedView(
        key="open",
        label=_("All open %(types)s"),
        select=lambda rows, actor: rows.open(),
        sort="est_close_on",
    ),
    NamedView(
        key="closing",
        label=_("Closing this month"),
        select=lambda rows, actor: rows.closing_this_month(),
        sort="est_close_on",
    ),
    NamedView(
        key="overdue",
        label=_("Past their close date"),
        select=lambda rows, actor: rows.overdue(),
        sort="est_close_on",
    ),
    NamedView(
        key="idle",
        label=_("Without next step"),
        select=lambda rows, actor: rows.without_next_step(),
        sort="est_close_on",
    ),
    NamedView(
        key="won",
        label=_("Won this year"),
        select=lambda rows, actor: rows.won_this_year(),
        sort="-closed_on",
    ),
    NamedView(
        key="lost",
        label=_("Lost"),
        select=lambda rows, actor: rows.lost(),
        sort="-closed_on",
    ),
    all_records(),
)

OPEN = frozenset({"open"})
CLOSING = Deadline(field="state", values=OPEN)
NEXT_STEP = Deadline(field="state", values=OPEN, missing=_("No next step"))

COLUMNS = (
    Column(name="name", kind=ColumnKind.LINK),
    Column(name="number", is_default=False),
    Column(name="account"),
    Column(name="contact", is_default=False),
    Column(name="stage", kind=ColumnKind.STAGE),
    Column(name="estimated_revenue"),
    Column(name="probability", kind=ColumnKind.PERCENT, is_wide_only=True),
    Column(name="forecast", is_wide_only=True),
    Column(name="est_close_on", deadline=CLOSING),
    Column(
        name="next_step_at",
        label=_("Next step"),
        kind=ColumnKind.MOMENT,
        deadline=NEXT_STEP,
        annotate=lambda rows: rows.with_next_step(),
        is_wide_only=True,
    ),
    Column(name="owner"),
    Column(name="reason", kind=ColumnKind.PILL, is_default=False),
    Column(name="rating", is_default=False),
    Column(
        name="weighted",
        label=_("Weighted revenue"),
        kind=ColumnKind.MONEY,
        annotate=lambda rows: rows.with_weighted(),
        is_default=False,
    ),
    Column(name="actual_revenue", is_default=False),
    Column(name="closed_on", is_default=False),
    Column(name="engaged_on", is_default=False),
    Column(name="timeframe", is_default=False),
    Column(name="campaign", is_default=False),
    Column(name="stage_entered_at", is_default=False),
    Column(name="modified_at", is_default=False),
    Column(name="created_at", is_default=False),
)
