"""Making and changing a record by form: the same for the page, the fragment and the side panel."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm import labels
from crm.errors import CrmError, NotVisible, StaleVersion
from crm.models import Record, SentForm
from crm.models.levels import Privilege
from crm.pages.conflict import chosen_values, conflict_page
from crm.pages.loading import load
from crm.records.forms import RecordForm
from crm.records.lists.lookups import RecordChoiceField
from crm.records.merging.duplicates import Match, find_duplicates
from crm.records.running import go, number_of, run, say, token_of
from crm.records.services import create_record, lock_reason, update_record
from crm.records.services.once import make_once
from crm.registry.declaration import RecordType, Section
from crm.registry.links import list_url, new_url, record_url

CLOSE_PANEL = "crm:close-panel"


@require_http_methods(["GET", "POST"])
def new_record(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """A new record; `?panel=1` is the quick form of the side panel."""
    request.actor.require_type(Privilege.CREATE, record_type.key)
    form = new_form(request, record_type)
    matches: list[Match] = []
    if request.method == "POST" and form.is_valid():
        matches = _unwanted_matches(request, record_type, form)
        if not matches:
            return _create(request, record_type, form)
    return _page(request, record_type, form, matches=matches)


def new_form(request: HttpRequest, record_type: RecordType) -> Any:
    form_class = import_string(record_type.form)
    if request.method == "POST":
        form: RecordForm = form_class(request.POST, actor=request.actor)
    else:
        initial = {"owner": request.actor.id} | proposed(request, form_class)
        form = form_class(actor=request.actor, initial=initial)
    if _is_panel(request):
        _keep_quick_fields(record_type, form)
    return form


def proposed(request: HttpRequest, form_class: Any) -> dict[str, Any]:
    """Values the address proposes (`?account=12`), as far as the form takes them."""
    given: dict[str, Any] = {}
    for name, field in form_class.base_fields.items():
        value = request.GET.get(name, "")[:200]
        is_link = hasattr(field, "queryset") or isinstance(field, RecordChoiceField)
        if value and (not is_link or number_of(value) is not None or _is_code(field, value)):
            given[name] = value
    return given


def _is_code(field: Any, value: str) -> bool:
    """Links by another key than a number, such as currencies."""
    model = getattr(getattr(field, "queryset", None), "model", None)
    return bool(model and model._meta.pk.get_internal_type() == "CharField" and value)


def _is_panel(request: HttpRequest) -> bool:
    return bool(request.GET.get("panel"))


def _keep_quick_fields(record_type: RecordType, form: Any) -> None:
    """The quick sections' fields, what is required, and what the address has proposed."""
    quick = {name for part in record_type.sections if part.is_quick for name in part.fields}
    for name, field in list(form.fields.items()):
        proposed_or_typed = form.initial.get(name) or form.data.get(form.add_prefix(name))
        if name not in quick and not field.required and not proposed_or_typed:
            del form.fields[name]


def _unwanted_matches(request: HttpRequest, record_type: RecordType, form: Any) -> list[Match]:
    """Likely duplicates, unless the person has seen them and saves anyway."""
    if request.POST.get("save_anyway") or _was_sent(request):
        return []
    return find_duplicates(request.actor, record_type, form.values())


def _was_sent(request: HttpRequest) -> bool:
    """The second click of a double click must not find what the first one made."""
    token = token_of(request)
    sent = SentForm.objects.filter(user_id=request.actor.id, token=token)
    return token is not None and sent.exists()


def _create(request: HttpRequest, record_type: RecordType, form: Any) -> HttpResponse:
    service = import_string(record_type.create) if record_type.create else create_record
    try:
        (record, is_new), operation_id = run(
            actor=request.actor,
            service=make_once,
            token=token_of(request),
            make=lambda: service(actor=request.actor, record_type=record_type, values=_given(form)),
        )
    except NotVisible:
        raise
    except CrmError as error:
        form.show_error(error)
        return _page(request, record_type, form, status=error.status)
    if is_new:
        say(request, saved_sentence(record, with_link=_is_panel(request)), operation_id)
    if _is_panel(request):
        return _panel_done(record)
    if request.POST.get("and_new"):
        return go(request, new_url(record_type.key))
    return go(request, record_url(record))


def _given(form: Any) -> dict[str, Any]:
    """What was typed in; an owner nobody chose stays who it is."""
    return {name: value for name, value in form.values().items() if value or name != "owner"}


def saved_sentence(record: Record, *, with_link: bool = False) -> str:
    shown: Any = record
    if with_link:
        shown = format_html('<a href="{}">{}</a>', record_url(record), record)
    return format_html(_("Saved “{record}”."), record=shown)


def _panel_done(record: Record) -> HttpResponse:
    """The panel closes where one is; a field that asked for the record takes it."""
    created = {"value": record.pk, "text": str(record), "url": new_url(record.type_key())}
    response = HttpResponse("")
    response["HX-Trigger"] = json.dumps({"crm:created": created, CLOSE_PANEL: {}})
    return response


def _page(
    request: HttpRequest,
    record_type: RecordType,
    form: Any,
    *,
    record: Record | None = None,
    matches: list[Match] | None = None,
    status: int = 0,
) -> HttpResponse:
    title = _("Edit %(type)s") if record else _("New %(type)s")
    context = {
        "type": record_type,
        "record": record,
        "form": form,
        "sections": shown_sections(record_type, form),
        "matches": matches or [],
        "title": labels.with_names(title, record_type.key),
        "token": request.POST.get("form_token") or uuid.uuid4().hex,
        "version": request.POST.get("version", record.version if record else ""),
        "back": record_url(record) if record else list_url(record_type.key),
        "finds_duplicates": bool(record_type.duplicates) and record is None,
    }
    template = "records/quick_create.html" if _is_panel(request) else "records/form.html"
    problem = 422 if form.is_bound and form.errors else 409 if matches else 200
    return render(request, template, context, status=status or problem)


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
    reason = lock_reason(record_type, record)
    if reason and request.method == "GET":
        messages.error(request, str(reason))
        return redirect(record_url(record))
    form_class = import_string(record_type.form)
    if request.method != "POST":
        form = form_class(actor=request.actor, instance=record)
        return _page(request, record_type, form, record=record)
    form = form_class(request.POST, actor=request.actor, instance=record)
    if form.is_valid():
        return _save(request, record_type, record, form)
    return _page(request, record_type, form, record=record)


def _save(request: HttpRequest, record_type: RecordType, record: Any, form: Any) -> HttpResponse:
    try:
        saved, operation_id = run(
            actor=request.actor,
            service=update_record,
            record_type=record_type,
            record_id=record.pk,
            version=number_of(request.POST.get("version", "")),
            values=chosen_values(request, _given(form)),
        )
    except StaleVersion as conflict:
        return conflict_page(request, record_type, record, form, conflict)
    except NotVisible:
        raise
    except CrmError as error:
        form.show_error(error)
        return _page(request, record_type, form, record=record, status=error.status)
    say(request, saved_sentence(saved), operation_id)
    return go(request, record_url(saved))


@require_POST
def likely_duplicates(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """What a new form shows while one types."""
    request.actor.require_type(Privilege.READ, record_type.key)
    form_class = import_string(record_type.form)
    form: RecordForm = form_class(request.POST, actor=request.actor)
    form.is_valid()
    matches = find_duplicates(request.actor, record_type, form.cleaned_data)
    return render(request, "records/_matches.html", {"matches": matches, "type": record_type})
