"""Filters of a record type's list, made from the fields its declaration names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import django_filters
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import clock, labels
from crm.access.actor import Actor
from crm.models import Principal, Record
from crm.records.declaration import RecordType
from crm.records.lookups import RecordChoiceField
from crm.records.tables import field_at
from crm.templatetags import ui

ME, MY_TEAMS = "me", "teams"


def _month(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _last(day: date, days: int) -> tuple[date, date]:
    return day - timedelta(days=days), day + timedelta(days=1)


# key -> (label, days from and to: the first included, the second not)
RELATIVE: dict[str, tuple[Any, Callable[[date], tuple[date | None, date | None]]]] = {
    "overdue": (gettext_lazy("before today"), lambda t: (None, t)),
    "today": (gettext_lazy("today"), lambda t: (t, t + timedelta(days=1))),
    "next7": (gettext_lazy("in the next 7 days"), lambda t: (t, t + timedelta(days=7))),
    "next30": (gettext_lazy("in the next 30 days"), lambda t: (t, t + timedelta(days=30))),
    "last7": (gettext_lazy("in the last 7 days"), lambda t: _last(t, 7)),
    "last30": (gettext_lazy("in the last 30 days"), lambda t: _last(t, 30)),
    "month": (gettext_lazy("this month"), lambda t: (_month(t, 0), _month(t, 1))),
    "next_month": (gettext_lazy("next month"), lambda t: (_month(t, 1), _month(t, 2))),
    "last_month": (gettext_lazy("last month"), lambda t: (_month(t, -1), _month(t, 0))),
    "quarter": (
        gettext_lazy("this quarter"),
        lambda t: (_month(t, -((t.month - 1) % 3)), _month(t, 3 - (t.month - 1) % 3)),
    ),
    "year": (gettext_lazy("this year"), lambda t: (date(t.year, 1, 1), date(t.year + 1, 1, 1))),
}  # fmt: skip


class RecordFilterSet(django_filters.FilterSet):
    """Filters for one actor: links and owners offer only what the actor may see."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for name, field in self.form.fields.items():
            if isinstance(field, RecordChoiceField):
                field.current = self.data.get(name)
                field.use_actor(actor)


class RecordFilter(django_filters.Filter):
    """Rows linked to one record."""

    field_class = RecordChoiceField


class OwnerFilter(django_filters.ChoiceFilter):
    """Rows owned by me, by my teams, or by somebody in particular."""

    def filter(self, rows: Any, value: Any) -> Any:
        if not value:
            return rows
        actor = self.parent.actor
        if value == ME:
            return rows.filter(owner_id=actor.id)
        if value == MY_TEAMS:
            return rows.owned_by(actor.principal_ids)
        return rows.filter(owner_id=int(value))


