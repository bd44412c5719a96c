"""Filters of a record type's list, made from the fields its declaration names.

A filter only reads an address: it says its value as conditions, and the condition engine does
the rest. So what a list is narrowed by can be stored as a view and shown in words.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.widgets import SuffixedMultiWidget

from crm import clock
from crm.access.actor import Actor
from crm.conditions.compiler import compile_node
from crm.conditions.fields import AskedField, Kind, asked_field
from crm.conditions.periods import is_period, offered_periods
from crm.conditions.schema import ME, MY_TEAMS, Group, Leaf, Node, Op, Tree, validate
from crm.conditions.words import path_label, say_node
from crm.models import Principal
from crm.records.declaration import RecordType
from crm.records.lookups import RecordChoiceField, RecordMultipleChoiceField
from crm.records.numbers import NumberText

YES, NO = "yes", "no"
SELECT, CONTROL, TICK = (
    {"class": name} for name in ("form-select", "form-control", "form-check-input")
)
Params = dict[str, list[str]]


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes to tick, dressed one by one."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["attrs"] |= TICK
        return option


class ConditionFilter(django_filters.Filter):
    """Reads one or several parameters of the address; `names` are those it understands."""

    suffixes: tuple[str, ...] = ("",)

    def named(self, name: str) -> list[str]:
        return [f"{name}_{suffix}" if suffix else name for suffix in self.suffixes]

    def conditions(self, value: Any) -> list[Tree]:
        raise NotImplementedError

    def params(self, name: str, leaf: Leaf) -> Params | None:
        """The parameters that say the condition, or None when this filter can't."""
        raise NotImplementedError

    def condition(self, op: Op, value: Any = None) -> Tree:
        asked = {"field": self.field_name, "op": op.value}
        return asked if value is None else {**asked, "value": value}


class TextFilter(ConditionFilter):
    field_class = forms.CharField

    def conditions(self, value: str) -> list[Tree]:
        return [self.condition(Op.CONTAINS, value)]

    def params(self, name: str, leaf: Leaf) -> Params | None:
        return {name: [leaf.value]} if leaf.op == Op.CONTAINS else None


class ChoiceFilter(ConditionFilter):
    """Any of some choices."""

    field_class = forms.MultipleChoiceField

    def conditions(self, value: list[str]) -> list[Tree]:
        return [self.condition(Op.ANY_OF, value)]

    def params(self, name: str, leaf: Leaf) -> Params | None:
        return {name: [str(one) for one in leaf.value]} if leaf.op == Op.ANY_OF else None


class YesNoFilter(ConditionFilter):
    field_class = forms.ChoiceField

    def conditions(self, value: str) -> list[Tree]:
        return [self.condition(Op.IS, value == YES)]

    def params(self, name: str, leaf: Leaf) -> Params | None:
        return {name: [YES if leaf.value else NO]} if leaf.op == Op.IS else None


class BlankFilter(ConditionFilter):
    field_class = forms.ChoiceField

    def conditions(self, value: str) -> list[Tree]:
        return [self.condition(Op.BLANK if value == YES else Op.FILLED)]

    def params(self, name: str, leaf: Leaf) -> Params | None:
        known = {Op.BLANK: YES, Op.FILLED: NO}
        return {name: [known[leaf.op]]} if leaf.op in known else None


class RangeField(forms.MultiValueField):
    """Ends of a range; each may be left out."""

    def compress(self, values: list[Any]) -> list[Any] | None:
        return values if any(value is not None for value in values) else None


class NumbersWidget(SuffixedMultiWidget):
    template_name = "records/range.html"
    suffixes = ["min", "max"]

    def __init__(self) -> None:
        super().__init__((NumberText(CONTROL), NumberText(CONTROL)))

    def decompress(self, value: Any) -> list[Any]:
        return value or [None, None]


class NumberField(RangeField):
    def __init__(self, **kwargs: Any) -> None:
        ends = (forms.DecimalField(required=False), forms.DecimalField(required=False))
        super().__init__(ends, require_all_fields=False, widget=NumbersWidget(), **kwargs)


class NumberFilter(ConditionFilter):
    field_class = NumberField
    suffixes = ("min", "max")

    def conditions(self, value: list[Any]) -> list[Tree]:
        ends = zip(("from", "to"), value, strict=True)
        return [self.condition(Op.BETWEEN, {n: str(v) for n, v in ends if v is not None})]

    def params(self, name: str, leaf: Leaf) -> Params | None:
        if leaf.op != Op.BETWEEN:
            return None
        ends = zip(self.named(name), (leaf.value.start, leaf.value.end), strict=True)
        return {param: [str(end)] for param, end in ends if end is not None}


class PeriodField(forms.ChoiceField):
    def valid_value(self, value: Any) -> bool:
        return is_period(value)


