"""Formats of document numbers and the fiscal year."""

from datetime import date

import pytest

from crm.values.numbering import BadFormat, fiscal_year, parse_format


@pytest.mark.parametrize(
    ("text", "number", "day", "written"),
    [
        ("QUO-{number:5}", 1042, date(2026, 11, 17), "QUO-01042"),
        ("{number}", 7, date(2026, 11, 17), "7"),
        ("INV-{fiscal}-{number:4}", 123456, date(2026, 3, 31), "INV-2025-123456"),
        ("{yy}{month}/{number:3}", 9, date(2026, 4, 1), "2604/009"),
        ("F {year} {number:2}", 3, date(2026, 4, 1), "F 2026 03"),
    ],
)
def test_a_number_is_written_in_its_format(text, number, day, written):
    assert parse_format(text).render(number, day=day, first_month=4) == written


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("INV", "number_once"),
        ("{number}{number}", "number_once"),
        ("{number:0}", "digits"),
        ("{number:99}", "digits"),
        ("{number.__class__}", "unknown_placeholder"),
        ("{settings}-{number}", "unknown_placeholder"),
        ("{{number}}", "stray_brace"),
        ("}{number}", "stray_brace"),
        ("a\n{number}", "control_character"),
        ("x" * 40 + "{number}", "too_long"),
    ],
)
def test_a_format_that_cannot_be_used_says_why(text, reason):
    with pytest.raises(BadFormat) as refused:
        parse_format(text)
    assert refused.value.reason == reason


def test_only_a_format_with_the_fiscal_year_can_restart():
    assert parse_format("{fiscal}-{number}").restarts_each_year
    assert not parse_format("{year}-{number}").restarts_each_year


@pytest.mark.parametrize(
    ("day", "first_month", "year"),
    [
        (date(2026, 1, 1), 1, 2026),
        (date(2026, 12, 31), 1, 2026),
        (date(2026, 3, 31), 4, 2025),
        (date(2026, 4, 1), 4, 2026),
    ],
)
def test_a_fiscal_year_is_named_after_the_year_it_begins_in(day, first_month, year):
    assert fiscal_year(day, first_month=first_month) == year
