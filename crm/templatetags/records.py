"""Names, addresses and values of records in templates."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm import labels
from crm.access.actor import Actor
from crm.records.lists.cells import compiled, status_pill
from crm.records.lists.tables import BoundColumn
from crm.registry import links
from crm.registry.registry import registry
from crm.ui import parts

register = template.Library()

EVERY_PAGE = ("request", "user", "csrf_token", "frame")


@register.simple_tag
def type_name(type_key: str) -> str:
    return labels.singular(type_key)


@register.simple_tag
def type_plural(type_key: str) -> str:
    return labels.plural(type_key)


@register.simple_tag
def field_label(type_key: str, name: str) -> str:
    return labels.field_label(type_key, name)


@register.simple_tag
def sentence(text: Any, type_key: str) -> str:
    """A translated sentence with the type's names put in."""
    return labels.with_names(text, type_key)


@register.simple_tag
def type_tile(type_key: str, extra: str = "") -> SafeString:
    record_type = registry.get(type_key)
    return parts.tile(record_type.icon, record_type.colour, extra)


@register.filter
def named(record: Any, actor: Actor) -> str:
    """What a linked record is called, as far as the actor may know."""
    if not isinstance(actor, Actor):  # a part that was given none would name everything
        raise TypeError("A linked record is named for somebody.")
    return actor.name_of(record)


@register.filter
def record_url(record: Any) -> str:
    return links.record_url(record)


@register.simple_tag
def action_url(record: Any, action: str) -> str:
    return links.action_url(record, action)


@register.simple_tag
def list_url(type_key: str) -> str:
    return links.list_url(type_key)


@register.simple_tag
def new_url(type_key: str) -> str:
    return links.new_url(type_key)


@register.simple_tag(takes_context=True)
def cell(context: Any, column: BoundColumn, row: Any) -> Any:
    """A value as tables and headers show it to the reader."""
    request = context.get("request")
    return column.html(row, request.actor if request else None)


@register.simple_tag
def into_listing() -> SafeString:
    """Attributes of a link or form within a list: with htmx only the list is fetched."""
    return INTO_LISTING


INTO_LISTING = SafeString('hx-boost="true" hx-target="#listing" hx-swap="outerHTML"')


@register.simple_tag
def loads_part(record_type: Any, query: str, part: str) -> SafeString:
    """Attributes of an open menu whose content is fetched when it is opened first."""
    url = f"{reverse('records:arrange', args=[record_type])}?part={part}&{query}"
    return format_html(
        'hx-get="{}" hx-trigger="toggle from:closest details once" hx-target="this"'
        ' hx-swap="innerHTML"',
        url,
    )


@register.simple_tag
def status(record: Any) -> SafeString:
    return status_pill(registry.of(record), record)


@register.simple_tag(takes_context=True)
def with_context(context: Any, template_name: str, loaded: Any) -> SafeString:
    """A part's own template with what its loader returned, beside what every page has."""
    shared = {name: context[name] for name in EVERY_PAGE if name in context}
    rendered: SafeString = compiled(template_name).template.render(context.new(shared | loaded))
    return rendered
