"""The Undo of a toast."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.errors import CrmError, NotVisible
from crm.records.history.undo import undo_operation
from crm.records.running import next_url, say
from crm.registry.declaration import RecordType
from crm.registry.links import list_url


@require_POST
def undo(request: HttpRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Takes an operation back and returns to where it was done, as far as that is still there."""
    try:
        undo_operation(actor=request.actor, operation_id=operation_id)
        say(request, _("Undone."))
    except NotVisible:
        raise
    except CrmError as error:
        messages.error(request, str(error))
    return redirect(still_there(request, next_url(request, "/")))


def still_there(request: HttpRequest, path: str) -> str:
    """Undoing a creation takes away the page one stands on: then its list."""
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return "/"
    record_type, record_id = match.kwargs.get("record_type"), match.kwargs.get("record_id")
    if not isinstance(record_type, RecordType) or record_id is None:
        return path
    visible = record_type.model.objects.visible_to(request.actor).filter(pk=record_id)
    return path if visible.exists() else list_url(record_type.key)
