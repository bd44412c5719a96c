"""The address a request comes from, behind the proxies of one's own.

Each proxy appends to X-Forwarded-For the address it was called from. The last TRUSTED_PROXIES
entries are therefore true, and what a client wrote itself stands before them. Everything that asks
for an address (throttles, sessions, logs) reads REMOTE_ADDR, which is corrected here once.
"""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

LOCAL = "127.0.0.1"  # a proxy that calls by a Unix socket has no address


class ClientAddressMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            proxies=settings.TRUSTED_PROXIES,
        )
        return self.get_response(request)


def client_address(peer: str, forwarded: str, *, proxies: int) -> str:
    """The entry that the outermost of `proxies` wrote.

    Fewer entries than proxies mean that the request did not pass all of them: then, and where the
    entry is no address, the peer of the connection counts.
    """
    entries = forwarded.split(",")
    if 0 < proxies <= len(entries):
        named = _address(entries[-proxies])
        if named:
            return named
    return _address(peer) or LOCAL


def _address(written: str) -> str | None:
    """Without the port that some proxies write: `192.0.2.1:443`, `[2001:db8::1]:443`."""
    text = written.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
