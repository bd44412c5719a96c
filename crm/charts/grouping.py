"""What a chart counts: the rows of a list by one field, in one question to the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Case, Count, F, Func, Q, Sum, Value, When, Window
from django.db.models.functions import TruncDate
from psycopg.errors import QueryCanceled

from crm.access.actor import Actor
from crm.conditions.compiler import passed, reached
from crm.conditions.fields import AskedField, Kind, asked_field
from crm.records.lists.selection import Selection
from crm.registry.declaration import Chart, RecordType

MOST_GROUPS = 500
MOST_DAYS = 50_000
PATIENCE = "4s"
DAYS = frozenset({Kind.DAY, Kind.MOMENT})


class TooSlow(Exception):
    """The rows are too many to be counted while somebody waits."""


@dataclass(frozen=True)
class Group:
    """Rows with one value of the field: how many, and how much in one currency.

    `key` is None where there is no value. `currency` is '' where rows are counted.
    """

    key: Any
    currency: str
    count: int
    total: Decimal

    def __add__(self, other: "Group") -> "Group":
        return Group(self.key, self.currency, self.count + other.count, self.total + other.total)


@dataclass(frozen=True)
class Counted:
    """The groups, and by currency what all rows come to, those of no group shown included.

    `parts` say what each group is made of, by its key and currency, where a chart is stacked.
    """

    groups: list[Group]
    wholes: Mapping[str, Group]
    parts: Mapping[tuple[Any, str], Mapping[Any, Group]]


class SumOver(Func):
    """The sum of an aggregate over all groups, also of those the limit leaves out."""

    function = "SUM"
    window_compatible = True


def field_of(record_type: RecordType, chart: Chart) -> AskedField:
    """The field a chart goes by; system checks have seen that it exists."""
    asked = asked_field(record_type.model, chart.by)
    if asked is None:
        raise LookupError(chart.by)
    return asked


def count_rows(selection: Selection, chart: Chart) -> Counted:
    """Exactly the rows that view, filters and quick find leave and the actor may see.

    Raises TooSlow when that takes longer than somebody waits for a picture.
    """
    asked = field_of(selection.record_type, chart)
    rows = _grouped(selection, chart, asked)
    try:
        with transaction.atomic():
            _be_patient()
            found = list(rows)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow from error
        raise
    return _read(found)


def _be_patient() -> None:
    """For this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])


def _grouped(selection: Selection, chart: Chart, asked: AskedField) -> Any:
    currency = F("currency_id") if chart.total else Value("")
    rows = selection.rows.filter(**chart.only).order_by()
    part = F(chart.stacked_by) if chart.stacked_by else Value("")
    rows = rows.annotate(
        chart_key=_key(asked, selection.actor), chart_currency=currency, chart_part=part
    )
    groups = rows.values_list("chart_key", "chart_currency", "chart_part").annotate(
        chart_count=Count("*"), chart_total=_total(chart)
    )
    if chart.total:  # rows without an amount are in no figure
        groups = groups.filter(chart_total__isnull=False)
    whole: dict[str, Any] = {"partition_by": [F("chart_currency")]}
    groups = groups.annotate(
        whole_count=Window(SumOver(Count("*")), **whole),
        whole_total=Window(SumOver(_total(chart)), **whole),
    )
    if asked.kind in DAYS:
        return groups.order_by(F("chart_key").desc(nulls_first=True))[:MOST_DAYS]
    size = "chart_total" if chart.total else "chart_count"
    return groups.order_by(F(size).desc(nulls_last=True), "chart_key")[:MOST_GROUPS]


def _total(chart: Chart) -> Any:
    return Sum(chart.total) if chart.total else Sum(Value(0))


def _key(asked: AskedField, actor: Actor) -> Any:
    """The field, as far as the actor may read it: behind a record one may not see it is empty,
    which is how the conditions that a mark leads to take it too."""
    key = TruncDate(asked.path) if asked.kind == Kind.MOMENT else F(asked.path)
    scopes = [reached(path, scope) for path, scope in passed(asked, actor)]
    return Case(When(reduce(and_, scopes, Q()), then=key)) if scopes else key


def _read(found: list[Any]) -> Counted:
    groups: dict[tuple[Any, str], Group] = {}
    wholes: dict[str, Group] = {}
    parts: dict[tuple[Any, str], dict[Any, Group]] = {}
    for key, currency, part, count, total, whole_count, whole_total in found:
        group = Group(None if key == "" else key, currency or "", count, total or Decimal(0))
        place = (group.key, group.currency)
        groups[place] = groups[place] + group if place in groups else group
        parts.setdefault(place, {})[part] = group
        wholes[group.currency] = Group(
            None, group.currency, int(whole_count), whole_total or Decimal(0)
        )
    return Counted(list(groups.values()), wholes, parts)
