"""Leaving mailings, without logging in. Looking changes nothing; only a POST does."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.access.actor import Actor
from marketing.message.links import key_in
from marketing.models import Recipient
from marketing.services import unsubscribe as leave


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the link holds a signed token
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST does it; done twice it stays done."""
    try:
        key = key_in(token)
    except (BadSignature, ValueError):
        return render(request, "marketing/unsubscribe.html", {"is_broken": True}, status=404)
    if key is None:
        return render(request, "marketing/unsubscribe.html", {"is_test": True})
    return _answer(request, key)


def _answer(request: HttpRequest, key: UUID) -> HttpResponse:
    row = Recipient.objects.select_related("activity").filter(key=key).first()
    if row is None:
        return render(request, "marketing/unsubscribe.html", {"is_broken": True}, status=404)
    if request.method == "POST":
        leave(actor=Actor.system(), key=key)
    context = {"address": row.address, "is_done": request.method == "POST"}
    with translation.override(row.activity.language):
        return render(request, "marketing/unsubscribe.html", context)
