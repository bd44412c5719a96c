"""The tab of a record's field history."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy

from crm.models import Record
from crm.models.levels import Privilege
from crm.records.history.history import as_of, field_history, restorable
from crm.records.running import number_of
from crm.records.services import lock_reason
from crm.registry.declaration import RecordType


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
