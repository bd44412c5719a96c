"""What hangs on a record's page: composer, files, shares, bin, undo, restoring a field."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.access.levels import Privilege
from crm.activities.forms import ComposerForm
from crm.activities.services import log_activity
from crm.errors import CrmError, NotVisible, RuleViolation
from crm.files import attach_file, remove_file
from crm.models import Activity, FieldChange, File
from crm.operations import operation
from crm.records.declaration import RecordType
from crm.records.links import list_url, record_url
from crm.records.merging import from_history
from crm.records.registry import registry
from crm.records.services import (
    SHAREABLE,
    delete_records,
    restore_records,
    share_record,
    update_record,
)
from crm.records.undo import undo_operation
from crm.records.views.edit import go, run
from crm.records.views.record import load, timeline_context

BIN_PAGE = 200


@require_POST
def compose(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Adds a note, task, call, e-mail, appointment or file to the record."""
    record = load(request, record_type, record_id)
    form = ComposerForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            _activity, operation_id = run(
                actor=request.actor,
                service=_log,
                record=record,
                values=form.values(),
                upload=form.cleaned_data.get("file"),
            )
            messages.success(request, _("Added to the timeline."), extra_tags=operation_id)
            return go(request, record_url(record))
        except CrmError as error:
            for name, message in (error.fields or {None: error.message}).items():
                form.add_error(name, str(message))
    context = {
        "type": record_type,
        "record": record,
        "title": str(record),
        **timeline_context(request, record),
        "composer": form,
    }
    return render(request, "timeline/compose.html", context, status=422)


@operation
def _log(*, actor: Any, record: Any, values: dict[str, Any], upload: Any) -> Activity:
    if upload and not values.get("body"):
        values = {**values, "body": upload.name[:200]}
    activity = log_activity(actor=actor, regarding=record, values=values)
    if upload:
        attach_file(actor=actor, record=record, upload=upload, activity=activity)
    return activity


@require_POST
def add_file(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    record = load(request, record_type, record_id)
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, _("Choose a file first."))
    else:
        try:
            attach_file(actor=request.actor, record=record, upload=upload)
            messages.success(request, _("Added “%(name)s”.") % {"name": upload.name})
        except CrmError as error:
            messages.error(request, str(error))
    return redirect(f"{record_url(record)}?tab=files")


def download(request: HttpRequest, file_id: int) -> FileResponse:
    """The file as an attachment, never shown by the browser; access is the record's."""
    file = get_object_or_404(File, pk=file_id, deleted_at=None)
    if file.record_type not in registry:
        raise Http404
    rows = registry.get(file.record_type).model.objects.visible_to(request.actor)
    if not rows.filter(pk=file.record_id).exists():
        raise NotVisible
    response = FileResponse(
        file.content.open("rb"),
        as_attachment=True,
        filename=file.name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def delete_file(request: HttpRequest, file_id: int) -> HttpResponse:
    file = remove_file(actor=request.actor, file_id=file_id)
    messages.success(request, _("Removed “%(name)s”.") % {"name": file.name})
    record = registry.get(file.record_type).model.objects.get(pk=file.record_id)
    return redirect(f"{record_url(record)}?tab=files")


@require_POST
def delete_record(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    record = load(request, record_type, record_id)
    request.actor.require(Privilege.DELETE, record)
    result, operation_id = run(
        actor=request.actor, service=delete_records, record_type=record_type, ids=[record_id]
    )
    if result.refused:
        raise RuleViolation(result.refused[record_id])
    done = _("Moved “%(record)s” to the bin.") % {"record": record}
    messages.success(request, done, extra_tags=operation_id)
    return redirect(list_url(record_type.key))


@require_http_methods(["GET", "POST"])
def bin_page(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """What was deleted and can be restored."""
    request.actor.require_type(Privilege.DELETE, record_type.key)
    if request.method == "POST":
        ids = [int(one) for one in request.POST.getlist("ids") if one.isdigit()]
        result = restore_records(actor=request.actor, record_type=record_type, ids=ids)
        messages.success(request, _("Restored: %(count)s.") % {"count": result.done})
        return redirect("records:bin", record_type)
    rows = record_type.model.objects.in_bin().reachable_by(request.actor, Privilege.DELETE)
    shown = rows.select_related("modified_by").order_by("-deleted_at", "-pk")[:BIN_PAGE]
    return render(request, "records/bin.html", {"type": record_type, "rows": shown})


@require_POST
def undo(request: HttpRequest, operation_id: uuid.UUID) -> HttpResponse:
    try:
        undo_operation(actor=request.actor, operation_id=operation_id)
        messages.success(request, _("Undone."))
    except RuleViolation as error:
        messages.error(request, str(error))
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    return redirect(target if _still_there(request, target) else "/")


def _still_there(request: HttpRequest, path: str) -> bool:
    """Undoing a creation takes away the page one stands on."""
    parts = path.strip("/").split("/")
    if len(parts) != 2 or not parts[1].isdigit():  # noqa: PLR2004  (slug and id)
        return True
    try:
        model = registry.by_slug(parts[0]).model
    except KeyError:
        return True
    return bool(model.objects.visible_to(request.actor).filter(pk=int(parts[1])).exists())


class ShareForm(forms.Form):
    principal = forms.IntegerField(min_value=1)
    privileges = forms.MultipleChoiceField(
        choices=[(p.value, p.label) for p in SHAREABLE], required=False
    )


@require_POST
def share(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Replaces what one user or team may do with this record."""
    record = load(request, record_type, record_id)
    form = ShareForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose somebody, and what they may do."))
        return redirect(f"{record_url(record)}?tab=access")
    try:
        share_record(
            actor=request.actor,
            record_type=record_type,
            record_id=record_id,
            principal_id=form.cleaned_data["principal"],
            privileges=[Privilege(value) for value in form.cleaned_data["privileges"]],
        )
        messages.success(request, _("The sharing was changed."))
    except CrmError as error:
        messages.error(request, str(error))
    return redirect(f"{record_url(record)}?tab=access")


@require_POST
def restore_field(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Gives one field the value it had before a change in its history."""
    record = load(request, record_type, record_id)
    change = get_object_or_404(
        FieldChange,
        pk=_digits(request.POST.get("change", "")),
        record_type=record_type.key,
        record_id=record_id,
    )
    field = next(
        (f for f in record._meta.concrete_fields if f.name == request.POST.get("field")), None
    )
    if field is None or field.column not in change.changes:
        raise Http404
    old = from_history(record, field.column, change.changes[field.column][0])
    if field.is_relation and old is not None:
        old = field.related_model._default_manager.filter(pk=old).first()
    _restore(request, record_type, record, {field.name: old})
    return redirect(f"{record_url(record)}?tab=history")


def _digits(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _restore(request: HttpRequest, record_type: RecordType, record: Any, values: Any) -> None:
    try:
        _record, operation_id = run(
            actor=request.actor,
            service=update_record,
            record_type=record_type,
            record_id=record.pk,
            version=None,
            values=values,
        )
        messages.success(request, _("Restored."), extra_tags=operation_id)
    except CrmError as error:
        messages.error(request, str(error))
