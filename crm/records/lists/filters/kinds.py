"""One filter for each kind of field: its parameters in an address, and the conditions they say."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext as _
from django_filters.widgets import SuffixedMultiWidget

from crm.access.actor import Actor
from crm.conditions.periods import is_period, offered_periods
from crm.conditions.schema import ME, MY_TEAMS, Leaf, Op, Tree
from crm.records.lists.lookups import RecordMultipleChoiceField
from crm.records.lists.numbers import NumberText

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
