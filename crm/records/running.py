"""What views share that change something: run a service, say so, and go on."""

import inspect
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from crm.operations import current, operation
from crm.records.history.undo import can_be_undone
from crm.records.lists.lookups import MAX_DIGITS


@operation
def run(*, actor: Any, service: Any, **values: Any) -> tuple[Any, str]:
    """The service's result, and the operation's id when Undo can be offered for it."""
    result = service(actor=actor, **values)
    operation_id = current().id
    return result, str(operation_id) if can_be_undone(operation_id) else ""


def say(request: HttpRequest, done: Any, operation_id: str = "") -> None:
    """A toast, with Undo when there is an operation to take back."""
    messages.success(request, str(done), extra_tags=operation_id)


def go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that a fragment's request follows as a whole page."""
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return redirect(url)


def number_of(text: str) -> int | None:
    """A posted number: the version of a form, the id of a row."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None


def version_for(service: Callable[..., Any], text: str) -> dict[str, int | None]:
    """The posted version as the keyword argument of a service that declares one, else nothing."""
    declared = inspect.signature(service).parameters
    return {"version": number_of(text)} if "version" in declared else {}


def token_of(request: HttpRequest) -> UUID | None:
    """The one-time token of the form that was sent, if it carries one."""
    try:
        return UUID(request.POST.get("form_token", ""))
    except ValueError:
        return None


def next_url(request: HttpRequest, otherwise: str) -> str:
    """Where a small form on a page wants to return to, if that is a place of ours."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours and target.startswith("/") else otherwise
