"""Days put together: weeks, months, quarters or years, as many as a chart has room for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
MOST_WEEKS = 10
MOST_COLUMNS = 14
LAST_YEAR = 9999


class Step(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Span:
    """From the first day to the last one, both included. `start` is None for all that is before."""

    start: date | None
    end: date


_MONTHS = {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}


def first_day(day: date, step: Step) -> date:
    """The day on which the week, month, quarter or year of `day` begins. Weeks begin on Monday."""
    if step == Step.WEEK:
        return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
    months = _MONTHS[step]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def last_day(day: date, step: Step) -> date:
    """The last day of the week, month, quarter or year of `day`."""
    if step == Step.WEEK:
        return _later(first_day(day, step), 6)
    start = first_day(day, step)
    index = start.year * 12 + start.month - 1 + _MONTHS[step]
    if index // 12 > LAST_YEAR:
        return date.max
    return date(index // 12, index % 12 + 1, 1) - DAY


def spans(first: date, last: date, step: Step) -> list[Span]:
    """Every span from the one with `first` to the one with `last`, without a gap."""
    found = [Span(first_day(first, step), last_day(first, step))]
    while found[-1].end < last:
        start = found[-1].end + DAY
        found.append(Span(start, last_day(start, step)))
    return found


def step_for(first: date, last: date) -> Step:
    """The smallest step of which there are not too many."""
    if (first_day(last, Step.WEEK) - first_day(first, Step.WEEK)).days // 7 < MOST_WEEKS:
        return Step.WEEK
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months <= MOST_COLUMNS:
        return Step.MONTH
    quarters = (last.year - first.year) * 4 + (last.month - 1) // 3 - (first.month - 1) // 3 + 1
    return Step.QUARTER if quarters <= MOST_COLUMNS else Step.YEAR


def spans_of(days: Iterable[date]) -> tuple[Step, list[Span]]:
    """The spans that hold all the days. What is long before goes into one without a start."""
    known = sorted(days)
    step = step_for(known[0], known[-1])
    first = known[0]
    if step == Step.YEAR and known[-1].year - first.year >= MOST_COLUMNS:
        first = date(known[-1].year - MOST_COLUMNS + 2, 1, 1)
    found = spans(first, known[-1], step)
    if first > known[0]:
        found.insert(0, Span(None, first - DAY))
    return step, found


def _later(day: date, days: int) -> date:
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))
