"""Making and changing a record by form: the same for the page, the fragment and the side panel."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm import labels
from crm.access.levels import Privilege
from crm.errors import CrmError, StaleVersion
from crm.models import Record
from crm.operations import current, operation
from crm.records.declaration import Column, RecordType, Section
from crm.records.duplicates import Match, find_duplicates
from crm.records.forms import RecordForm
from crm.records.links import list_url, record_url
from crm.records.services import (
    create_record,
    lock_reason,
    update_record,
)
from crm.records.tables import BoundColumn
from crm.records.views.record import load

TOKEN_SECONDS = 24 * 3600


@operation
def run(*, actor: Any, service: Any, **values: Any) -> tuple[Any, str]:
    """The service's result and the operation's id, for the Undo of the toast."""
    return service(actor=actor, **values), str(current().id)


@require_http_methods(["GET", "POST"])
def new_record(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    request.actor.require_type(Privilege.CREATE, record_type.key)
    if record_type.edit_view:
        return import_string(record_type.edit_view)(request, record_type, None)
    form = _form(request, record_type)
    matches: list[Match] = []
    if request.method == "POST" and form.is_valid():
        known = _made_before(request)
        if known:
            return redirect(known)
        matches = find_duplicates(request.actor, record_type, form.values())
        if not matches or request.POST.get("save_anyway"):
            answer = _create(request, record_type, form)
            if answer is not None:
                return answer
    return _page(request, record_type, form, matches=matches)


def _form(request: HttpRequest, record_type: RecordType) -> Any:
    form_class = import_string(record_type.form)
    data = request.POST if request.method == "POST" else None
    form: RecordForm = form_class(
        data,
        actor=request.actor,
        initial=_initial(request, form_class) if data is None else None,
    )
    if request.GET.get("panel"):
        quick = {
            name for section in record_type.sections if section.is_quick for name in section.fields
        }
        for name in [name for name, field in form.fields.items() if name not in quick]:
            if not form.fields[name].required:
                del form.fields[name]
    return form


def _initial(request: HttpRequest, form_class: Any) -> dict[str, Any]:
    """Values the address proposes (`?account=12`), as far as the form takes them."""
    names = form_class.base_fields
    given = {name: value for name, value in request.GET.items() if name in names}
    return {"owner": request.actor.id} | given


def _made_before(request: HttpRequest) -> str:
    """The address of what this very form made already: a double click makes one record."""
    token = request.POST.get("form_token", "")
    key = f"form:{request.actor.id}:{token}"
    if not token or cache.add(key, "", TOKEN_SECONDS):
        return ""
    return str(cache.get(key) or "")


def _create(request: HttpRequest, record_type: RecordType, form: Any) -> HttpResponse | None:
    try:
        record, operation_id = run(
            actor=request.actor,
            service=import_string(record_type.create) if record_type.create else create_record,
            record_type=record_type,
            values={k: v for k, v in form.values().items() if v is not None or k != "owner"},
        )
    except CrmError as error:
        form.show_error(error)
        cache.delete(f"form:{request.actor.id}:{request.POST.get('form_token', '')}")
        return None
    url = record_url(record)
    cache.set(f"form:{request.actor.id}:{request.POST.get('form_token', '')}", url, TOKEN_SECONDS)
    messages.success(
        request, _("Saved “%(record)s”.") % {"record": record}, extra_tags=operation_id
    )
    return go(request, url)


def go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that a fragment request follows as a whole page."""
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return redirect(url)


def _page(
    request: HttpRequest,
    record_type: RecordType,
    form: Any,
    *,
    record: Record | None = None,
    matches: list[Match] | None = None,
) -> HttpResponse:
    is_panel = bool(request.GET.get("panel"))
    title = _("Edit %(type)s") if record else _("New %(type)s")
    context = {
        "type": record_type,
        "record": record,
        "form": form,
        "sections": shown_sections(record_type, form),
        "matches": matches or [],
        "title": labels.with_names(title, record_type.key),
        "token": request.POST.get("form_token") or uuid.uuid4().hex,
        "back": record_url(record) if record else list_url(record_type.key),
        "is_panel": is_panel,
        "errors": [(field, field.errors) for field in form if field.errors],
    }
    template = "records/quick_create.html" if is_panel else "records/form.html"
    status = 200
    if form.is_bound and form.errors:
        status = 422
    elif matches:
        status = 409
    return render(request, template, context, status=status)


