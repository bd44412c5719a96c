"""Reads the declarations of the kernel and of every app, once at start."""

import traceback
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_migrate
from django.utils.module_loading import module_has_submodule

from crm.exchange.imports.additions import add_to_import
from crm.extensions.declaration import App
from crm.frame.app_urls import add_urls
from crm.frame.frame import add_page
from crm.frame.settings_pages import add_settings_page
from crm.journal.sentences import add_verbs
from crm.notifications.kinds import add_kinds
from crm.operations import subscribe
from crm.records.history.undo import add_undoer, add_whole_undoer
from crm.records.merging.pointers import add_pointer, set_on_merge
from crm.registry.registry import registry
from crm.runtime.metrics import add_measure
from crm.settings.apps import APPS
from crm.today.blocks import add_block

declared: dict[str, App] = {}  # by the app's label, the kernel first, then as APPS lists them


def import_declarations(module: str) -> ModuleType:
    """Imports a module of declarations.

    Raises ImproperlyConfigured, with the file and the word, where it names what does not exist: an
    argument, a constant, a function.
    """
    try:
        return import_module(module)
    except (TypeError, AttributeError, NameError, ImportError) as error:
        raise ImproperlyConfigured(f"{_file_of(error)}: {error}") from error


def install_apps() -> None:
    """Reads `APP` of the kernel and of each app of APPS, and hands its parts to their registries.

    Raises ImproperlyConfigured for an app without a declaration.
    """
    for name in ("crm", *APPS):
        declared[name] = _read(name)
    for name, app in declared.items():
        _install(name, app)


def declared_in(name: str) -> str:
    """The file of an app's declaration, as from the project's folder: for messages."""
    return f"{name}/app.py"


def _read(name: str) -> App:
    where = f"{declared_in(name)}: {name}"
    config = apps.get_app_config(name)
    if config.module is None or not module_has_submodule(config.module, "app"):
        raise ImproperlyConfigured(
            f"{where}: the app has no declaration, and needs APP = App(...)."
        )
    app = getattr(import_declarations(f"{config.name}.app"), "APP", None)
    if not isinstance(app, App):
        raise ImproperlyConfigured(f"{where}: the file has no APP = App(...).")
    return app


def _install(name: str, app: App) -> None:
    add_verbs(app.verbs)
    for verb, undoer in app.undoers.items():
        add_undoer(verb, undoer)
    for verb, whole_undoer in app.whole_undoers.items():
        add_whole_undoer(verb, whole_undoer)
    for event, handler in app.subscriptions:
        subscribe(event, handler)
    add_kinds(*app.kinds)
    for measure in app.measures:
        add_measure(measure)
    _install_pages(app)
    _install_records(app)
    for handler in app.after_migrate:
        post_migrate.connect(handler, sender=apps.get_app_config(name))


def _install_records(app: App) -> None:
    for pointer in app.pointers:
        add_pointer(pointer)
    for link in app.links_on_merge:
        set_on_merge(link)
    for addition in app.imports:
        add_to_import(addition)
    for read in app.definitions:
        registry.define(read)


def _install_pages(app: App) -> None:
    for page in app.pages:
        add_page(page)
    for settings_page in app.settings_pages:
        add_settings_page(settings_page)
    for block in app.blocks:
        add_block(block)
    for urls in app.urls:
        add_urls(urls)


def _file_of(error: Exception) -> str:
    """The last file of the product in which the error was raised, as from the project's folder."""
    files = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    folders = [Path(apps.get_app_config(name).path) for name in ("crm", *APPS)]
    for path in reversed(files):
        for folder in folders:
            if path.is_relative_to(folder):
                return str(path.relative_to(folder.parent))
    return str(files[-1])
