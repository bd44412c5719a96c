"""What is written in a chart: titles, values, periods, in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_compact_decimal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import labels
from crm.access.actor import Actor
from crm.charts.periods import Span, Step
from crm.conditions.fields import AskedField, Kind, asked_field
from crm.conditions.words import path_label
from crm.labels.names import in_text
from crm.models import Principal
from crm.models.levels import Privilege
from crm.registry.declaration import Chart, RecordType
from crm.ui import parts
from crm.values import locale_formats
from crm.values.money import currency_exponent, format_amount
from crm.values.reader_locale import reader_locale

THOUSAND = 1000


def title(record_type: RecordType, chart: Chart) -> str:
    """'Est. revenue by stage', 'Est. revenue over time: close date'."""
    if chart.label is not None:
        return labels.with_names(chart.label, record_type.key)
    asked = asked_field(record_type.model, chart.by)
    is_by_day = asked is not None and asked.kind in (Kind.DAY, Kind.MOMENT)
    sentence = _("%(what)s over time: %(field)s") if is_by_day else _("%(what)s by %(field)s")
    field = in_text(path_label(record_type, chart.by))
    return sentence % {"what": measure(record_type, chart), "field": field}


def measure(record_type: RecordType, chart: Chart) -> str:
    """What is added up: the name of an amount, or of the records themselves."""
    if chart.measure is not None:
        return labels.with_names(chart.measure, record_type.key)
    if chart.total:
        return labels.field_label(record_type.key, chart.total)
    return labels.plural(record_type.key)


def note(record_type: RecordType, chart: Chart, currency: str, step: Step | None) -> str:
    """'Est. revenue in EUR, each month': what the figures are."""
    what = measure(record_type, chart)
    if chart.total and currency:
        what = _("%(what)s in %(currency)s") % {"what": what, "currency": currency}
    sentences = {
        Step.WEEK: _("%(what)s, each week"),
        Step.MONTH: _("%(what)s, each month"),
        Step.QUARTER: _("%(what)s, each quarter"),
        Step.YEAR: _("%(what)s, each year"),
    }
    sentence = sentences[step] if step else _("%(what)s, this view")
    return sentence % {"what": what}


def figure(value: Decimal, currency: str) -> str:
    """A figure beside its mark: '21.4M'. The currency stands in the note once."""
    if abs(value) < THOUSAND or not currency:
        return locale_formats.number(round(value), reader_locale())
    return str(format_compact_decimal(value, locale=reader_locale(), fraction_digits=1))


def exact(value: Decimal, currency: str) -> str:
    return parts.amount(value, currency) if currency else parts.number(round(value))


def in_column(value: Decimal, currency: str) -> str:
    """As `exact`, in a column whose head names the currency."""
    if not currency:
        return exact(value, currency)
    places = currency_exponent(currency)
    return format_amount(value, places=places, locale=reader_locale())


def blank(record_type: RecordType, asked: AskedField, *, is_limited: bool) -> str:
    """What rows without a value are called."""
    field = in_text(path_label(record_type, asked.path))
    if is_limited:
        return _("No %(field)s, or one you may not see") % {"field": field}
    return _("No %(field)s") % {"field": field}


def others(count: int) -> str:
    """What shares the last bar; 0 where nobody has counted them."""
    if not count:
        return _("All others")
    return ngettext("%(count)s other", "%(count)s others", count) % {"count": count}


def names_of(asked: AskedField, keys: Iterable[Any], actor: Actor) -> Mapping[Any, str]:
    """What the values are called, read at once."""
    wanted = [key for key in keys if key is not None]
    if asked.kind == Kind.YES_NO:
        return {True: _("Yes"), False: _("No")}
    if asked.kind == Kind.CHOICE:
        return {key: str(label) for key, label in asked.choices.items()}
    if not wanted:
        return {}
    return {key: str(row) for key, row in _rows(asked, actor).in_bulk(wanted).items()}


def _rows(asked: AskedField, actor: Actor) -> Any:
    if asked.kind == Kind.PERSON:
        return Principal.objects.all()
    model = asked.field.related_model
    if asked.kind == Kind.RECORD:
        return model.objects.reachable_by(actor, Privilege.READ)
    return model._default_manager.all()


def span_name(span: Span, step: Step) -> str:
    """'November 2026', 'Q4 2026', 'Week of 16 Nov 2026'."""
    start, locale = span.start, reader_locale()
    if start is None:
        return _("Before %(year)s") % {"year": span.end.year + 1}
    if step == Step.WEEK:
        day = locale_formats.day("yMMMd", start, locale)
        return _("Week of %(day)s") % {"day": day}
    if step == Step.YEAR:
        return str(start.year)
    pattern = {Step.MONTH: "LLLL y", Step.QUARTER: "QQQ y"}[step]
    return format_date(start, pattern, locale=locale)


def axis_names(spans: list[Span], step: Step) -> list[tuple[str, str]]:
    """What stands under the columns: the month, and the year where it changes."""
    found: list[tuple[str, str]] = []
    year = None
    for span in spans:
        day = span.start or span.end
        shown = "" if step == Step.YEAR or day.year == year else str(day.year)
        year = day.year
        found.append((_axis_name(span.start, step), shown))
    return found


def _axis_name(start: date | None, step: Step) -> str:
    if start is None:
        return "…"
    if step == Step.WEEK:
        return locale_formats.day("dMMM", start, reader_locale())
    if step == Step.YEAR:
        return str(start.year)
    pattern = {Step.MONTH: "LLL", Step.QUARTER: "QQQ"}[step]
    return format_date(start, pattern, locale=reader_locale())