def shown_sections(record_type: RecordType, form: Any) -> list[tuple[Section, list[Any]]]:
    """Sections with the fields the form has; fields no section names come last."""
    named = {name for section in record_type.sections for name in section.fields}
    shown = [
        (section, [form[name] for name in section.fields if name in form.fields])
        for section in record_type.sections
    ]
    rest = [form[name] for name in form.fields if name not in named]
    if rest:
        shown.append((Section(key="rest", label=_("More"), fields=()), rest))
    return [(section, fields) for section, fields in shown if fields]


@require_http_methods(["GET", "POST"])
def edit_record(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    record = load(request, record_type, record_id)
    request.actor.require(Privilege.WRITE, record)
    if record_type.edit_view:
        return import_string(record_type.edit_view)(request, record_type, record)
    reason = lock_reason(record_type, record)
    if reason:
        messages.error(request, str(reason))
        return redirect(record_url(record))
    form_class = import_string(record_type.form)
    if request.method != "POST":
        return _page(
            request, record_type, form_class(actor=request.actor, instance=record), record=record
        )
    form = form_class(request.POST, actor=request.actor, instance=record)
    if form.is_valid():
        answer = _save(request, record_type, record, form)
        if answer is not None:
            return answer
    return _page(request, record_type, form, record=record)


def _save(
    request: HttpRequest, record_type: RecordType, record: Any, form: Any
) -> HttpResponse | None:
    version = request.POST.get("version", "")
    try:
        saved, operation_id = run(
            actor=request.actor,
            service=update_record,
            record_type=record_type,
            record_id=record.pk,
            version=int(version) if version.isdigit() else None,
            values={k: v for k, v in form.values().items() if v is not None or k != "owner"},
        )
    except StaleVersion as conflict:
        return _conflict_page(request, record_type, record, form, conflict)
    except CrmError as error:
        form.show_error(error)
        return None
    messages.success(request, _("Saved “%(record)s”.") % {"record": saved}, extra_tags=operation_id)
    return go(request, record_url(saved))


def _conflict_page(
    request: HttpRequest, record_type: RecordType, record: Any, form: Any, conflict: StaleVersion
) -> HttpResponse:
    """Original, theirs and yours side by side; the choice is posted as the form would be."""
    current_record = record_type.model.objects.get(pk=record.pk)
    rows = [
        {
            "name": name,
            "label": labels.field_label(record_type.key, name),
            "original": _shown(record_type, record, name, conflict.original[name]),
            "theirs": _shown(record_type, record, name, conflict.theirs[name]),
            "yours": _shown(record_type, record, name, conflict.yours[name]),
            "theirs_raw": _raw(form, name, conflict.theirs[name]),
            "yours_raw": form.data.get(name, ""),
        }
        for name in conflict.yours
    ]
    kept = [
        (name, value)
        for name, values in form.data.lists()
        for value in values
        if name in form.fields and name not in conflict.yours
    ]
    context = {
        "type": record_type,
        "record": current_record,
        "rows": rows,
        "kept": kept,
        "merged": [labels.field_label(record_type.key, name) for name in conflict.merged],
        "conflict": conflict,
        "who": current_record.modified_by,
    }
    return render(request, "records/conflict.html", context, status=409)


def _shown(record_type: RecordType, record: Any, name: str, value: Any) -> Any:
    """A value as the page shows it, on a copy of the record that holds it."""
    field = record._meta.get_field(name)
    copy = record_type.model(pk=record.pk)
    for other in record._meta.concrete_fields:
        if not other.generated:
            setattr(copy, other.attname, getattr(record, other.attname))
    setattr(copy, field.attname, value)
    return BoundColumn(record_type, Column(name=name)).html(copy)


def _raw(form: Any, name: str, value: Any) -> Any:
    prepared = form.fields[name].prepare_value(value)
    return "" if prepared is None else prepared


@require_http_methods(["POST"])
def likely_duplicates(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """What the quick form shows while one types."""
    request.actor.require_type(Privilege.READ, record_type.key)
    names = {name for key in record_type.duplicates for name in key.fields}
    values = {name: request.POST.get(name, "").strip()[:200] for name in names}
    matches = find_duplicates(request.actor, record_type, values)
    return render(request, "records/_matches.html", {"matches": matches, "type": record_type})
