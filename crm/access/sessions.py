"""Sessions end after a time without use, and after a time altogether; pages of them stay private.

When a session began and was last used stands in the session itself. Its row is written anew only
when a twentieth of the idle time has passed, so that reading pages costs no write each.
"""

import time
from collections.abc import Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse

BEGAN, USED = "began_at", "used_at"  # in seconds since 1970
SHARE_UNSEEN = 20
# What a page asks by itself while nobody does anything keeps no session alive.
UNATTENDED = "X-Unattended"


def note_beginning(request: HttpRequest, **_: object) -> None:
    """Receiver of `user_logged_in`: a session begins with each log-in."""
    request.session[BEGAN] = request.session[USED] = int(time.time())


user_logged_in.connect(note_beginning, dispatch_uid="sessions")


class SessionsMiddleware:
    """Logs out of a session that is over. Every page of a live one is `private, no-store`.

    A page with records must not lie in a shared computer's disk cache, nor come back with the
    browser's Back after the log-out. An answer that has an ETag is meant to be asked for again and
    answered by 304: it is `private, no-cache`, which allows that and shows nothing unasked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_signed_in = request.user.is_authenticated
        if is_signed_in and has_ended(request.session, int(time.time())):
            logout(request)
        elif is_signed_in and UNATTENDED not in request.headers:
            note_use(request.session, int(time.time()))
        response = self.get_response(request)
        if is_signed_in or request.user.is_authenticated:
            caching = "private, no-cache" if response.has_header("ETag") else "private, no-store"
            response.headers.setdefault("Cache-Control", caching)
        return response


def has_ended(session: MutableMapping[str, Any], now: int) -> bool:
    """A session from before these times were noted counts from now on."""
    began, used = int(session.get(BEGAN, now)), int(session.get(USED, now))
    is_idle: bool = now - used > settings.SESSION_IDLE_SECONDS
    is_old: bool = now - began > settings.SESSION_LONGEST_SECONDS
    return is_idle or is_old


def note_use(session: MutableMapping[str, Any], now: int) -> None:
    if BEGAN not in session:
        session[BEGAN] = now
    if now - session.get(USED, 0) > settings.SESSION_IDLE_SECONDS // SHARE_UNSEEN:
        session[USED] = now
