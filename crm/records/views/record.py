"""The page of one record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm import labels
from crm.access.explain import who_sees
from crm.access.levels import Privilege
from crm.activities.forms import ComposerForm
from crm.errors import NotVisible
from crm.journal.timeline import timeline
from crm.models import Activity, File
from crm.recent import remember
from crm.records.declaration import Action, Column, Feature, Panel, RecordType
from crm.records.history import field_history
from crm.records.services import lock_reason
from crm.records.tables import BoundColumn, bind, fetch, field_columns

BUILT_IN_TABS = ("summary", "files", "history", "access")


@dataclass(frozen=True)
class Command:
    """A verb as the page offers it; a refusal says why it can't be used now."""

    action: Action
    label: str
    refusal: str


@dataclass(frozen=True)
class Tab:
    key: str
    label: str
    count: int | None = None


def load(request: HttpRequest, record_type: RecordType, record_id: int) -> Any:
    """The record with its key links, if the actor may see it. Raises NotVisible."""
    columns = [*bind(record_type, record_type.key_fields), *_fields(record_type)]
    rows = fetch(record_type.model.objects.visible_to(request.actor), columns, ["owner"])
    record = rows.select_related(*record_type.related).filter(pk=record_id).first()
    if record is None:
        raise NotVisible
    return record


def _fields(record_type: RecordType) -> list[BoundColumn]:
    """Section fields as columns, but for many-to-many ones, which load when shown."""
    names = [name for section in record_type.sections for name in section.fields]
    return [column for column in field_columns(record_type, names) if column.kind != "many"]


def show_record(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    if record_type.record_view:
        return import_string(record_type.record_view)(request, record_type, record_id)
    record = load(request, record_type, record_id)
    remember(request.actor, record)
    return render(request, record_type.record_template, context(request, record_type, record))


def context(request: HttpRequest, record_type: RecordType, record: Any) -> dict[str, Any]:
    """Everything the record's page shows; a tab's content only when it is open."""
    actor, open_tab = request.actor, request.GET.get("tab", "summary")
    tabs = _tabs(actor, record_type, record)
    if open_tab not in {tab.key for tab in tabs}:
        raise Http404
    shared = {
        "type": record_type,
        "record": record,
        "title": str(record),
        "commands": commands(actor, record_type, record),
        "key_fields": bind(record_type, record_type.key_fields),
        "subtitle": _subtitle(record_type, record),
        "tabs": tabs,
        "open_tab": open_tab,
        "may_edit": actor.allows(Privilege.WRITE, record),
        "may_delete": actor.allows(Privilege.DELETE, record),
        "lock": lock_reason(record_type, record),
        "top_panels": _panels(actor, record_type, record, "top"),
    }
    return shared | _tab_content(request, record_type, record, open_tab)


def _tab_content(
    request: HttpRequest, record_type: RecordType, record: Any, tab: str
) -> Mapping[str, Any]:
    actor = request.actor
    if tab == "summary":
        return summary(request, record_type, record)
    if tab == "files":
        files = File.objects.filter(
            record_type=record.type_key(), record_id=record.pk, deleted_at=None
        )
        return {"files": files.select_related("uploaded_by").order_by("-pk")[:200]}
    if tab == "history":
        return {"history": field_history(record, parse_moment(request.GET.get("before", "")))}
    if tab == "access":
        return who_sees(actor, record)
    panel = next(panel for panel in record_type.panels if panel.key == tab)
    loaded = panel.load(actor, record)
    if loaded is None:
        raise Http404
    return {"panel": panel, "panel_context": dict(loaded)}


def parse_moment(text: str) -> Any:
    try:
        return parse_datetime(text) if text else None
    except ValueError:
        return None


def summary(request: HttpRequest, record_type: RecordType, record: Any) -> dict[str, Any]:
    """Fields, timeline and side panels."""
    actor = request.actor
    content: dict[str, Any] = {
        "sections": [
            (section, field_columns(record_type, section.fields))
            for section in record_type.sections
        ],
        "main_panels": _panels(actor, record_type, record, "main"),
        "side_panels": _panels(actor, record_type, record, "side"),
    }
    if record_type.has(Feature.TIMELINE):
        content |= timeline_context(request, record)
    return content


def timeline_context(request: HttpRequest, record: Any) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    if kind and kind not in Activity.Kind.values:
        raise Http404
    before = parse_moment(request.GET.get("before", ""))
    return {
        "timeline": timeline(request.actor, record, kind=kind, before=before),
        "kind": kind,
        "kinds": Activity.Kind.choices,
        "composer": ComposerForm(
            initial={"kind": Activity.Kind.NOTE, "recipients": getattr(record, "email", "")}
        ),
        "may_log": request.actor.can("activity", Privilege.CREATE)
        and request.actor.allows(Privilege.APPEND_TO, record),
    }


def commands(actor: Any, record_type: RecordType, record: Any) -> list[Command]:
    """The verbs the actor may use on this record, primary ones first."""
    offered = [
        Command(
            action,
            labels.with_names(action.label, record_type.key),
            str((action.refusal and action.refusal(actor, record)) or ""),
        )
        for action in record_type.actions
        if actor.allows(action.privilege, record)
        and (not action.is_shown or action.is_shown(record))
    ]
    return sorted(
        offered, key=lambda command: (not command.action.is_primary, command.action.order)
    )


def _subtitle(record_type: RecordType, record: Any) -> list[Any]:
    columns = bind(record_type, [Column(name=path, accessor=path) for path in record_type.subtitle])
    return [html for html in (column.html(record) for column in columns) if html]


def _panels(
    actor: Any, record_type: RecordType, record: Any, place: str
) -> list[tuple[Panel, dict[str, Any]]]:
    loaded = []
    for panel in sorted(record_type.panels, key=lambda panel: panel.order):
        if panel.place != place or (panel.reads and not actor.can(panel.reads, Privilege.READ)):
            continue
        found = panel.load(actor, record)
        if found is not None:
            loaded.append((panel, {"record": record, "panel": panel, **found}))
    return loaded


def _tabs(actor: Any, record_type: RecordType, record: Any) -> list[Tab]:
    own = [
        Tab(
            panel.key,
            labels.with_names(panel.label, record_type.key),
            panel.count and panel.count(actor, record),
        )
        for panel in sorted(record_type.panels, key=lambda panel: panel.order)
        if panel.place == "tab" and (not panel.reads or actor.can(panel.reads, Privilege.READ))
    ]
    tabs = [Tab("summary", _("Summary")), *own]
    if record_type.has(Feature.FILES):
        tabs.append(Tab("files", _("Files")))
    tabs.append(Tab("history", _("History")))
    if record_type.has(Feature.SHARING):
        tabs.append(Tab("access", _("Access")))
    return tabs
