"""How an app declares what it adds to the kernel, beside its record types.

Each app of `APPS`, and the kernel itself, has one `APP = App(...)` in its `app.py`. It is read once
at start; every word in it is checked by `crm.extensions.checks` before anything is served.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm.exchange.imports.additions import ImportAddition
from crm.frame.app_urls import AppUrls
from crm.frame.frame import Page
from crm.frame.settings_pages import SettingsPage
from crm.journal.sentences import Sentence
from crm.notifications.kinds import Kind
from crm.records.history.undo import Undoer, WholeUndoer
from crm.records.merging.pointers import LinkOnMerge, Pointer
from crm.registry.registry import ReadDefinitions
from crm.runtime.metrics import Measure
from crm.today.blocks import Block


@dataclass(frozen=True, kw_only=True)
class App:
    """What one app adds.

    `verbs` say how the journal's verbs read, after the name of who acted. `undoers` take back, for
    one journal entry of a verb, the rows without field history that it wrote; `whole_undoers` take
    back all of an operation in which the verb was journalled. `subscriptions` are pairs of an event
    and a handler, which runs in the transaction of whoever emits the event, in the order of `APPS`.
    `after_migrate` are called after each `migrate`, with the signal's arguments.
    """

    verbs: Mapping[str, Sentence] = field(default_factory=dict)
    undoers: Mapping[str, Undoer] = field(default_factory=dict)
    whole_undoers: Mapping[str, WholeUndoer] = field(default_factory=dict)
    subscriptions: tuple[tuple[type, Callable[[Any], None]], ...] = ()
    kinds: tuple[Kind, ...] = ()  # what people are notified of
    pages: tuple[Page, ...] = ()  # of the site map
    settings_pages: tuple[SettingsPage, ...] = ()
    blocks: tuple[Block, ...] = ()  # of the start page
    urls: tuple[AppUrls, ...] = ()
    pointers: tuple[Pointer, ...] = ()  # columns with ids of records of several types
    links_on_merge: tuple[LinkOnMerge, ...] = ()  # links that do not move in a merge
    imports: tuple[ImportAddition, ...] = ()
    measures: tuple[Measure, ...] = ()  # what operators collect
    definitions: tuple[ReadDefinitions, ...] = ()  # what administrators make of types
    after_migrate: tuple[Callable[..., None], ...] = ()
