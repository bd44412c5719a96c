"""The frame around every page: work areas, site map, what may be created. Costs no query.

People whose roles offer the same share a site map, and its parts are cached by what they are given.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.company.settings import company
from crm.frame.settings_pages import pages_by_group
from crm.mail.holding import mail_is_held_cached
from crm.models.levels import Privilege
from crm.notifications.bell import bell_of
from crm.registry.declaration import Feature, RecordType
from crm.registry.links import list_url, new_url
from crm.registry.registry import registry
from crm.runtime.cache_versions import cache_version, unread_count
from crm.runtime.process_cache import ProcessCache

AREAS = {
    "sales": gettext_lazy("Sales"),
    "service": gettext_lazy("Service"),
    "marketing": gettext_lazy("Marketing"),
}
GROUPS = {
    "work": gettext_lazy("My work"),
    "customers": gettext_lazy("Customers"),
    "sales": gettext_lazy("Sales"),
    "service": gettext_lazy("Service"),
    "marketing": gettext_lazy("Marketing"),
    "collateral": gettext_lazy("Collateral"),
    "knowledge": gettext_lazy("Knowledge"),
}
AREA_COOKIE = "area"
SETTINGS = ("/settings/", "/imports/", "/jobs/", "/admin/")


@dataclass(frozen=True)
class Entry:
    """A place one can go to."""

    label: str
    url: str
    icon: str
    is_current: bool = False
    colour: str = ""


@dataclass(frozen=True)
class EntryGroup:
    """Entries of the site map under one heading."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """An entry of the site map that is no record type; `area` '' means every area."""

    area: str
    group: str
    label: Any
    icon: str
    url_name: str
    order: int = 50
    reads: str = ""  # type key the actor must be able to read


TODAY = Page(
    area="", group="work", label=gettext_lazy("Today"), icon="house", url_name="today", order=1
)
_pages: list[Page] = []


def add_page(page: Page) -> None:
    _pages.append(page)


_site_map: ProcessCache[Any] = ProcessCache(size=2000)


class Frame:
    """What `base.html` draws around the page of this request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.actor: Actor = request.actor

    def _shared(self, name: str, make: Callable[[], Any], *more: Hashable) -> Any:
        """What everybody with such roles is offered here, made once for all of them."""
        versions = tuple(map(cache_version, ("labels", "settings", "definitions")))
        key = (name, self.actor.offers, get_language(), versions, *more)
        return _site_map.get(key, make)

    @cached_property
    def _place(self) -> Hashable:
        """Which entry of the site map is the page's own."""
        if self.area == "settings":
            return self.request.path
        return self._here.key if self._here else tuple(page.url_name for page in self._current)

    @property
    def unread(self) -> int:
        """How many notifications wait, as far as the bell counts them."""
        return unread_count()

    @property
    def bell(self) -> dict[str, Any]:
        return bell_of(self.unread)

    @cached_property
    def is_mail_held(self) -> bool:
        """Told to administrators, who can let it go."""
        return self.actor.can_administer and mail_is_held_cached()

    @cached_property
    def company_name(self) -> str:
        return company().name

    @cached_property
    def area(self) -> str:
        """Where the reader is: the page's own area, else the one used last."""
        if self.actor.can_administer and self.request.path.startswith(SETTINGS):
            return "settings"
        last = self.request.COOKIES.get(AREA_COOKIE, "sales")
        here = [place.area for place in self._here.places] if self._here else self._page_areas()
        if here and last not in here:
            return here[0]
        return last if last in AREAS else "sales"

    def _page_areas(self) -> list[str]:
        """Where an app's own page stands, for it and what is below it."""
        return [page.area for page in self._current if page.area]

    @cached_property
    def _current(self) -> list[Page]:
        return [page for page in _pages if self._is_at(address(page.url_name))]

    def _is_at(self, url: str) -> bool:
        return self.request.path == url or (url != "/" and self.request.path.startswith(url))

    @cached_property
    def _here(self) -> RecordType | None:
        match = self.request.resolver_match
        found = match.kwargs.get("record_type") if match else None
        return found if isinstance(found, RecordType) else None

    @cached_property
    def areas(self) -> tuple[Entry, ...]:
        found: tuple[Entry, ...] = self._shared("areas", self._areas, self.area)
        return found

    def _areas(self) -> tuple[Entry, ...]:
        areas = [
            Entry(str(label), reverse("area", args=[key]), "", key == self.area)
            for key, label in AREAS.items()
            if self._types_of(key)
        ]
        if self.actor.can_administer:
            settings = Entry(_("Settings"), reverse("settings:home"), "", self.area == "settings")
            areas.append(settings)
        return tuple(areas)

    def _types_of(self, area: str) -> list[tuple[int, str, RecordType]]:
        found = [
            (place.order, place.group, record_type)
            for record_type in registry
            for place in record_type.places
            if place.area == area and self.actor.can(record_type.key, Privilege.READ)
        ]
        return sorted(found, key=lambda row: row[0])

    @cached_property
    def groups(self) -> tuple[EntryGroup, ...]:
        found: tuple[EntryGroup, ...] = self._shared("groups", self._groups, self.area, self._place)
        return found

    def _groups(self) -> tuple[EntryGroup, ...]:
        if self.area == "settings":
            return self._settings_groups()
        entries: dict[str, list[tuple[int, Entry]]] = {}
        for order, group, record_type in self._types_of(self.area):
            entries.setdefault(group, []).append((order, self._entry(record_type)))
        for page in _pages:
            if page.area in ("", self.area) and self._may_open(page):
                url = address(page.url_name)
                entry = Entry(str(page.label), url, page.icon, page in self._current)
                entries.setdefault(page.group, []).append((page.order, entry))
        return tuple(
            EntryGroup(str(label), tuple(entry for _order, entry in _sorted(entries[key])))
            for key, label in GROUPS.items()
            if key in entries
        )

    def _may_open(self, page: Page) -> bool:
        return not page.reads or self.actor.can(page.reads, Privilege.READ)

    def _entry(self, record_type: RecordType) -> Entry:
        return Entry(
            labels.plural(record_type.key),
            list_url(record_type.key),
            record_type.icon,
            self._here is not None and self._here.key == record_type.key,
        )

    def _settings_groups(self) -> tuple[EntryGroup, ...]:
        groups = []
        for label, pages in pages_by_group():
            items = []
            for page in pages:
                url = reverse(page.url_name)
                is_here = self.request.path.startswith(url)
                items.append(Entry(str(page.label), url, page.icon, is_here))
            groups.append(EntryGroup(str(label), tuple(items)))
        return tuple(groups)

    @cached_property
    def creatable(self) -> tuple[Entry, ...]:
        found: tuple[Entry, ...] = self._shared("creatable", self._creatable)
        return found

    def _creatable(self) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                labels.singular(record_type.key),
                new_url(record_type.key),
                record_type.icon,
                colour=record_type.colour,
            )
            for record_type in registry
            if record_type.has(Feature.QUICK_CREATE)
            and self.actor.can(record_type.key, Privilege.CREATE)
        )


def address(url_name: str) -> str:
    return _address(get_urlconf(), get_script_prefix(), url_name)


@cache
def _address(urlconf: str | None, prefix: str, url_name: str) -> str:
    return reverse(url_name)


def _sorted(entries: list[tuple[int, Entry]]) -> list[tuple[int, Entry]]:
    return sorted(entries, key=lambda pair: pair[0])


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `frame`, for signed-in readers only."""
    actor = getattr(request, "actor", None)
    return {"frame": Frame(request) if actor and actor.user else None}
