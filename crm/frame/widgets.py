"""Inputs and selects of every form, drawn in Python.

Django draws each by three templates within one another, and each of 250 countries by two more;
for thirty fields that takes longer than the rest of their page.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.values import locale_formats

Widget = Mapping[str, Any]  # what a widget tells its template

INPUTS = ("checkbox", "date", "email", "hidden", "input", "number", "tel", "text", "url")


class Renderer(TemplatesSetting):
    """Draws the plain widgets here, all others by their templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = _DRAWN.get(template_name)
        return draw(context["widget"]) if draw else super().render(template_name, context, request)


def input_html(widget: Widget) -> SafeString:
    value, name = widget["value"], widget["name"]
    said = SafeString("") if value is None else _attribute("value", str(value))
    attributes = _attributes(widget["attrs"])
    return format_html('<input type="{}" name="{}"{}{}>', widget["type"], name, said, attributes)


def textarea_html(widget: Widget) -> SafeString:
    attributes = _attributes(widget["attrs"])
    value = widget["value"] or ""
    return format_html('<textarea name="{}"{}>\n{}</textarea>', widget["name"], attributes, value)


def select_html(widget: Widget) -> SafeString:
    groups = widget["optgroups"]
    options = SafeString("".join(_group(name, offered) for name, offered, _place in groups))
    attributes = _attributes(widget["attrs"])
    return format_html('<select name="{}"{}>{}</select>', widget["name"], attributes, options)


_DRAWN: dict[str, Callable[[Widget], SafeString]] = {
    **{f"django/forms/widgets/{kind}.html": input_html for kind in INPUTS},
    "django/forms/widgets/textarea.html": textarea_html,
    "django/forms/widgets/select.html": select_html,
}


def _group(name: str, offered: Iterable[Mapping[str, Any]]) -> SafeString:
    shown = SafeString("".join(map(_option, offered)))
    return format_html('<optgroup label="{}">{}</optgroup>', name, shown) if name else shown


def _option(offered: Mapping[str, Any]) -> SafeString:
    value, label, attributes = str(offered["value"]), str(offered["label"]), offered["attrs"]
    return _plain_option(value, label, _attributes(attributes) if attributes else SafeString(""))


@lru_cache(maxsize=locale_formats.KEPT)
def _plain_option(value: str, label: str, attributes: SafeString) -> SafeString:
    return format_html('<option value="{}"{}>{}</option>', value, attributes, label)


def _attributes(given: Mapping[str, Any]) -> SafeString:
    shown = (
        _attribute(name, None if value is True else str(value))
        for name, value in given.items()
        if value is not False
    )
    return SafeString("".join(shown))


@lru_cache(maxsize=locale_formats.KEPT)
def _attribute(name: str, value: str | None) -> SafeString:
    """One of its own where nothing is to be said but that it is there."""
    return format_html(" {}", name) if value is None else format_html(' {}="{}"', name, value)
