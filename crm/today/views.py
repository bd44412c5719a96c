"""The start page, recent records and work areas."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from crm import clock
from crm.access.actor import Actor
from crm.frame.frame import AREA_COOKIE, AREAS
from crm.models import Activity
from crm.models.levels import Privilege
from crm.records.recent import recent_records
from crm.registry.declaration import Feature, RecordType
from crm.registry.links import list_url
from crm.registry.registry import registry
from crm.today.blocks import loaded_blocks
from crm.today.work import work_of

RECENT = 8


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The start page: what is due, what comes next, and what needs a look."""
    actor = request.actor
    work = work_of(actor)
    recent = recent_records(actor, RECENT)
    context = {
        "tasks": [group for group in work if group.key != "appointments"],
        "appointments": [group for group in work if group.key == "appointments"],
        "is_nothing_due": not any(group.count for group in work[:2]),
        "recent": recent,
        "blocks": loaded_blocks(actor),
        "now": timezone.localtime(clock.now()),
        "may_log": actor.can(Activity.type_key(), Privilege.CREATE),
    }
    if not recent and not any(group.count for group in work):
        context["first_type"] = first_type(actor)
        context["is_new"] = True
    return render(request, "today/today.html", context)


def first_type(actor: Actor) -> RecordType | None:
    """What a new user makes first: the foremost kind of customer they may create."""
    places = sorted(
        (place.order, record_type.key)
        for record_type in registry
        for place in record_type.places
        if place.group == "customers"
        and record_type.has(Feature.QUICK_CREATE)
        and actor.can(record_type.key, Privilege.CREATE)
    )
    return registry.get(places[0][1]) if places else None


@require_GET
def recent(request: HttpRequest) -> HttpResponse:
    """The records opened last: a page, or the fragment of the menu."""
    template = "today/_recent.html" if request.htmx else "today/recent.html"
    return render(request, template, {"recent": recent_records(request.actor)})


@require_GET
def area(request: HttpRequest, key: str) -> HttpResponse:
    """Goes to a work area: to its first record type the reader may see."""
    if key not in AREAS:
        raise Http404
    places = sorted(
        (place.order, record_type.key)
        for record_type in registry
        for place in record_type.places
        if place.area == key
        and place.group not in ("work", "customers")
        and request.actor.can(record_type.key, Privilege.READ)
    )
    response = redirect(list_url(places[0][1]) if places else "today")
    response.set_cookie(AREA_COOKIE, key, samesite="Lax", httponly=True)
    return response
