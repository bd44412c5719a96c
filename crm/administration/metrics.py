"""The page Prometheus collects from: with its token, or for an administrator who looks."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from crm.runtime.metrics import collected

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@login_not_required
@require_GET
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """403 for anybody else."""
    if not (has_token(request) or request.actor.can_administer):
        told = "Send METRICS_TOKEN as a bearer token, or log in as an administrator.\n"
        return HttpResponse(told, status=403, content_type="text/plain")
    return HttpResponse(collected(), content_type=CONTENT_TYPE)


def has_token(request: HttpRequest) -> bool:
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    is_bearer = scheme.lower() == "bearer"
    expected = settings.METRICS_TOKEN
    return bool(expected) and is_bearer and constant_time_compare(token, expected)
