"""What people see of a value: icons, pills, faces, dates and amounts, drawn as HTML or text.

The template tags of `crm.templatetags.ui` only register these functions; Python calls them here.
"""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from crm.ui.icons import icon_svg
from crm.values import locale_formats, money
from crm.values.reader_locale import reader_locale

NEAR_DAYS = 7
KILO = 1000
MONTHS_WITHOUT_YEAR = 10


def icon(name: str, extra: str = "") -> SafeString:
    return icon_svg(name, extra)


@lru_cache(maxsize=locale_formats.KEPT)
def face(name: str, extra: str = "") -> SafeString:
    """A round token with somebody's initials; the name must stand beside it."""
    return format_html('<span class="face {}" aria-hidden="true">{}</span>', extra, initials(name))


def initials(name: str) -> str:
    words = [word for word in str(name).split() if word[0].isalnum()]
    return (words[0][0] + words[-1][0] if len(words) > 1 else str(name)[:2]).upper()


def pill(label: Any, tone: str = "", icon_name: str = "") -> SafeString:
    """A state: a shape and a word; the colour only repeats what they say."""
    shape = icon_svg(icon_name) if icon_name else SafeString("")
    return format_html('<span class="pill {}">{}{}</span>', tone, shape, label)


@lru_cache(maxsize=locale_formats.KEPT)
def tile(icon_name: str, colour: str, extra: str = "") -> SafeString:
    """The icon of a record type in its colour."""
    return format_html(
        '<span class="tile t-{} {}" aria-hidden="true">{}</span>',
        colour,
        extra,
        icon_svg(icon_name),
    )


def amount(value: Decimal | None, currency: str = "") -> str:
    """An amount in the reader's form, with its currency."""
    if value is None:
        return ""
    if not currency:
        return locale_formats.number(value, reader_locale())
    return money.format_money(value, currency, locale=reader_locale())


def number(value: Any) -> str:
    return "" if value is None else locale_formats.number(value, reader_locale())


def day(value: date | None) -> SafeString | str:
    """'28 Nov', with the year when it is not near; the whole date on hover."""
    return "" if value is None else _day(value, timezone.localdate(), reader_locale())


@lru_cache(maxsize=locale_formats.KEPT)
def _day(value: date, today: date, locale: Locale) -> SafeString:
    months = abs((value.year - today.year) * 12 + value.month - today.month)
    skeleton = "dMMM" if months <= MONTHS_WITHOUT_YEAR else "yMMMd"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        locale_formats.whole_day(value, locale),
        locale_formats.day(skeleton, value, locale),
    )


def whole_day(value: date) -> str:
    """'Sunday, 22 November 2026'."""
    return locale_formats.whole_day(value, reader_locale())


def moment(value: datetime | None) -> SafeString | str:
    """A moment as people say it: 'Today 14:05', 'Thu 10:30', '3 Nov 10:30'."""
    if value is None:
        return ""
    zone, today = timezone.get_current_timezone(), timezone.localdate()
    return _moment(value, zone, today, get_language())


@lru_cache(maxsize=locale_formats.KEPT)
def _moment(value: datetime, zone: tzinfo, today: date, language: str | None) -> SafeString:
    """The same moment reads otherwise in another zone or language, and tomorrow."""
    local = timezone.localtime(value, zone)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        exact_moment(local),
        said_moment(local),
    )


def exact_moment(local: datetime) -> str:
    locale = reader_locale()
    clock = locale_formats.clock(local.hour, local.minute, locale)
    return f"{locale_formats.whole_day(local.date(), locale)}, {clock}"


def said_moment(local: datetime) -> str:
    locale = reader_locale()
    clock = locale_formats.clock(local.hour, local.minute, locale)
    on = local.date()
    days = (on - timezone.localdate()).days
    near = {0: _("Today"), -1: _("Yesterday"), 1: _("Tomorrow")}.get(days)
    if near:
        return f"{near} {clock}"
    if abs(days) < NEAR_DAYS:
        return f"{locale_formats.day('EEE', on, locale)} {clock}"
    return f"{day_text(on)} {clock}"


def day_text(value: date) -> str:
    is_near = value.year == timezone.localdate().year
    return locale_formats.day("dMMM" if is_near else "yMMMd", value, reader_locale())


def distance(value: date | datetime | None) -> str:
    """How far a day is: 'today', 'in 8 days', '3 days ago'."""
    if value is None:
        return ""
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    days = (on - timezone.localdate()).days
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get(days)
    if near:
        return near
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}


def overdue(value: datetime) -> SafeString:
    """'Due 3 days ago'."""
    local = timezone.localtime(value)
    return format_html(
        '<time class="bad strong" datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        exact_moment(local),
        _("Due %(when)s") % {"when": distance(value)},
    )


def is_past(value: date | datetime | None) -> bool:
    if value is None:
        return False
    return value < timezone.now() if isinstance(value, datetime) else value < timezone.localdate()


def file_size(count: int) -> str:
    """Bytes as people read them: '840 kB', '2.4 MB'."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < KILO:
            return f"{format_decimal(round(size, 1), locale=reader_locale())} {unit}"
        size /= KILO
    return f"{format_decimal(round(size, 1), locale=reader_locale())} GB"
