"""What a record was: every change by field, and the whole record at a moment."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from crm.errors import AccessDenied, CrmError, NotVisible, StaleVersion
from crm.models.levels import Privilege
from crm.pages.action import conflict_dialog
from crm.pages.loading import load
from crm.records.history.history import restore_field
from crm.records.running import number_of, run, say
from crm.registry.declaration import Action, RecordType
from crm.registry.links import record_url

RESTORE = Action(
    key="restore",
    label=gettext_lazy("Restore"),
    icon="history",
    privilege=Privilege.WRITE,
)


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
            version=number_of(request.POST.get("version", "")),
        )
        say(request, _("Restored the earlier value."), operation_id)
    except (AccessDenied, NotVisible):
        raise
    except StaleVersion as conflict:
        return conflict_dialog(request, record_type, RESTORE, record_id, conflict)
    except CrmError as error:
        messages.error(request, str(error))
    return redirect(f"{record_url(record)}?tab=history")
