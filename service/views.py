"""Small verbs of a contract's page that ask nothing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from crm.errors import RuleViolation
from crm.records.running import number_of
from crm.registry.declaration import RecordType
from crm.registry.links import record_url
from service.models import Contract
from service.services import cancel_contract_line, remove_contract_line


def remove_line(request: HttpRequest, record_type: RecordType, contract: Contract) -> HttpResponse:
    return _with_line(request, contract, remove_contract_line)


def cancel_line(request: HttpRequest, record_type: RecordType, contract: Contract) -> HttpResponse:
    return _with_line(request, contract, cancel_contract_line)


def _with_line(request: HttpRequest, contract: Contract, service: Any) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        service(
            actor=request.actor,
            record_id=contract.pk,
            line=number_of(request.POST.get("line", "")) or 0,
            version=number_of(request.POST.get("version", "")),
        )
    except RuleViolation as error:
        messages.error(request, str(error))
    return redirect(record_url(contract))
