"""A chart as its template draws it: a figure for each currency, with its marks and their table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any

from django.http import QueryDict

from crm.charts import words
from crm.charts.drill_through import DrillThrough
from crm.charts.geometry import Column, bar_lengths, name_every, stand
from crm.charts.grouping import DAYS, Counted, Group, count_rows, field_of
from crm.charts.periods import Span, Step, spans_of
from crm.charts.shapes import shapes_of
from crm.charts.stacks import Part, Series, parts_of, series_of, together
from crm.company.currencies import base_currency_code
from crm.conditions.compiler import passed
from crm.conditions.fields import Kind, asked_field
from crm.records.lists.selection import Selection
from crm.registry.declaration import Chart

MOST_BARS = 9
YEAR = 4  # letters
MOST_FIGURES = 6  # currencies drawn one below the other


@dataclass(frozen=True)
class Mark:
    """A bar or column: what it is called, its size in figures, and the list behind it.

    `query` is '' where no list can show just these rows. A bar has a `length` and a column a
    `column`; what is left over has neither, as it would dwarf the others. `under` are the lines
    under a column, empty where there is no room.
    """

    name: str
    count: int
    value: Decimal
    shown: str
    exact: str
    in_column: str
    query: str
    icon: str = ""
    length: str = ""
    column: Column | None = None
    under: tuple[str, str] = ("", "")
    parts: Sequence[Part] = ()
    has_figure: bool = False

    @property
    def title(self) -> str:
        """'March: 12' or, of several series, 'March: 12 (won 7, lost 5)'."""
        title = f"{self.name}: {self.exact}"
        parts = ", ".join(f"{part.name} {part.exact}" for part in self.parts)
        return f"{title} ({parts})" if parts else title


@dataclass(frozen=True)
class Figure:
    """The marks of one currency, or of counted rows. `beside` are those without a day."""

    note: str
    currency: str
    marks: Sequence[Mark]
    beside: Sequence[Mark]
    count: int
    total: str
    total_in_column: str
    base: str = ""
    series: Sequence[Series] = ()

    @property
    def last_name(self) -> str:
        return self.marks[-1].name if self.marks else ""

    @property
    def all_marks(self) -> list[Mark]:
        return [*self.marks, *self.beside]


@dataclass(frozen=True)
class Picture:
    """A chart of a list. `left_out` are the currencies for which there was no room."""

    chart: Chart
    title: str
    field: str
    is_columns: bool
    figures: Sequence[Figure]
    left_out: Sequence[str]


def picture(selection: Selection, chart: Chart, state: QueryDict) -> Picture:
    """The chart as the reader sees the rows. Two queries at most. Raises TooSlow.

    `state` is the address of a list that shows them; marks lead to it, narrowed.
    """
    counted = count_rows(selection, chart)
    drawing = _Drawing(selection, chart, state, counted)
    currencies = _by_importance(counted.wholes)
    return Picture(
        chart=chart,
        title=words.title(selection.record_type, chart),
        field=words.path_label(selection.record_type, chart.by),
        is_columns=drawing.is_columns,
        figures=[drawing.figure(code) for code in currencies[:MOST_FIGURES]],
        left_out=currencies[MOST_FIGURES:],
    )


def _by_importance(wholes: Mapping[str, Group]) -> list[str]:
    """The company's own currency first, then the one most rows are in."""
    own = base_currency_code()
    return sorted(wholes, key=lambda code: (code != own, -wholes[code].count, code))


