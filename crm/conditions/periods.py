"""Days that depend on today: 'this month', 'in the next 7 days', 'before today'."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

Days = tuple[date | None, date | None]

DAY = timedelta(days=1)
MOST_DAYS = 3660
_COUNTED = re.compile(r"(next|last|before)([1-9][0-9]{0,3})")


def days_of(period: str, today: date) -> Days:
    """The first day of the period and the first one after it; None is an open end.

    Raises KeyError for what is no period.
    """
    counted = _count(period)
    if counted is not None:
        way, count = counted
        span = timedelta(days=count)
        ends: dict[str, Days] = {
            "next": (today, today + span),
            "last": (today - span, today + DAY),
            "before": (None, today - span),
        }
        return ends[way]
    return _NAMED[period][1](today)


def is_period(period: object) -> bool:
    return isinstance(period, str) and (period in _NAMED or _count(period) is not None)


def period_label(period: str) -> str:
    """How people say it: 'in the next 7 days'."""
    counted = _count(period)
    if counted is None:
        return str(_NAMED[period][0])
    way, count = counted
    sentences = {
        "next": ngettext("in the next %(days)s day", "in the next %(days)s days", count),
        "last": ngettext("in the last %(days)s day", "in the last %(days)s days", count),
        "before": ngettext("more than %(days)s day ago", "more than %(days)s days ago", count),
    }
    return sentences[way] % {"days": count}


def offered_periods() -> list[tuple[str, str]]:
    """The periods a form offers, in the order in which they are listed."""
    return [(key, period_label(key)) for key in _OFFERED]


def _count(period: str) -> tuple[str, int] | None:
    match = _COUNTED.fullmatch(period)
    if match is None or int(match[2]) > MOST_DAYS:
        return None
    return match[1], int(match[2])


def _month(day: date, months: int) -> date:
    """The first of the month that many months away."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _months(first: int, count: int) -> Callable[[date], Days]:
    return lambda today: (_month(today, first), _month(today, first + count))


def _quarters(away: int) -> Callable[[date], Days]:
    def days(today: date) -> Days:
        first = 3 * away - (today.month - 1) % 3
        return _month(today, first), _month(today, first + 3)

    return days


def _years(away: int) -> Callable[[date], Days]:
    return lambda today: (date(today.year + away, 1, 1), date(today.year + away + 1, 1, 1))


def _weeks(away: int) -> Callable[[date], Days]:
    """Weeks begin on Monday, as ISO 8601 counts them."""

    def days(today: date) -> Days:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=away)
        return monday, monday + timedelta(weeks=1)

    return days


_NAMED: dict[str, tuple[object, Callable[[date], Days]]] = {
    "overdue": (_("before today"), lambda today: (None, today)),
    "yesterday": (_("yesterday"), lambda today: (today - DAY, today)),
    "today": (_("today"), lambda today: (today, today + DAY)),
    "tomorrow": (_("tomorrow"), lambda today: (today + DAY, today + 2 * DAY)),
    "future": (_("after today"), lambda today: (today + DAY, None)),
    "last_week": (_("last week"), _weeks(-1)),
    "week": (_("this week"), _weeks(0)),
    "next_week": (_("next week"), _weeks(1)),
    "last_month": (_("last month"), _months(-1, 1)),
    "month": (_("this month"), _months(0, 1)),
    "next_month": (_("next month"), _months(1, 1)),
    "last_quarter": (_("last quarter"), _quarters(-1)),
    "quarter": (_("this quarter"), _quarters(0)),
    "next_quarter": (_("next quarter"), _quarters(1)),
    "last_year": (_("last year"), _years(-1)),
    "year": (_("this year"), _years(0)),
    "next_year": (_("next year"), _years(1)),
}
_OFFERED = (
    *("overdue", "today", "tomorrow", "next7", "next30", "last7", "last30", "before30"),
    *("week", "next_week", "last_week", "month", "next_month", "last_month"),
    *("quarter", "next_quarter", "last_quarter", "year", "last_year"),
)
