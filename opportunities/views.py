"""Small verbs of the opportunity page that ask nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from crm.errors import CrmError, StaleVersion
from crm.records.running import number_of
from crm.registry.declaration import RecordType
from crm.registry.links import record_url
from opportunities.models import Opportunity
from opportunities.services import remove_competitor, set_step


def tick_step(
    request: HttpRequest, record_type: RecordType, opportunity: Opportunity
) -> HttpResponse:
    """Ticks ('has_proposal:on') or unticks ('has_proposal:off') a step of the process."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    step, _colon, state = request.POST.get("step", "").partition(":")
    try:
        set_step(
            actor=request.actor,
            record_id=opportunity.pk,
            step=step,
            is_done=state == "on",
            version=number_of(request.POST.get("version", "")),
        )
    except StaleVersion:
        raise
    except CrmError as error:
        messages.error(request, str(error))
    return redirect(record_url(opportunity))


def drop_rival(
    request: HttpRequest, record_type: RecordType, opportunity: Opportunity
) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        remove_competitor(
            actor=request.actor,
            record_id=opportunity.pk,
            competitor_id=number_of(request.POST.get("competitor_id", "")) or 0,
            version=number_of(request.POST.get("version", "")),
        )
    except StaleVersion:
        raise
    except CrmError as error:
        messages.error(request, str(error))
    return redirect(record_url(opportunity))