class DaysWidget(SuffixedMultiWidget):
    template_name = "records/days.html"
    suffixes = [None, "from", "to"]

    def __init__(self) -> None:
        day = {**CONTROL, "type": "date"}
        super().__init__((forms.Select(SELECT), forms.DateInput(day), forms.DateInput(day)))

    def decompress(self, value: Any) -> list[Any]:
        return value or [None, None, None]


class DaysField(RangeField):
    """A period relative to today, or days from and to."""

    def __init__(self, **kwargs: Any) -> None:
        period = PeriodField(required=False, choices=_periods)
        days = (forms.DateField(required=False), forms.DateField(required=False))
        super().__init__((period, *days), require_all_fields=False, widget=DaysWidget(), **kwargs)
        self.widget.widgets[0].choices = period.choices

    def compress(self, values: list[Any]) -> list[Any] | None:
        return values if any(values) else None


def _periods() -> list[tuple[str, Any]]:
    return [("", _("Any day")), *offered_periods()]


class DaysFilter(ConditionFilter):
    field_class = DaysField
    suffixes = ("", "from", "to")

    def conditions(self, value: list[Any]) -> list[Tree]:
        period, start, end = value
        found = [self.condition(Op.WITHIN, period)] if period else []
        if start or end:
            ends = {"from": start, "to": end}
            days = {name: day.isoformat() for name, day in ends.items() if day}
            found.append(self.condition(Op.BETWEEN, days))
        return found

    def params(self, name: str, leaf: Leaf) -> Params | None:
        if leaf.op == Op.WITHIN:
            return {name: [leaf.value]}
        if leaf.op != Op.BETWEEN:
            return None
        ends = zip(self.named(name)[1:], (leaf.value.start, leaf.value.end), strict=True)
        return {param: [end.isoformat()] for param, end in ends if end}


class RecordFilter(ConditionFilter):
    """Rows linked to any of some records."""

    field_class = RecordMultipleChoiceField
    suffixes = ("", "_text")  # a name typed without JavaScript

    def conditions(self, value: list[Any]) -> list[Tree]:
        return [self.condition(Op.ANY_OF, [record.pk for record in value])]

    def params(self, name: str, leaf: Leaf) -> Params | None:
        return {name: [str(one) for one in leaf.value]} if leaf.op == Op.ANY_OF else None


class PeopleField(RecordMultipleChoiceField):
    """Users and teams; 'me' and 'my teams' mean whoever reads the list."""

    def use_actor(self, actor: Actor) -> None:
        super().use_actor(actor)
        self.widget.attrs["data-lookup-url"] += "?me=1"

    def _offered(self) -> list[tuple[Any, str]]:
        return [*people_words(), *super()._offered()]

    def prepare_value(self, value: Any) -> Any:
        return [getattr(one, "pk", one) for one in value or ()]

    def to_python(self, value: Any) -> Any:
        words = dict(people_words())
        given = value if isinstance(value, list) else []
        spoken = [one for one in given if isinstance(one, str) and one in words]
        return [*spoken, *super().to_python([one for one in given if one not in spoken])]


def people_words() -> list[tuple[str, str]]:
    return [(ME, _("Me")), (MY_TEAMS, _("Me or my teams"))]


class PeopleFilter(ConditionFilter):
    field_class = PeopleField
    suffixes = ("", "_text")

    def conditions(self, value: list[Any]) -> list[Tree]:
        return [self.condition(Op.ANY_OF, [getattr(one, "pk", one) for one in value])]

    def params(self, name: str, leaf: Leaf) -> Params | None:
        return {name: [str(one) for one in leaf.value]} if leaf.op == Op.ANY_OF else None


class OtherFilter(ConditionFilter):
    """Rows of a small table that are no records: currencies."""

    field_class = forms.ModelMultipleChoiceField

    def conditions(self, value: Any) -> list[Tree]:
        return [self.condition(Op.ANY_OF, [row.pk for row in value])] if value else []

    def params(self, name: str, leaf: Leaf) -> Params | None:
        return {name: [str(one) for one in leaf.value]} if leaf.op == Op.ANY_OF else None


class RecordFilterSet(django_filters.FilterSet):
    """The filters an address names, for one actor: links accept only what the actor may see."""

    record_type: RecordType

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for field in self.form.fields.values():
            if isinstance(field, RecordChoiceField):
                field.use_actor(actor)

    @cached_property
    def tree(self) -> Tree:
        """What the address asks for, as conditions."""
        found: list[Tree] = []
        for name, one in self.filters.items():
            value = self.form.cleaned_data.get(name)
            if value not in forms.Field.empty_values:
                found += one.conditions(value)
        return {"all": found}

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset.filter(narrow(validate(self.record_type, self.tree), self.actor))


def narrow(group: Group, actor: Actor) -> Q:
    """The conditions as they are for the actor, today."""
    return compile_node(group, actor, timezone.localtime(clock.now()))


