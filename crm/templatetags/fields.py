"""How the fields of a form look."""

from collections.abc import Mapping
from typing import Any

from django import forms, template
from django.utils.safestring import SafeString

from crm.frame.widgets import select_html

register = template.Library()

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
def select(widget: Mapping[str, Any]) -> SafeString:
    """The select that a template of its own adds to."""
    return select_html(widget)
