"""What a record was: every change by field, and the whole record at a moment."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.errors import AccessDenied, CrmError, NotVisible
from crm.pages.loading import load
from crm.records.history.history import restore_field
from crm.records.running import number_of, run, say
from crm.registry.declaration import RecordType
from crm.registry.links import record_url


@require_POST
def restore(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Gives one field the value it had before a change in its history."""
    record = load(request, record_type, record_id)
    change_id = number_of(request.POST.get("change", ""))
    if change_id is None:
        raise NotVisible
    try:
        _saved, operation_id = run(
            actor=request.actor,
            service=restore_field,
            record_type=record_type,
            record_id=record_id,
            change_id=change_id,
            name=request.POST.get("field", ""),
        )
        say(request, _("Restored the earlier value."), operation_id)
    except (AccessDenied, NotVisible):
        raise
    except CrmError as error:
        messages.error(request, str(error))
    return redirect(f"{record_url(record)}?tab=history")
