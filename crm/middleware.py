"""What every request begins with: fresh stamps, the actor, the reader's language and zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from crm.access.actor import Actor
from crm.access.stamps import forget_stamps

GetResponse = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Sets `request.actor`, and the user's language and time zone for the request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forget_stamps()
        if not request.user.is_authenticated:
            request.actor = Actor(user=None)  # type: ignore[attr-defined]
            return self.get_response(request)
        request.actor = Actor(user=request.user)  # type: ignore[attr-defined]
        zone = ZoneInfo(request.user.time_zone)
        with translation.override(request.user.language), timezone.override(zone):
            return self.get_response(request)
