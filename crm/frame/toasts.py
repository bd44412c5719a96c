"""Messages reach the reader whatever was asked for: a page shows them itself, a fragment
carries them along and htmx puts them into the page's dock."""

from collections.abc import Callable

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

GetResponse = Callable[[HttpRequest], HttpResponse]
NO_CONTENT = 204


class ToastMiddleware:
    """Appends waiting messages to an HTML fragment. Stands after MessageMiddleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if carries_fragment(request, response) and len(get_messages(request)):
            context = {"messages": get_messages(request), "is_swapped": True}
            response.content += render_to_string("ui/_toasts.html", context, request).encode()
        return response


def carries_fragment(request: HttpRequest, response: HttpResponse) -> bool:
    """An answer htmx will swap into the page, not one that makes it go elsewhere."""
    return bool(
        getattr(request, "htmx", False)
        and not response.streaming
        and response.status_code != NO_CONTENT
        and not (response.has_header("Location") or response.has_header("HX-Redirect"))
        and response.get("Content-Type", "").startswith("text/html")
        and not response.content.lstrip()[:9].lower().startswith(b"<!doctype")
    )
