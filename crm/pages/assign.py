"""Giving a record to somebody else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crm.errors import AccessDenied, CrmError, StaleVersion
from crm.models import Principal
from crm.models.levels import Privilege
from crm.pages.action import conflict_dialog, dialog
from crm.pages.loading import load
from crm.records import services
from crm.records.forms import ActionForm
from crm.records.lists.lookups import RecordChoiceField
from crm.records.running import go, number_of, run, say
from crm.registry.declaration import Action, RecordType
from crm.registry.links import list_url, record_url

ASSIGN = Action(
    key="assign",
    label=gettext_lazy("Assign"),
    icon="user-round-check",
    privilege=Privilege.ASSIGN,
    form="crm.pages.assign.AssignForm",
)


class AssignForm(ActionForm):
    owner = RecordChoiceField(model=Principal, label=gettext_lazy("New owner"))


@require_http_methods(["GET", "POST"])
def assign_record(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    record = load(request, record_type, record_id)
    request.actor.require(Privilege.ASSIGN, record)
    if request.method != "POST":
        form = AssignForm(actor=request.actor, record=record)
        return dialog(request, record_type, ASSIGN, record, form=form)
    form = AssignForm(request.POST, actor=request.actor, record=record)
    if not form.is_valid():
        return dialog(request, record_type, ASSIGN, record, form=form)
    try:
        return _assign(request, record_type, record, form.cleaned_data["owner"])
    except AccessDenied:
        raise
    except StaleVersion as conflict:
        return conflict_dialog(request, record_type, ASSIGN, record.pk, conflict, form=form)
    except CrmError as error:
        form.show_error(error)
        return dialog(request, record_type, ASSIGN, record, form=form, refusal=error)


def _assign(
    request: HttpRequest, record_type: RecordType, record: Any, owner: Principal
) -> HttpResponse:
    _nothing, operation_id = run(
        actor=request.actor,
        service=services.assign_record,
        record_type=record_type,
        record_id=record.pk,
        owner_id=owner.pk,
        version=number_of(request.POST.get("version", "")),
    )
    done = _("“%(record)s” now belongs to %(owner)s.") % {"record": record, "owner": owner.name}
    say(request, done, operation_id)
    # Giving a record away may take it out of one's sight.
    still_seen = record_type.model.objects.visible_to(request.actor).filter(pk=record.pk).exists()
    return go(request, record_url(record) if still_seen else list_url(record_type.key))
