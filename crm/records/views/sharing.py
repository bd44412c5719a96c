"""Who sees a record and why, and sharing it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from crm.access.actor import Actor
from crm.access.explain import who_sees
from crm.access.levels import Privilege
from crm.errors import CrmError, NotVisible
from crm.models import Principal, Record
from crm.records.declaration import Feature, RecordType
from crm.records.forms import RecordForm
from crm.records.links import record_url
from crm.records.lookups import RecordChoiceField
from crm.records.services import SHAREABLE, share_record
from crm.records.views.record import load, record_page
from crm.records.views.running import number_of, run, say


class ShareForm(forms.Form):
    """Whom a record is shared with, and what they may do; only what the actor may do too."""

    principal = RecordChoiceField(model=Principal, label=gettext_lazy("User or team"))
    privileges = forms.MultipleChoiceField(
        label=gettext_lazy("They may"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["principal"].use_actor(actor)  # type: ignore[attr-defined]
        self.fields["privileges"].choices = [  # type: ignore[attr-defined]
            (privilege.value, privilege.label)
            for privilege in SHAREABLE
            if actor.allows(privilege, record)
        ]

    show_error = RecordForm.show_error


def tab(request: HttpRequest, _record_type: RecordType, record: Record) -> dict[str, Any]:
    found = who_sees(request.actor, record)
    if found["may_share"]:
        found["share_form"] = ShareForm(
            actor=request.actor, record=record, initial={"privileges": [Privilege.READ.value]}
        )
    return found


@require_POST
def share(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Replaces what one user or team may do with this record."""
    record = load(request, record_type, record_id)
    if not record_type.has(Feature.SHARING):
        raise NotVisible
    if request.POST.get("stop"):
        return _stop(request, record_type, record)
    status = 422
    form = ShareForm(request.POST, actor=request.actor, record=record)
    if form.is_valid():
        principal = form.cleaned_data["principal"]
        try:
            share_record(
                actor=request.actor,
                record_type=record_type,
                record_id=record_id,
                principal_id=principal.pk,
                privileges=[Privilege(value) for value in form.cleaned_data["privileges"]],
            )
            say(request, _("Shared with %(name)s.") % {"name": principal.name})
            return redirect(access_url(record))
        except NotVisible:
            raise
        except CrmError as error:
            form.show_error(error)
            status = error.status
    return record_page(request, record_type, record, tab="access", status=status, share_form=form)


def _stop(request: HttpRequest, record_type: RecordType, record: Record) -> HttpResponse:
    principal = Principal.objects.filter(pk=number_of(request.POST["stop"]) or 0).first()
    if principal is None:
        raise NotVisible
    run(
        actor=request.actor,
        service=share_record,
        record_type=record_type,
        record_id=record.pk,
        principal_id=principal.pk,
        privileges=[],
    )
    say(request, _("No longer shared with %(name)s.") % {"name": principal.name})
    return redirect(access_url(record))


def access_url(record: Record) -> str:
    return f"{record_url(record)}?tab=access"