@cache
def all_filters(record_type: RecordType) -> Mapping[str, ConditionFilter]:
    """Every filter of the type by name; links in names follow relations."""
    found: dict[str, ConditionFilter] = {}
    for path in record_type.filters:
        asked = asked_field(record_type.model, path)
        if asked is not None:
            found |= _filters_of(record_type, asked)
    return found


@cache
def parameters(record_type: RecordType) -> Mapping[str, str]:
    """Query parameter -> name of the filter that reads it."""
    return {
        param: name for name, one in all_filters(record_type).items() for param in one.named(name)
    }


def filter_set(
    record_type: RecordType, query: QueryDict, actor: Actor, *, names: Iterable[str] | None = None
) -> RecordFilterSet:
    """The filters that `query` uses (a list with none is quicker for it), or those named."""
    known = parameters(record_type)
    wanted = {known[param] for param in query if param in known} if names is None else names
    rows = record_type.model.objects.visible_to(actor)
    return _class(record_type, frozenset(wanted))(query, queryset=rows, actor=actor)


@lru_cache(maxsize=512)
def _class(record_type: RecordType, names: frozenset[str]) -> type[RecordFilterSet]:
    chosen = {name: one for name, one in all_filters(record_type).items() if name in names}
    meta = type("Meta", (), {"model": record_type.model, "fields": []})
    values = {**chosen, "Meta": meta, "record_type": record_type}
    return type(f"{record_type.model.__name__}FilterSet", (RecordFilterSet,), values)


def _filters_of(record_type: RecordType, asked: AskedField) -> dict[str, ConditionFilter]:
    options = {"field_name": asked.path, "label": _lazy_label(record_type, asked.path)}
    found = {asked.path: _value_filter(asked, options)}
    if asked.can_be_blank:
        choices = [("", _any), (YES, gettext_lazy("empty")), (NO, gettext_lazy("filled in"))]
        label = gettext_lazy("Empty or filled in")
        found[f"{asked.path}_blank"] = BlankFilter(
            field_name=asked.path, label=label, choices=choices, widget=forms.Select(SELECT)
        )
    return found


_any = gettext_lazy("any")


def _value_filter(asked: AskedField, options: dict[str, Any]) -> ConditionFilter:
    make = _MAKERS.get(asked.kind)
    if make is not None:
        return make(**options)
    if asked.kind == Kind.CHOICE:
        known = [(str(key), label) for key, label in asked.choices.items() if key not in ("", None)]
        return ChoiceFilter(choices=known, widget=Ticks(), **options)
    if asked.kind == Kind.OTHER:
        rows = asked.field.related_model._default_manager.all()
        return OtherFilter(queryset=rows, widget=Ticks(), **options)
    return RecordFilter(model=asked.field.related_model, **options)


def _text_filter(**options: Any) -> ConditionFilter:
    return TextFilter(widget=forms.TextInput({**CONTROL, "maxlength": 200}), **options)


def _yes_no_filter(**options: Any) -> ConditionFilter:
    choices = [("", _any), (YES, gettext_lazy("yes")), (NO, gettext_lazy("no"))]
    return YesNoFilter(choices=choices, widget=forms.Select(SELECT), **options)


def _people_filter(**options: Any) -> ConditionFilter:
    return PeopleFilter(model=Principal, **options)


_MAKERS: dict[Kind, Callable[..., ConditionFilter]] = {
    Kind.TEXT: _text_filter,
    Kind.YES_NO: _yes_no_filter,
    Kind.PERSON: _people_filter,
    Kind.NUMBER: NumberFilter,
    Kind.DAY: DaysFilter,
    Kind.MOMENT: DaysFilter,
}


def _lazy_label(record_type: RecordType, path: str) -> Any:
    return lazy(lambda: path_label(record_type, path), str)()


@dataclass(frozen=True)
class Chip:
    """One condition in force, in words, with the address of the list without it."""

    lead: str
    value: str
    query: str


def chip(record_type: RecordType, node: Node, actor: Actor, query: QueryDict) -> Chip:
    """One condition of the list; `query` is the state of the list with it."""
    said = say_node(record_type, node, actor)
    rest = query.copy()
    for param in (params_of(record_type, node) or ()) if isinstance(node, Leaf) else ():
        rest.pop(param, None)
        rest.pop(f"{param}__text", None)
    return Chip(said.lead, said.value, rest.urlencode())


def params_of(record_type: RecordType, leaf: Leaf) -> Params | None:
    """The parameters that say the condition in an address; None where none can."""
    known = all_filters(record_type)
    for name in (leaf.asked.path, f"{leaf.asked.path}_blank"):
        params = known[name].params(name, leaf) if name in known else None
        if params is not None:
            return params
    return None


def params_of_all(record_type: RecordType, group: Group) -> Params | None:
    """The parameters of conditions that all hold; None when an address can't say them."""
    found: Params = {}
    for part in group.parts:
        params = params_of(record_type, part) if isinstance(part, Leaf) else None
        if group.is_any or params is None or set(params) & set(found):
            return None
        found |= params
    return found
