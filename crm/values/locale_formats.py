"""Days, clock times and numbers as a locale writes them, each worked out once.

Babel reads a pattern anew for every value, which would be a third of what a list costs; and the
days, minutes and numbers on one page are those of the next.
"""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import DateTimePattern, format_date, format_time, match_skeleton
from babel.numbers import format_decimal

KEPT = 4096


@lru_cache(maxsize=KEPT)
def whole_day(value: date, locale: Locale) -> str:
    """'Sunday, 22 November 2026'."""
    return format_date(value, "full", locale=locale)


@lru_cache(maxsize=KEPT)
def day(skeleton: str, value: date, locale: Locale) -> str:
    """The parts of a day that the skeleton names, in the locale's order: '28 Nov'."""
    return str(_pattern(skeleton, locale).apply(value, locale))


@cache
def _pattern(skeleton: str, locale: Locale) -> DateTimePattern:
    known: Mapping[str, DateTimePattern] = locale.datetime_skeletons
    found = skeleton if skeleton in known else match_skeleton(skeleton, known) or skeleton
    return known[found]


@lru_cache(maxsize=KEPT)
def clock(hour: int, minute: int, locale: Locale) -> str:
    """'14:05', '2:05 PM'."""
    return format_time(time(hour, minute), "short", locale=locale)


@lru_cache(maxsize=KEPT)
def number(value: Decimal | int, locale: Locale) -> str:
    return format_decimal(value, locale=locale)
