"""Where a mark leads: the same list, narrowed to the rows behind it, as its filters say it."""

from collections.abc import Sequence
from copy import copy
from datetime import date
from typing import Any

from django.http import QueryDict

from crm.charts.grouping import field_of
from crm.charts.periods import Span
from crm.conditions.schema import Leaf, Op, Range
from crm.records.lists.address import PREVIEW
from crm.records.lists.filters.kinds import YES, Params
from crm.records.lists.filters.sets import all_filters
from crm.records.lists.selection import Selection
from crm.registry.declaration import Chart

MOST_NAMED = 40  # values in one address


class DrillThrough:
    """Query strings of one list with its chart; '' where no filter says what is behind a mark."""

    def __init__(
        self, selection: Selection, chart: Chart, state: QueryDict, currency: str | None = None
    ) -> None:
        """`state` is the address of the list with its conditions in it. `currency` where amounts
        of several stand apart: what is behind a mark is in its own."""
        self.selection = selection
        self.state = state
        self.chart = chart
        self.currency = currency
        self.asked = field_of(selection.record_type, chart)
        self.filters = all_filters(selection.record_type)
        self.part: Params = {}

    def narrowed_to(self, part: Any) -> "DrillThrough":
        """To the rows that one part of a stacked mark stands for."""
        narrowed = copy(self)
        narrowed.part = {self.chart.stacked_by: [str(part)]}
        return narrowed

    def to_values(self, values: Sequence[Any]) -> str:
        if not values or len(values) > MOST_NAMED:
            return ""
        if None in values:
            return self._to_blank() if len(values) == 1 else ""
        is_yes_no = isinstance(values[0], bool)
        if is_yes_no and len(values) > 1:
            return ""
        leaf = (
            Leaf(self.asked, Op.IS, values[0])
            if is_yes_no
            else Leaf(self.asked, Op.ANY_OF, tuple(values))
        )
        return self._query(self.filters[self.chart.by].params(self.chart.by, leaf))

    def to_span(self, span: Span) -> str:
        """Days that a filter of the list leaves out stay out."""
        start, end = span.start, span.end
        for now in self._ranges():
            start = max(filter(None, (start, now.start)), default=None)
            end = min(filter(None, (end, now.end)))
        leaf = Leaf(self.asked, Op.BETWEEN, Range(start, end))
        return self._query(self.filters[self.chart.by].params(self.chart.by, leaf))

    def _ranges(self) -> list[Range]:
        where = self.selection.where
        return [
            part.value
            for part in (() if where.is_any else where.parts)
            if isinstance(part, Leaf) and part.op == Op.BETWEEN and self._is_mine(part)
        ]

    def _is_mine(self, leaf: Leaf) -> bool:
        ends: tuple[date | None, date | None] = (leaf.value.start, leaf.value.end)
        return leaf.asked.path == self.chart.by and all(
            end is None or isinstance(end, date) for end in ends
        )

    def _to_blank(self) -> str:
        name = f"{self.chart.by}_blank"
        known = self.filters.get(name)
        return self._query(known.params(name, Leaf(self.asked, Op.BLANK))) if known else ""

    def _query(self, params: Params | None) -> str:
        if params is None:
            return ""
        query = self.state.copy()
        for name in ("count", PREVIEW, f"{self.chart.by}_text", f"{self.chart.by}__text"):
            query.pop(name, None)
        query["chart"] = self.chart.key
        for name, values in {**self._only(), **self._in_currency(), **self.part, **params}.items():
            query.setlist(name, values)
        return query.urlencode()

    def _only(self) -> Params:
        return {name: [value] for name, value in self.chart.only.items()}

    def _in_currency(self) -> Params:
        if self.currency is None:
            return {}
        return {"currency": [self.currency]} if self.currency else {"currency_blank": [YES]}
