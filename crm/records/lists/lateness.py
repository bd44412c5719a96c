"""Days by which something should have happened: said to be late once they have passed."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm import clock
from crm.registry.declaration import Deadline
from crm.ui import parts

Show = Callable[[Any], SafeString | str]
LATE = '<span class="late">{}{}<span class="visually-hidden">, {}</span></span>'
MISSING = '<span class="missing">{}{}</span>'


def watching(deadline: Deadline, value_of: Callable[[Any], Any], show: Show) -> Show:
    """Shows a day as `show` does, and by shape, word and colour that it has passed."""
    now = clock.now()
    today = timezone.localdate(now)
    word = str(deadline.word) if deadline.word else _("overdue")
    missing = format_html(MISSING, parts.icon("triangle-alert", "i-14"), deadline.missing)
    known: dict[Any, SafeString] = {}

    def show_value(row: Any) -> SafeString | str:
        shown = show(row)
        if getattr(row, deadline.field) not in deadline.values:
            return shown
        value = value_of(row)
        if value is None:
            return missing if deadline.missing else shown
        if not has_passed(value, today, now):
            return shown
        if value not in known:
            known[value] = format_html(LATE, parts.icon("clock-alert", "i-14"), shown, word)
        return known[value]

    return show_value


def has_passed(value: date | datetime, today: date, now: datetime) -> bool:
    """A moment passes at once, a day only when it is over."""
    return value < now if isinstance(value, datetime) else value < today
