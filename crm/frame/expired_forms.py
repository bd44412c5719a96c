"""Forms whose session or token is gone: refused with what was typed, instead of dropped.

Scripts ask for the session and renew the token before they send; this is for everybody else.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LONGEST_SHOWN = 20_000  # characters of a value
UNSHOWN = ("password", "csrfmiddlewaretoken", "code")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a wrong token (`CSRF_FAILURE_VIEW`): 403 with what was typed.

    The values are shown to be copied and not offered to be sent: another site may have written
    them. A part of a page gets no body: drawing one would set a token anew and make that of a form
    which is being sent at the same time worthless.
    """
    if request.headers.get("HX-Request"):
        return HttpResponse(status=403, headers={"X-Form-Expired": "1"})
    typed = [value[:LONGEST_SHOWN] for value in _typed(request)]
    answer = render(request, "form_expired.html", {"typed": typed}, status=403)
    answer["X-Form-Expired"] = "1"
    return answer


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads to the log-in whoever is signed out, unless a form would be dropped on the way."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if request.method == "POST" and any(_typed(request)):
            return form_expired(request)
        return super().handle_no_permission(request, view_func)


def _typed(request: HttpRequest) -> Iterator[str]:
    """Values of more than one word; keys, codes and secrets have none."""
    for name in request.POST:
        if not any(part in name for part in UNSHOWN):
            yield from (value for value in request.POST.getlist(name) if len(value.split()) > 1)
