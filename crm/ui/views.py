"""What the frame itself asks of the server: am I still known, another theme, another language."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.errors import RuleViolation
from crm.models import User


@require_GET
def pulse(request: HttpRequest) -> JsonResponse:
    """Whether the session still holds, and the token its forms need."""
    response = JsonResponse({"token": get_token(request)})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    return _choose(request, "theme", {str(value) for value in User.Theme.values})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    return _choose(request, "language", {code for code, _name in settings.LANGUAGES})


def _choose(request: HttpRequest, field: str, allowed: set[str]) -> HttpResponse:
    user: Any = request.user
    value = request.POST.get(field, "")
    if value not in allowed:
        raise RuleViolation(_("This can't be chosen."))
    setattr(user, field, value)
    user.save(update_fields=[field])
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours else "/"
