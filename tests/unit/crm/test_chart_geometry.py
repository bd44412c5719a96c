"""How long marks are, where names fit, and which days are put together."""

import itertools
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.charts.geometry import bar_lengths, name_every, pile, stand
from crm.charts.periods import Step, first_day, last_day, spans, spans_of, step_for


def amounts(*values):
    return [Decimal(value) for value in values]


def test_the_longest_bar_fills_its_rail_and_the_others_are_in_proportion():
    assert bar_lengths(amounts(200, 50, 25)) == ["100", "25", "12.5"]


def test_bars_of_nothing_have_no_length_and_negative_ones_have_their_size():
    assert bar_lengths(amounts(0, 0)) == ["0", "0"]
    assert bar_lengths(amounts(-100, 50)) == ["100", "50"]
    assert bar_lengths([]) == []


def test_columns_stand_on_a_line_and_what_is_below_zero_hangs_from_it():
    drawn = stand(amounts(50, 100))
    assert [(one.y, one.height) for one in drawn.columns] == [("50", "50"), ("0", "100")]
    assert drawn.base == "100"
    drawn = stand(amounts(60, -40))
    assert [(one.y, one.height) for one in drawn.columns] == [("0", "60"), ("60", "40")]
    assert drawn.base == "60"


def test_columns_of_nothing_lie_on_the_line_below():
    drawn = stand(amounts(0, 0))
    assert [(one.y, one.height) for one in drawn.columns] == [("100", "0"), ("100", "0")]


def test_the_parts_of_a_mark_follow_each_other_and_fill_it():
    assert pile(amounts(2, 1, 1)) == [("0", "50"), ("50", "25"), ("75", "25")]
    assert pile(amounts(0)) == [("0", "0")]
    assert pile([]) == []


def test_names_are_left_out_where_they_would_run_into_each_other():
    assert name_every(4, longest=6) == 1
    assert name_every(14, longest=3) == 2
    assert name_every(14, longest=6) == 3


@pytest.mark.parametrize(
    ("step", "first", "last"),
    [
        (Step.WEEK, date(2026, 11, 16), date(2026, 11, 22)),
        (Step.MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        (Step.QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        (Step.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_sunday_in_november_lies_in(step, first, last):
    day = date(2026, 11, 22)
    assert (first_day(day, step), last_day(day, step)) == (first, last)


def test_a_february_ends_on_its_last_day():
    assert last_day(date(2028, 2, 3), Step.MONTH) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("last", "step"),
    [
        (date(2026, 3, 8), Step.WEEK),
        (date(2026, 3, 9), Step.MONTH),
        (date(2027, 2, 28), Step.MONTH),
        (date(2027, 3, 1), Step.QUARTER),
        (date(2029, 6, 30), Step.QUARTER),
        (date(2029, 7, 1), Step.YEAR),
    ],
)
def test_the_step_grows_with_the_days_from_new_year_2026_on(last, step):
    assert step_for(date(2026, 1, 1), last) == step


def test_what_is_long_before_shares_one_column():
    step, found = spans_of([date(1990, 5, 1), date(2000, 1, 1), date(2026, 6, 1)])
    assert step == Step.YEAR
    assert (found[0].start, found[0].end) == (None, date(2013, 12, 31))
    assert [span.start.year for span in found[1:]] == list(range(2014, 2027))


days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(days=st.lists(days, min_size=1, max_size=12))
def test_every_day_lies_in_exactly_one_of_at_most_fourteen_columns(days):
    _step, found = spans_of(days)
    assert len(found) <= 14
    for day in days:
        holding = [
            span for span in found if (span.start is None or span.start <= day) and day <= span.end
        ]
        assert len(holding) == 1


@given(day=st.dates(), step=st.sampled_from(list(Step)))
def test_spans_follow_each_other_without_a_gap(day, step):
    later = date.fromordinal(min(day.toordinal() + 900, date.max.toordinal()))
    found = spans(day, later, step)
    assert found[0].start <= day
    assert found[-1].end >= later
    assert all(
        one.end.toordinal() + 1 == two.start.toordinal() for one, two in itertools.pairwise(found)
    )