class RelativeDateFilter(django_filters.ChoiceFilter):
    """Days relative to today, in the reader's time zone."""

    def __init__(self, *args: Any, is_moment: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_moment = is_moment

    def filter(self, rows: Any, value: Any) -> Any:
        if not value:
            return rows
        start, end = (self._bound(day) for day in RELATIVE[value][1](clock.today()))
        if start:
            rows = rows.filter(**{f"{self.field_name}__gte": start})
        return rows.filter(**{f"{self.field_name}__lt": end}) if end else rows

    def _bound(self, day: date | None) -> date | None:
        """Midnight of the day in the reader's zone, where the column holds moments."""
        if day is None or not self.is_moment:
            return day
        return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


class FoldedTextFilter(django_filters.CharFilter):
    """Text contained in a field, accents and case aside."""

    def filter(self, rows: Any, value: Any) -> Any:
        if not value:
            return rows
        return rows.filter(**{f"{self.field_name}__unaccent__icontains": value})


@cache
def filter_set_class(record_type: RecordType) -> type[RecordFilterSet]:
    """The FilterSet of a type; links in names follow relations ('account__industry')."""
    filters: dict[str, Any] = {}
    for path in record_type.filters:
        filters |= _filters_of(record_type, path)
    meta = type("Meta", (), {"model": record_type.model, "fields": []})
    return type(f"{record_type.key.title()}FilterSet", (RecordFilterSet,), filters | {"Meta": meta})


def path_label(record_type: RecordType, path: str) -> str:
    """'Industry', or for a field of a linked record 'Account: industry'."""
    first, _sep, rest = path.partition("__")
    label = labels.field_label(record_type.key, first)
    if not rest:
        return label
    target = field_at(record_type.model, first).related_model
    return f"{label}: {labels.field_label(target.type_key(), rest)}"


def _filters_of(record_type: RecordType, path: str) -> dict[str, Any]:
    field = field_at(record_type.model, path)
    options = {"field_name": path, "label": _lazy_label(record_type, path)}
    if isinstance(field, models.ForeignKey | models.ManyToManyField):
        return {path: _link_filter(field, options)}
    if getattr(field, "choices", None):
        return {path: django_filters.MultipleChoiceFilter(choices=field.flatchoices, **options)}
    if isinstance(field, models.BooleanField):
        return {path: django_filters.BooleanFilter(**options)}
    if isinstance(field, models.DateField):
        relative = [(key, label) for key, (label, _days) in RELATIVE.items()]
        return {
            path: RelativeDateFilter(
                choices=relative,
                is_moment=isinstance(field, models.DateTimeField),
                **options,
            ),
            f"{path}_on": django_filters.DateFromToRangeFilter(**options),
        }
    if isinstance(field, models.IntegerField | models.DecimalField):
        return {path: django_filters.RangeFilter(**options)}
    return {path: FoldedTextFilter(**options)}


def _lazy_label(record_type: RecordType, path: str) -> Any:
    return lazy(lambda: path_label(record_type, path), str)()


def _link_filter(field: Any, options: dict[str, Any]) -> Any:
    target = field.related_model
    if target is Principal:
        return OwnerFilter(choices=owner_choices, **options)
    if issubclass(target, Record):
        return RecordFilter(model=target, **options)
    return django_filters.ModelMultipleChoiceFilter(
        queryset=target._default_manager.all(), **options
    )


def owner_choices() -> list[tuple[str, Any]]:
    people = Principal.objects.order_by("name").values_list("pk", "name")
    return [
        (ME, _("Me")),
        (MY_TEAMS, _("Me and my teams")),
        *((str(pk), name) for pk, name in people),
    ]


@dataclass(frozen=True)
class Chip:
    """One filter in force, in words, with the address of the list without it."""

    label: str
    value: str
    query: str


def chips(filters: RecordFilterSet, query: Any) -> list[Chip]:
    """What the list is narrowed by. `query` is the request's QueryDict."""
    found = []
    for name, one in filters.filters.items():
        value = filters.form.cleaned_data.get(name)
        if value in (None, "", []) or not _is_set(value):
            continue
        rest = query.copy()
        for key in (name, *_ends(name), "after", "before"):
            rest.pop(key, None)
        found.append(Chip(str(one.label), _said(one, value), rest.urlencode()))
    return found


def _ends(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{end}" for end in ("min", "max", "after", "before"))


def _is_set(value: Any) -> bool:
    if isinstance(value, slice):
        return value.start is not None or value.stop is not None
    return not isinstance(value, QuerySet) or bool(value)


def _said(one: Any, value: Any) -> str:
    if isinstance(value, slice):
        start, stop = _text(value.start), _text(value.stop)
        if start and stop:
            return _("%(start)s to %(stop)s") % {"start": start, "stop": stop}
        return (
            _("from %(start)s") % {"start": start}
            if start
            else _("up to %(stop)s") % {"stop": stop}
        )
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = one.extra.get("choices")
    if choices:
        named = dict(choices() if callable(choices) else choices)
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(str(named.get(v, v)) for v in chosen)
    if isinstance(value, QuerySet):
        return ", ".join(str(one) for one in value)
    return str(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return ui.day_text(value) if isinstance(value, date) else ui.number(value)


def parameter_names(filters: RecordFilterSet) -> set[str]:
    """Every query parameter the filters understand."""
    names = set()
    for name, one in filters.filters.items():
        suffixes = getattr(one.field.widget, "suffixes", ())
        names |= {f"{name}_{suffix}" for suffix in suffixes} or {name}
        names.add(f"{name}__text")
    return names
