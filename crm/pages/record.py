"""The page of one record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm import labels
from crm.errors import NotVisible
from crm.models.levels import Privilege
from crm.pages.loading import KEY_FIELDS, fact_name, load_page
from crm.pages.tabs import files, history, sharing
from crm.pages.tabs.timeline import timeline_context
from crm.records.lists.tables import (
    field_columns,
    key_columns,
    subtitle_columns,
)
from crm.records.merging.merged_records import merged_into
from crm.records.recent import remember
from crm.records.services import lock_reason
from crm.registry.declaration import Action, Feature, Panel, RecordType, Section
from crm.registry.links import record_url


@dataclass(frozen=True)
class Command:
    """A verb as the page offers it; a refusal says why it can't be used now."""

    action: Action
    label: str
    refusal: str
    is_main: bool = False  # the page's one primary button


@dataclass(frozen=True)
class Tab:
    key: str
    label: str
    count: int | None = None


@require_GET
def show_record(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    try:
        record = load_page(request.actor, record_type, record_id)
    except NotVisible:
        return _lead_on(request, record_type, record_id)
    if not request.GET:
        remember(request.actor, record)
    return record_page(request, record_type, record)


def _lead_on(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """What was merged leads to the record that stayed, for those who may see that one."""
    stayed = merged_into(request.actor, record_type, record_id)
    if stayed is None:
        raise NotVisible
    messages.info(request, _("What you opened was merged into this one."))
    return redirect(record_url(stayed))


def record_page(
    request: HttpRequest,
    record_type: RecordType,
    record: Any,
    *,
    tab: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page with one of its tabs open; `more` replaces what the tab's content is made of."""
    found = context(request, record_type, record, tab=tab)
    return render(request, "records/record.html", {**found, **more}, status=status)


def context(
    request: HttpRequest, record_type: RecordType, record: Any, *, tab: str = ""
) -> dict[str, Any]:
    """Everything the record's page shows; a tab's content only when it is open."""
    actor, open_tab = request.actor, tab or request.GET.get("tab", "summary")
    tabs = _tabs(actor, record_type, record)
    if open_tab not in {one.key for one in tabs}:
        raise Http404
    lock = lock_reason(record_type, record)
    shared = {
        "type": record_type,
        "record": record,
        "title": str(record),
        "commands": commands(actor, record_type, record),
        "key_fields": key_columns(record_type)[:KEY_FIELDS],
        "subtitle": subtitle(actor, record_type, record),
        "tabs": tabs,
        "open_tab": open_tab,
        "may_write": actor.allows(Privilege.WRITE, record),
        "may_edit": not lock and actor.allows(Privilege.WRITE, record),
        "may_assign": actor.allows(Privilege.ASSIGN, record),
        "may_delete": actor.allows(Privilege.DELETE, record),
        "may_merge": not lock and may_merge(actor, record_type, record),
        "lock": lock,
        "top_panels": _panels(actor, record_type, record, "top"),
    }
    if getattr(record, "is_merged", False):
        shared |= {"is_merged": True, "stayed": merged_into(actor, record_type, record.pk)}
    return {**shared, **_tab_content(request, record_type, record, open_tab)}


def may_merge(actor: Any, record_type: RecordType, record: Any) -> bool:
    needed = (Privilege.WRITE, Privilege.MERGE)
    return record_type.has(Feature.MERGE) and all(actor.allows(one, record) for one in needed)


def _tab_content(
    request: HttpRequest, record_type: RecordType, record: Any, tab: str
) -> Mapping[str, Any]:
    built_in = {
        "summary": summary,
        "files": files.tab,
        "history": history.tab,
        "access": sharing.tab,
    }
    if tab in built_in:
        return built_in[tab](request, record_type, record)
    panel = next(panel for panel in record_type.panels if panel.key == tab)
    loaded = panel.load(request.actor, record)
    if loaded is None:
        raise Http404
    return {"panel": panel, "panel_context": {"record": record, "panel": panel, **loaded}}


def summary(request: HttpRequest, record_type: RecordType, record: Any) -> dict[str, Any]:
    """Fields, timeline and side panels."""
    actor = request.actor
    content: dict[str, Any] = {
        "sections": _sections(actor, record_type, record),
        "main_panels": _panels(actor, record_type, record, "main"),
        "side_panels": _panels(actor, record_type, record, "side"),
    }
    if record_type.has(Feature.TIMELINE):
        content |= timeline_context(request, record)
    return content


def _sections(actor: Any, record_type: RecordType, record: Any) -> list[tuple[Section, list[Any]]]:
    """Sections with (column, value); the first is whole, the others leave out what is blank."""
    first, *others = (part for part in record_type.sections if not part.is_form_only)
    columns = field_columns(record_type, first)
    shown = [(first, [(one, one.html(record, actor)) for one in columns])]
    for section in others:
        filled = [
            one for one in field_columns(record_type, section) if not is_blank(one.value(record))
        ]
        cells = [(one, html) for one in filled if (html := one.html(record, actor))]
        shown.append((section, cells))
    return [(section, cells) for section, cells in shown if cells]


def is_blank(value: Any) -> bool:
    return value is None or value is False or value == ""


def commands(actor: Any, record_type: RecordType, record: Any) -> list[Command]:
    """The verbs the actor may use on this record; the first primary one is the main one."""
    actions = [
        action
        for action in sorted(record_type.actions, key=lambda one: (not one.is_primary, one.order))
        if actor.allows(action.privilege, record) and action.is_offered(record)
    ]
    refusals = [str((action.refusal and action.refusal(actor, record)) or "") for action in actions]
    main = next(
        (
            action
            for action, refusal in zip(actions, refusals, strict=True)
            if action.is_primary and not action.is_dangerous and not refusal
        ),
        None,
    )
    return [
        Command(action, labels.with_names(action.label, record_type.key), refusal, action is main)
        for action, refusal in zip(actions, refusals, strict=True)
    ]


def subtitle(actor: Any, record_type: RecordType, record: Any) -> list[Any]:
    shown = (column.html(record, actor) for column in subtitle_columns(record_type))
    return [html for html in shown if html]


def _panels(
    actor: Any, record_type: RecordType, record: Any, place: str
) -> list[tuple[Panel, dict[str, Any]]]:
    loaded = []
    for panel in _offered(actor, record_type, place):
        found = _loaded(actor, panel, record)
        if found is not None:
            loaded.append((panel, {"record": record, "panel": panel, "actor": actor, **found}))
    return loaded


def _loaded(actor: Any, panel: Panel, record: Any) -> Mapping[str, Any] | None:
    if panel.when and getattr(record, fact_name(panel), True) is False:
        return panel.empty(actor, record) if panel.empty else None
    return panel.load(actor, record)


def _offered(actor: Any, record_type: RecordType, place: str) -> list[Panel]:
    return [
        panel
        for panel in sorted(record_type.panels, key=lambda panel: panel.order)
        if panel.place == place and (not panel.reads or actor.can(panel.reads, Privilege.READ))
    ]


def _tabs(actor: Any, record_type: RecordType, record: Any) -> list[Tab]:
    tabs = [Tab("summary", _("Summary"))]
    for panel in _offered(actor, record_type, "tab"):
        label = labels.with_names(panel.label, record_type.key)
        tabs.append(Tab(panel.key, label, panel.count and panel.count(actor, record)))
    if record_type.has(Feature.FILES):
        tabs.append(Tab("files", _("Files"), getattr(record, "file_count", None)))
    tabs.append(Tab("history", _("History")))
    if record_type.has(Feature.SHARING):
        tabs.append(Tab("access", _("Access")))
    return tabs
