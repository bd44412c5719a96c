"""Times, interleaved with their floor, as medians."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

RUNS = 7


@dataclass(frozen=True)
class Result:
    """One line of the table; `ratio` is value / floor (or floor / value where more is better)."""

    case: str
    rows: int
    value: float
    unit: str
    floor: float | None
    goal: str
    limit: float | None

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def measured(self) -> float:
        return self.ratio if self.ratio is not None else self.value

    @property
    def is_met(self) -> bool | None:
        if self.limit is None:
            return None
        wants_more = self.goal.startswith("at least")
        return self.measured >= self.limit if wants_more else self.measured <= self.limit


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def against(floor: Callable[[], object], case: Callable[[], object]) -> tuple[float, float]:
    """(median of the case, median of the floor) in ms, runs taken in turn after a warm-up."""
    floor()
    case()
    floors, cases = [], []
    for _run in range(RUNS):
        floors.append(milliseconds(floor))
        cases.append(milliseconds(case))
    return statistics.median(cases), statistics.median(floors)


def p95(work: Callable[[], object], runs: int = 40) -> float:
    work()
    times = sorted(milliseconds(work) for _run in range(runs))
    return times[int(runs * 0.95) - 1]


def count_of(model: Any) -> int:
    """The planner's estimate: exact counts of millions take longer than what is measured."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        return max(int(cursor.fetchone()[0]), 0)
