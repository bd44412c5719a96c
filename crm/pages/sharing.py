"""Who sees a record and why, and sharing it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.errors import CrmError, NotVisible
from crm.models import Principal, Record
from crm.models.levels import Privilege
from crm.pages.loading import load
from crm.pages.record import record_page
from crm.pages.tabs.sharing import ShareForm
from crm.records.running import number_of, run, say
from crm.records.services import share_record
from crm.registry.declaration import Feature, RecordType
from crm.registry.links import record_url


@require_POST
def share(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Replaces what one user or team may do with this record."""
    record = load(request, record_type, record_id)
    if not record_type.has(Feature.SHARING):
        raise NotVisible
    request.actor.require(Privilege.SHARE, record)
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
