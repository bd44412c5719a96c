"""What the marks of a stacked chart are made of: one part for each value of a choice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any

from crm.charts import words
from crm.charts.geometry import pile
from crm.charts.grouping import Group

STEPS = ("c1", "c2", "c3", "c4")  # from the strongest to the faintest


@dataclass(frozen=True)
class Series:
    """A value that marks are stacked by, with the step of the colour it has everywhere."""

    value: Any
    name: str
    css: str


@dataclass(frozen=True)
class Part:
    """A part of a mark. `offset` and `length` are of the mark's own whole."""

    name: str
    css: str
    count: int
    exact: str
    in_column: str
    query: str
    offset: str
    length: str


def series_of(choices: Mapping[Any, Any]) -> list[Series]:
    return [
        Series(value, str(label), css)
        for (value, label), css in zip(choices.items(), STEPS, strict=False)
    ]


def parts_of(
    series: Sequence[Series],
    groups: Mapping[Any, Group],
    size_of: Callable[[Group], Decimal],
    query_of: Callable[[Any], str],
) -> list[Part]:
    """The parts of one mark, in the order of the choices."""
    there = [(one, groups[one.value]) for one in series if one.value in groups]
    places = pile([size_of(group) for _one, group in there])
    return [
        Part(
            name=one.name,
            css=one.css,
            count=group.count,
            exact=words.exact(size_of(group), group.currency),
            in_column=words.in_column(size_of(group), group.currency),
            query=query_of(one.value),
            offset=offset,
            length=length,
        )
        for (one, group), (offset, length) in zip(there, places, strict=True)
    ]


def together(found: Iterable[Mapping[Any, Group]]) -> dict[Any, Group]:
    """The parts of several groups, added up by value."""
    by_value: dict[Any, list[Group]] = {}
    for parts in found:
        for value, group in parts.items():
            by_value.setdefault(value, []).append(group)
    return {value: reduce(add, groups) for value, groups in by_value.items()}
