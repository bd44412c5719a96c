"""All filters of a record type, and those an address uses."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy

from crm import clock
from crm.access.actor import Actor
from crm.conditions.compiler import compile_node
from crm.conditions.fields import AskedField, Kind, asked_field
from crm.conditions.schema import Group, Tree, validate
from crm.conditions.words import path_label
from crm.models import Principal
from crm.records.lists.filters.kinds import (
    CONTROL,
    NO,
    SELECT,
    YES,
    BlankFilter,
    ChoiceFilter,
    ConditionFilter,
    DaysFilter,
    NumberFilter,
    OtherFilter,
    PeopleFilter,
    RecordFilter,
    TextFilter,
    Ticks,
    YesNoFilter,
)
from crm.records.lists.lookups import RecordChoiceField
from crm.registry.declaration import RecordType
from crm.registry.derived import derived
from crm.runtime.process_cache import ProcessCache

_classes: ProcessCache[type["RecordFilterSet"]] = ProcessCache(size=512)


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


@derived
def all_filters(record_type: RecordType) -> Mapping[str, ConditionFilter]:
    """Every filter of the type by name; links in names follow relations."""
    found: dict[str, ConditionFilter] = {}
    for path in record_type.filters:
        asked = asked_field(record_type.model, path)
        if asked is not None:
            found |= _filters_of(record_type, asked)
    return found


@derived
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
    key = (record_type, frozenset(wanted))
    return _classes.get(key, lambda: _class(*key))(query, queryset=rows, actor=actor)


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
