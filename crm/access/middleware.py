"""What every request begins with: cache versions, the actor, the reader's language and zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import Busy, CrmError
from crm.runtime.cache_versions import reset_cache_versions
from crm.runtime.time_limits import ran_into_limit
from crm.runtime.work import note_user

GetResponse = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Sets `request.actor`, and the user's language and time zone for the request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reset_cache_versions()
        if not request.user.is_authenticated:
            request.actor = Actor(user=None)  # type: ignore[attr-defined]
            return self.get_response(request)
        reset_cache_versions(request.user.pk)
        request.actor = Actor(user=request.user)  # type: ignore[attr-defined]
        note_user(request.user.pk)
        zone = ZoneInfo(request.user.time_zone)
        with translation.override(request.user.language), timezone.override(zone):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal no view has shown: 404, 403, 409 or 422 with its sentence."""
        if ran_into_limit(error):
            error = Busy(_("This takes too long at the moment. Try again, or ask for less."))
        if not isinstance(error, CrmError):
            return None
        return render(request, f"{error.status}.html", {"error": error}, status=error.status)
