"""What the frame itself asks of the server: am I still known, another theme, another language."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.errors import RuleViolation
from crm.models import User
from crm.runtime.work import request_id

RETRY_AFTER = 10  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """What went wrong on our side; 503 with Retry-After where the database does not answer.

    The page is drawn without a context processor, as those would ask the database again.
    """
    about = {"request_id": request_id()}
    if isinstance(sys.exc_info()[1], OperationalError):
        answer = HttpResponse(get_template("503.html").render(about), status=503)
        answer["Retry-After"] = str(RETRY_AFTER)
        return answer
    return HttpResponse(get_template("500.html").render(about), status=500)


@require_GET
def pulse(request: HttpRequest) -> JsonResponse:
    """Whether the session still holds, and the token its forms need."""
    response = JsonResponse({"token": get_token(request)})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    theme = _chosen(request, "theme", {str(value) for value in User.Theme.values})
    _remember(request, "theme", theme)
    return redirect(_next(request))


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Kept with the user; before logging in, by the browser."""
    language = _chosen(request, "language", {code for code, _name in settings.LANGUAGES})
    response = redirect(_next(request))
    if request.user.is_authenticated:
        _remember(request, "language", language)
    else:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
    return response


def _chosen(request: HttpRequest, field: str, allowed: set[str]) -> str:
    value = request.POST.get(field, "")
    if value not in allowed:
        raise RuleViolation(_("This can't be chosen."))
    return value


def _remember(request: HttpRequest, field: str, value: str) -> None:
    user: Any = request.user
    setattr(user, field, value)
    user.save(update_fields=[field])


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours else "/"
