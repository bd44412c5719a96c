"""How the fields of a form are drawn: in Python where a template would take most of the page."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm import written

register = template.Library()

OPTION = '<option value="{}"{}>{}</option>'
CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)
CLASSES = {"tick": "form-check-input", "select": "form-select", "input": "form-control"}


@register.filter
def kind_of(field: forms.BoundField) -> str:
    """How the field looks: hidden, tick, choices, select or input."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, CHOICES):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "select" if isinstance(widget, forms.Select) else "input"


@register.simple_tag
def control(field: forms.BoundField, kind: str) -> SafeString:
    """What one types or chooses in; red where something is wrong with it."""
    widget = field.field.widget
    own = widget.attrs.get("class", type(widget).__name__.lower())
    wrong = " is-invalid" if field.errors else ""
    return field.as_widget(attrs={"class": f"{own} {CLASSES[kind]}{wrong}"})


@register.filter
def is_optional(field: forms.BoundField) -> bool:
    """Whether a form says so; a field that is only needed later is not called optional."""
    return not field.field.required and not getattr(field.field, "is_needed_later", False)


@register.filter
def is_tall(field: forms.BoundField) -> bool:
    """Whether the field has several lines, and so the whole width."""
    return "rows" in field.field.widget.attrs


@register.simple_tag
def options(groups: Iterable[Any]) -> SafeString:
    """The options of a select: a template for each of 250 countries takes longer than the form."""
    return SafeString("".join(_group(name, offered) for name, offered, _place in groups))


def _group(name: str, offered: Iterable[Mapping[str, Any]]) -> SafeString:
    shown = SafeString("".join(map(_option, offered)))
    return format_html('<optgroup label="{}">{}</optgroup>', name, shown) if name else shown


def _option(offered: Mapping[str, Any]) -> SafeString:
    value, label = str(offered["value"]), str(offered["label"])
    if not offered["attrs"]:
        return _plain_option(value, label)
    return format_html(OPTION, value, flatatt(offered["attrs"]), label)


@lru_cache(maxsize=written.KEPT)
def _plain_option(value: str, label: str) -> SafeString:
    return format_html(OPTION, value, "", label)
