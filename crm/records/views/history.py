"""What a record was: every change by field, and the whole record at a moment."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from crm.access.levels import Privilege
from crm.errors import AccessDenied, CrmError, NotVisible
from crm.models import Record
from crm.records.declaration import RecordType
from crm.records.history import as_of, field_history, restorable, restore_field
from crm.records.links import record_url
from crm.records.services import lock_reason
from crm.records.views.record import load
from crm.records.views.running import number_of, run, say


class MomentForm(forms.Form):
    at = forms.DateTimeField(
        label=gettext_lazy("As it was on"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


def tab(request: HttpRequest, record_type: RecordType, record: Record) -> dict[str, Any]:
    name = request.GET.get("field", "")
    history = field_history(
        request.actor, record, name=name, before=number_of(request.GET.get("before", ""))
    )
    if name and name not in dict(history.fields):
        raise Http404
    form = MomentForm(request.GET if request.GET.get("at") else None)
    moment: datetime | None = form.cleaned_data["at"] if form.is_valid() else None
    may_restore = request.actor.allows(Privilege.WRITE, record)
    return {
        "history": history,
        "field": name,
        "moment_form": form,
        "moment": moment,
        "past": as_of(request.actor, record, moment) if moment else None,
        "restorable": restorable(record_type)
        if may_restore and not lock_reason(record_type, record)
        else frozenset(),
    }


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
