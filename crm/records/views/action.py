"""The verbs of a record: a dialog that asks what is needed, then the service."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm import labels
from crm.errors import CrmError
from crm.models import Record
from crm.records.declaration import Action, RecordType
from crm.records.links import record_url
from crm.records.views.edit import go, run
from crm.records.views.record import load


@require_http_methods(["GET", "POST"])
def do_action(
    request: HttpRequest, record_type: RecordType, record_id: int, action: str
) -> HttpResponse:
    found = next((one for one in record_type.actions if one.key == action), None)
    if found is None:
        raise Http404
    record = load(request, record_type, record_id)
    request.actor.require(found.privilege, record)
    if found.view:
        return import_string(found.view)(request, record_type, record)
    if request.method == "POST":
        return _perform(request, record_type, found, record)
    form_class = import_string(found.form) if found.form else None
    form = None
    if form_class:
        given = {name: request.GET[name] for name in form_class.base_fields if name in request.GET}
        initial = form_class.initial_for(request.actor, record) | given
        form = form_class(actor=request.actor, record=record, initial=initial)
    return _dialog(request, record_type, found, record, form=form)


def _perform(
    request: HttpRequest, record_type: RecordType, action: Action, record: Any
) -> HttpResponse:
    form_class = import_string(action.form) if action.form else None
    form = form_class(request.POST, actor=request.actor, record=record) if form_class else None
    if form is not None and not form.is_valid():
        return _dialog(request, record_type, action, record, form=form)
    version = request.POST.get("version", "")
    try:
        result, operation_id = run(
            actor=request.actor,
            service=import_string(action.service),
            record_id=record.pk,
            version=int(version) if version.isdigit() else None,
            **(form.cleaned_data if form is not None else {}),
        )
    except CrmError as error:
        if form is None:
            return _dialog(request, record_type, action, record, refusal=error)
        form.show_error(error)
        return _dialog(request, record_type, action, record, form=form)
    done = labels.with_names(action.done, record_type.key) if action.done else _("Done.")
    messages.success(request, done, extra_tags=operation_id)
    return go(request, _next(request, result, record))


def _next(request: HttpRequest, result: Any, record: Record) -> str:
    return record_url(result) if isinstance(result, Record) else record_url(record)


def _dialog(
    request: HttpRequest,
    record_type: RecordType,
    action: Action,
    record: Any,
    *,
    form: Any = None,
    refusal: CrmError | None = None,
) -> HttpResponse:
    reason = action.refusal(request.actor, record) if action.refusal else None
    context = {
        "type": record_type,
        "record": record,
        "action": action,
        "title": labels.with_names(action.label, record_type.key),
        "form": form,
        "refusal": refusal or reason,
    }
    status = refusal.status if refusal else 422 if form is not None and form.errors else 200
    return render(request, "records/action.html", context, status=status)