class _Drawing:
    """Draws the figures of one chart, whose values have the same names in each."""

    def __init__(
        self, selection: Selection, chart: Chart, state: QueryDict, counted: Counted
    ) -> None:
        self.selection = selection
        self.chart = chart
        self.counted = counted
        is_mixed = len(counted.wholes) > 1
        self.trails = {
            code: DrillThrough(selection, chart, state, code if is_mixed else None)
            for code in counted.wholes
        }
        self.asked = field_of(selection.record_type, chart)
        self.is_columns = self.asked.kind in DAYS
        keys = () if self.is_columns else [group.key for group in self._shown_groups()]
        self.names = words.names_of(self.asked, keys, selection.actor)
        self.shapes = shapes_of(selection.record_type, self.asked)
        stacked = asked_field(selection.record_type.model, chart.stacked_by)
        self.series = series_of(stacked.choices) if stacked else []

    def _shown_groups(self) -> list[Group]:
        return [group for code in self.counted.wholes for group in self._split(code)[0]]

    def figure(self, currency: str) -> Figure:
        whole = self.counted.wholes[currency]
        if self.is_columns:
            step, marks, beside, base = self._columns(currency)
        else:
            step, marks, beside, base = None, self._bars(currency), [], ""
        return Figure(
            note=words.note(self.selection.record_type, self.chart, currency, step),
            currency=currency,
            marks=marks,
            beside=beside,
            count=whole.count,
            total=words.exact(self._size(whole), currency),
            total_in_column=words.in_column(self._size(whole), currency),
            base=base,
            series=self.series,
        )

    # Bars

    def _split(self, currency: str) -> tuple[list[Group], list[Group]]:
        """The groups with a bar of their own, and those that share the last one."""
        groups = [group for group in self.counted.groups if group.currency == currency]
        named = [group for group in groups if group.key is not None]
        blank = [group for group in groups if group.key is None]
        if self.chart.stacked_by:  # the database has put the parts in order, not the wholes
            named.sort(key=self._size, reverse=True)
        if self.chart.keeps_order:
            order = list(self.asked.choices)
            named.sort(key=lambda one: order.index(one.key) if one.key in order else len(order))
            return [*named, *blank], []
        if len(named) <= MOST_BARS + 1:
            return [*named, *blank], []
        return [*named[:MOST_BARS], *blank], named[MOST_BARS:]

    def _bars(self, currency: str) -> list[Mark]:
        shown, others = self._split(currency)
        marks = [
            replace(
                self._mark(one, self._name(one.key), self._to(one), self.shapes.get(one.key, "")),
                parts=self._parts([one], lambda trail, key=one.key: trail.to_values([key])),
            )
            for one in shown
        ]
        lengths = bar_lengths([mark.value for mark in marks])
        bars = [replace(mark, length=length) for mark, length in zip(marks, lengths, strict=True)]
        rest = self._rest(currency, shown, others)
        return [*bars, rest] if rest else bars

    def _name(self, key: Any) -> str:
        if key is None:
            is_limited = any(True for _link in passed(self.asked, self.selection.actor))
            return words.blank(self.selection.record_type, self.asked, is_limited=is_limited)
        return self.names.get(key, str(key))

    def _to(self, group: Group) -> str:
        key = group.key
        if self.asked.kind == Kind.CHOICE and key is not None and key not in self.asked.choices:
            return ""
        return self.trails[group.currency].to_values([key])

    def _rest(self, currency: str, shown: list[Group], others: list[Group]) -> Mark | None:
        whole = self.counted.wholes[currency]
        count = whole.count - sum(group.count for group in shown)
        if not others or not count:
            return None
        total = whole.total - sum((group.total for group in shown), Decimal(0))
        is_all = sum(group.count for group in others) == count
        name = words.others(len(others) if is_all else 0)
        keys = [group.key for group in others] if is_all else []
        query = self.trails[currency].to_values(keys)
        return self._mark(Group(None, currency, count, total), name, query)

    # Columns

    def _columns(self, currency: str) -> tuple[Step | None, list[Mark], list[Mark], str]:
        groups = [group for group in self.counted.groups if group.currency == currency]
        dated = [group for group in groups if group.key is not None]
        beside = [
            self._mark(one, self._name(None), self._to(one)) for one in groups if one.key is None
        ]
        if not dated:
            return None, [], beside, ""
        trail = self.trails[currency]
        step, found = spans_of(group.key for group in dated)
        marks = []
        for span in found:
            inside = _within(dated, span)
            whole = reduce(add, inside, Group(None, currency, 0, Decimal(0)))
            mark = self._mark(whole, words.span_name(span, step), trail.to_span(span))
            parts = self._parts(inside, lambda one, span=span: one.to_span(span))
            marks.append(replace(mark, parts=parts))
        laid_out, base = _laid_out(marks, words.axis_names(found, step))
        return step, laid_out, beside, base

    # Both

    def _parts(
        self, groups: Sequence[Group], query_of: Callable[[DrillThrough], str]
    ) -> Sequence[Part]:
        if not self.series or not groups:
            return ()
        trail = self.trails[groups[0].currency]
        found = together(self.counted.parts[group.key, group.currency] for group in groups)
        return parts_of(
            self.series, found, self._size, lambda value: query_of(trail.narrowed_to(value))
        )

    def _size(self, group: Group) -> Decimal:
        return group.total if self.chart.total else Decimal(group.count)

    def _mark(self, group: Group, name: str, query: str, icon: str = "") -> Mark:
        size = self._size(group)
        return Mark(
            name=name,
            count=group.count,
            value=size,
            shown=words.figure(size, group.currency),
            exact=words.exact(size, group.currency),
            in_column=words.in_column(size, group.currency),
            query=query if group.count else "",
            icon=icon,
        )


def _apart(names: list[tuple[str, str]], columns: int) -> list[tuple[str, str]]:
    """The names without the first year, where the next one follows too closely."""
    changes = [number for number, (_name, year) in enumerate(names) if year]
    if len(changes) > 1 and changes[1] - changes[0] < columns:
        names = [(names[0][0], ""), *names[1:]]
    return names


def _within(dated: Iterable[Group], span: Span) -> list[Group]:
    return [
        group
        for group in dated
        if group.key <= span.end and (span.start is None or group.key >= span.start)
    ]


def _laid_out(marks: list[Mark], names: list[tuple[str, str]]) -> tuple[list[Mark], str]:
    """The marks with their columns; names and figures where there is room for them."""
    standing = stand([mark.value for mark in marks])
    every = name_every(len(marks), max(len(name) for name, _year in names))
    has_room = name_every(len(marks), max(len(mark.shown) for mark in marks)) == 1
    largest = max(mark.value for mark in marks)
    found, year = [], ""
    names = _apart(names, name_every(len(marks), YEAR))
    for number, (mark, column) in enumerate(zip(marks, standing.columns, strict=True)):
        name, change = names[number]
        year = change or year
        under = ("", "") if number % every else (name, year)
        year = "" if under[0] else year
        has_figure = bool(mark.value) and (has_room or mark.value == largest)
        found.append(replace(mark, column=column, under=under, has_figure=has_figure))
    return found, standing.base
