"""How fast passwords may be guessed, without anybody being shut out by somebody else's guessing.

Wrong tries are counted three ways. By name and address: who guesses waits, and the owner of the
name elsewhere does not. By address: one address tries no list of names. By name alone, from
everywhere together: many addresses that guess one account are slowed. That last count could shut
the owner out, so a browser in which the name logged in before has a count of its own; it is known
by a signed cookie, which opens nothing by itself. A new password by mail clears the way as well.
"""

import secrets
from dataclasses import dataclass

from allauth.core.internal import ratelimit  # the adapter it replaces a part of uses it as well
from allauth.core.internal.ratelimit import RateLimitUsage
from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from crm.models import User

COOKIE_AGE = 180 * 24 * 3600  # seconds
SALT = "crm.frame.throttling"
APP = "allauth.account"
# Names of ACCOUNT_RATE_LIMITS
BY_ADDRESS, BY_NAME_AND_ADDRESS, BY_NAME = "login_by_address", "login_by_pair", "login_by_name"


@dataclass(frozen=True)
class Count:
    """One of the counts of wrong tries that a try belongs to."""

    action: str
    key: str


def name_key(login: str) -> str:
    """The same for a user's name and address; for an unknown name the name itself."""
    known = User.objects.filter(Q(username__iexact=login) | Q(email__iexact=login))
    user_id = known.order_by("pk").values_list("pk", flat=True).first()
    return f"name:{login.lower()}" if user_id is None else f"user:{user_id}"


def counts_of(request: HttpRequest, login: str) -> list[Count]:
    name = name_key(login)
    browser = known_browser(request, name)
    if browser:
        return [Count(BY_NAME_AND_ADDRESS, f"{name} in {browser}")]
    address = request.META["REMOTE_ADDR"]
    return [
        Count(BY_NAME_AND_ADDRESS, f"{name} from {address}"),
        Count(BY_ADDRESS, address),
        Count(BY_NAME, name),
    ]


def begin_try(request: HttpRequest, login: str) -> list[RateLimitUsage] | None:
    """Counts a try before the password is looked at, so that tries at the same moment count too.

    None when it may not be made; then it counts nowhere, so that whoever goes on regardless adds
    nothing to what others share.
    """
    used: list[RateLimitUsage] = []
    for count in counts_of(request, login):
        usage = ratelimit.consume(request, app=APP, action=count.action, key=count.key)
        if usage is None:
            take_back(used)
            return None
        used.append(usage)
    return used


def take_back(used: list[RateLimitUsage]) -> None:
    """Uncounts a try that was right. Those before it stay, or one's own name would clear them."""
    for usage in used:
        usage.rollback()


def forget_wrong_tries(request: HttpRequest, login: str) -> None:
    """For a name whose owner proved to be at its mailbox."""
    for count in counts_of(request, login):
        if count.action != BY_ADDRESS:
            ratelimit.clear(request, app=APP, action=count.action, key=count.key)


def known_browser(request: HttpRequest, name: str) -> str | None:
    """What tells apart the browsers in which this name logged in before."""
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        told = signing.loads(cookie, salt=SALT, max_age=COOKIE_AGE)
    except signing.BadSignature:
        return None
    return str(told["browser"]) if told.get("name") == name else None


def remember_browser(response: HttpResponse, user: User) -> None:
    told = {"name": f"user:{user.pk}", "browser": secrets.token_urlsafe(12)}
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(told, salt=SALT),
        max_age=COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
