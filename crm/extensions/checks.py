"""Checks of the apps' declarations: every word in them means something, and none stands twice.

They run as Django system checks (`manage.py check`, `migrate`, `runserver`) and, with those of the
record types, when the web server and the workers start, which a mistake stops with a sentence that
names file, app and word.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from typing import Any

from django.core import checks
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import Model
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, URLPattern, reverse

from crm.access.routes import Policy
from crm.exchange.imports.fields import fields_of
from crm.exchange.imports.targets import RecordTarget
from crm.extensions import collecting
from crm.extensions.declaration import App
from crm.frame.app_urls import AppUrls
from crm.frame.settings_pages import GROUPS
from crm.models import JournalEntry
from crm.records.checks import all_problems
from crm.registry.declaration import Area, Feature, Group
from crm.registry.registry import registry
from crm.runtime.cache_versions import without_cache_versions
from crm.ui.icons import icon_names

VERB_LENGTH = JournalEntry._meta.get_field("verb").max_length or 0


@checks.register("records")
def apps_name_real_things(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    return [
        checks.Error(problem, id="crm.E003") for problem in problems_of_apps(collecting.declared)
    ]


def refuse_wrong_declarations() -> None:
    """For processes that run no system checks. Raises ImproperlyConfigured with every problem."""
    found = [*all_problems(), *problems_of_apps(collecting.declared)]
    if found:
        raise ImproperlyConfigured("\n".join(found))


def problems_of_apps(declared: Mapping[str, App]) -> list[str]:
    """What is wrong with the declarations, each as 'file: app: sentence'. Opens no connection."""
    verbs = {verb for app in declared.values() for verb in app.verbs}
    with without_cache_versions():
        return [
            f"{collecting.declared_in(name)}: {name}: {sentence}"
            for name, app in declared.items()
            for sentence in (*_unknown(app, verbs), *_repeated(name, declared))
        ]


def _unknown(app: App, verbs: set[str]) -> Iterator[str]:
    yield from _verbs(app, verbs)
    yield from _subscriptions(app)
    yield from _icons(app)
    yield from _kinds(app)
    yield from _pages(app)
    yield from _settings_pages(app)
    yield from _blocks(app)
    yield from _urls(app)
    yield from _columns(app)
    yield from _imports(app)


def _verbs(app: App, verbs: set[str]) -> Iterator[str]:
    for verb in app.verbs:
        if len(verb) > VERB_LENGTH:
            yield f"the verb '{verb}' is longer than {VERB_LENGTH} letters."
    for what, undoers in (("undoers", app.undoers), ("whole_undoers", app.whole_undoers)):
        for verb, undoer in undoers.items():
            if verb not in verbs:
                yield f"{what} name '{verb}', which is no verb of any app."
            if not callable(undoer):
                yield f"{what} give '{undoer}' for '{verb}', which is no function."


def _subscriptions(app: App) -> Iterator[str]:
    for event, handler in app.subscriptions:
        if not isinstance(event, type):
            yield f"subscriptions name '{event}', which is no event."
        if not callable(handler):
            yield f"subscriptions name '{handler}', which is no function."


def _icons(app: App) -> Iterator[str]:
    named = [(f"page '{page.url_name}'", page.icon) for page in app.pages]
    named += [(f"settings page '{page.url_name}'", page.icon) for page in app.settings_pages]
    named += [(f"block '{block.key}'", block.icon) for block in app.blocks]
    named += [(f"kind '{kind.key}'", kind.icon) for kind in app.kinds]
    for where, icon in named:
        if icon not in icon_names():
            yield f"{where} has the icon '{icon}', and there is none of this name."


def _kinds(app: App) -> Iterator[str]:
    for kind in app.kinds:
        if kind.label_type and kind.label_type not in registry:
            yield f"kind '{kind.key}' is named by '{kind.label_type}', which is no record type."


def _pages(app: App) -> Iterator[str]:
    for page in app.pages:
        where = f"page '{page.url_name}'"
        if page.area:
            yield from _not_in(Area, page.area, f"the area of {where}")
        yield from _not_in(Group, page.group, f"the group of {where}")
        if page.reads and page.reads not in registry:
            yield f"{where} reads '{page.reads}', which is no record type."
        if not _is_route(page.url_name):
            yield f"{where} leads to no route without arguments."


def _settings_pages(app: App) -> Iterator[str]:
    for page in app.settings_pages:
        where = f"settings page '{page.url_name}'"
        yield from _not_in(GROUPS, page.group, f"the group of {where}")
        if not _is_route(page.url_name):
            yield f"{where} leads to no route without arguments."


def _blocks(app: App) -> Iterator[str]:
    for block in app.blocks:
        if not _is_template(block.template):
            yield f"block '{block.key}' has the template '{block.template}', which does not exist."


def _urls(app: App) -> Iterator[str]:
    for urls in app.urls:
        try:
            routes = _routes(urls)
        except ImportError as error:
            yield f"urls name '{urls.module}', which cannot be imported: {error}"
            continue
        for pattern, policy in urls.policies.items():
            yield from _not_in(Policy, policy, f"the policy of '{pattern}'")
            if not any(_covers(pattern, route) for route in routes):
                yield f"policies name '{pattern}', which is no route of '{urls.module}'."
        for route in routes:
            if not any(_covers(pattern, route) for pattern in urls.policies):
                yield f"no policy says who may open the route '{route}' of '{urls.module}'."


def _routes(urls: AppUrls) -> list[str]:
    module = import_module(urls.module)
    namespace = f"{module.app_name}:" if hasattr(module, "app_name") else ""
    return [f"{namespace}{one.name}" for one in module.urlpatterns if isinstance(one, URLPattern)]


def _covers(pattern: str, route: str) -> bool:
    return route == pattern or (pattern.endswith("*") and route.startswith(pattern[:-1]))


def _columns(app: App) -> Iterator[str]:
    for pointer in app.pointers:
        for name in (pointer.name, pointer.type_field):
            if name and not _is_field(pointer.model, name):
                yield f"a pointer names '{pointer.model._meta.label}.{name}', which is no field."
    for link in app.links_on_merge:
        where = f"'{link.model._meta.label}.{link.name}'"
        if not _is_field(link.model, link.name):
            yield f"links_on_merge name {where}, which is no field."
        elif not link.model._meta.get_field(link.name).is_relation:
            yield f"links_on_merge name {where}, which is no link."


def _imports(app: App) -> Iterator[str]:
    for addition in app.imports:
        if addition.record_type not in registry:
            yield f"imports name '{addition.record_type}', which is no record type."
            continue
        record_type = registry.declared[addition.record_type]
        if not record_type.has(Feature.IMPORT):
            yield f"imports name '{addition.record_type}', which takes no imports."
        known = fields_of(record_type.model, RecordTarget(record_type).asked_names)
        for name in addition.aliases:
            if name not in known:
                yield f"import aliases of '{record_type.key}' name '{name}', which is no field."


def _repeated(name: str, declared: Mapping[str, App]) -> Iterator[str]:
    """What stands twice: in the app itself, or in one before it."""
    before = [declared[one] for one in list(declared)[: list(declared).index(name)]]
    for what, keys_of in KEYS.items():
        taken = {key for app in before for key in keys_of(app)}
        for key in keys_of(declared[name]):
            if key in taken:
                yield f"two {what} have the key '{key}'."
            taken.add(key)


KEYS: Mapping[str, Callable[[App], Iterable[str]]] = {
    "verbs": lambda app: app.verbs,
    "undoers": lambda app: [*app.undoers, *app.whole_undoers],
    "subscriptions": lambda app: [
        f"{event.__name__} -> {handler.__module__}.{handler.__qualname__}"
        for event, handler in app.subscriptions
        if isinstance(event, type) and callable(handler)
    ],
    "kinds": lambda app: [kind.key for kind in app.kinds],
    "pages": lambda app: [page.url_name for page in app.pages],
    "settings pages": lambda app: [page.url_name for page in app.settings_pages],
    "blocks": lambda app: [block.key for block in app.blocks],
    "urls": lambda app: [urls.module for urls in app.urls],
    "pointers": lambda app: [pointer.label for pointer in app.pointers],
    "links on merge": lambda app: [
        f"{one.model._meta.label}.{one.name}" for one in app.links_on_merge
    ],
    "imports of a field": lambda app: [
        f"{addition.record_type}.{described.name}"
        for addition in app.imports
        for described in addition.fields
    ],
}


def _not_in(vocabulary: type[StrEnum] | Iterable[str], word: str, where: str) -> Iterator[str]:
    if word not in set(vocabulary):
        known = ", ".join(repr(str(one)) for one in vocabulary)
        yield f"{where} says '{word}', which is none of {known}."


def _is_field(model: type[Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _is_route(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True


def _is_template(name: str) -> bool:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True
