"""The template tags and filters of every page; what they draw is in `crm.ui.parts`."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.company.settings import company
from crm.runtime.cache_versions import cache_version
from crm.runtime.process_cache import ProcessCache
from crm.ui import parts
from crm.ui.keyed import Keyed

register = template.Library()

for draw in (parts.icon, parts.face, parts.pill, parts.tile):
    register.simple_tag(draw)

for write in (
    parts.initials,
    parts.amount,
    parts.number,
    parts.day,
    parts.whole_day,
    parts.moment,
    parts.distance,
    parts.overdue,
    parts.is_past,
    parts.file_size,
):
    register.filter(write)

_parts: ProcessCache[SafeString] = ProcessCache(size=4000)


@register.simple_tag
def cached_part(template_name: str, **values: Any) -> SafeString:
    """A part of the page, cached under exactly what it is given, and drawn from nothing else.

    The part's template sees `values` alone, neither the request nor the rest of the page, so that
    no value can be forgotten in the key: two readers share a part when all values are equal. What
    is costly to make is given as `crm.ui.keyed.Keyed`. Names and settings that administrators
    change count along, and so do the time zone and today's date there. Equal values of unequal
    types don't share a part: `True == 1`, and safe text equals the same text to be escaped.
    While templates are being worked on every part is drawn anew.
    """

    def draw() -> SafeString:
        made = {name: _made(value) for name, value in values.items()}
        return SafeString(get_template(template_name).render(made))

    if settings.DEBUG:
        return draw()
    versions = tuple(map(cache_version, ("labels", "settings", "definitions")))
    around = (get_language(), timezone.get_current_timezone_name(), timezone.localdate())
    given = tuple((name, type(value), value) for name, value in values.items())
    return _parts.get((template_name, around, versions, given), draw)


def _made(value: Any) -> Any:
    return value() if isinstance(value, Keyed) else value


@register.simple_tag
def company_name() -> str:
    return company().name


@register.filter
def lookup(mapping: Mapping[Any, Any], key: Any) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(key)


@register.filter
def button_look(attrs: Mapping[str, Any]) -> str:
    """The classes of a button of allauth's pages, from the tags it gives that button."""
    tags = set(attrs.get("tags") or ())
    size = " btn-sm" if "tool" in tags else ""
    if "danger" in tags:
        return f"btn btn-stop{size}"
    if tags & {"outline", "secondary", "tool", "panel"} or attrs.get("href"):
        return f"btn{size}"
    return "btn btn-quiet" if tags & {"link", "cancel"} else "btn btn-primary"


BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome"}
BROWSERS |= {"Safari": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows"}
SYSTEMS |= {"Mac OS": "macOS", "Linux": "Linux"}


@register.filter
def browser_name(user_agent: str) -> str:
    """'Firefox on Linux': what of a browser's own description tells people something."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")
