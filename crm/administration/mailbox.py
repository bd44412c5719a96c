"""The local mailbox: what would have left, had a mail server been named."""

import re
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from crm.administration.mailbox_services import empty_mailbox
from crm.models import LocalMessage
from crm.records.running import number_of, run, say

PAGE = 50
HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
LINKS_OPEN_BESIDE = '<base target="_blank">'


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest messages first; `q` looks in subjects and addresses."""
    request.actor.require_administrator()
    words = request.GET.get("q", "").replace("\0", "")[:200]
    rows: Any = LocalMessage.objects.defer("raw", "html", "text").order_by("-pk")
    if words:
        rows = rows.filter(subject__icontains=words) | rows.filter(recipients__icontains=words)
    before = number_of(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    context = {
        "found": found[:PAGE],
        "words": words,
        "next_before": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "administration/mailbox.html", context)


@require_GET
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    request.actor.require_administrator()
    found = get_object_or_404(LocalMessage, pk=message_id)
    return render(request, "administration/message.html", {"found": found})


@require_GET
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type]  # it types views as taking a request alone
    {
        "default-src": [NONE],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["https:", "http:", "data:"],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def message_frame(request: HttpRequest, message_id: int) -> HttpResponse:
    """A message's HTML alone, in a frame where nothing runs; links open beside it."""
    request.actor.require_administrator()
    html = get_object_or_404(LocalMessage, pk=message_id).html
    begun = HEAD.search(html)
    place = begun.end() if begun else 0
    return HttpResponse(f"{html[:place]}{LINKS_OPEN_BESIDE}{html[place:]}")


@require_GET
def message_source(request: HttpRequest, message_id: int) -> HttpResponse:
    """The bytes a server would have been given, as a file."""
    request.actor.require_administrator()
    found = get_object_or_404(LocalMessage, pk=message_id)
    response = HttpResponse(bytes(found.raw), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="message-{found.pk}.eml"'
    return response


@require_POST
def empty(request: HttpRequest) -> HttpResponse:
    request.actor.require_administrator()
    run(actor=request.actor, service=empty_mailbox)
    say(request, _("The mailbox is empty."))
    return redirect("settings:mailbox")
