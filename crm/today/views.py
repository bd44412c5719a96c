from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crm import clock
from crm.access.actor import Actor
from crm.access.levels import Privilege
from crm.models import Activity, User
from crm.recent import recent_records
from crm.records.links import list_url
from crm.records.registry import registry
from crm.today.blocks import loaded_blocks
from crm.ui.frame import AREA_COOKIE, AREAS

SHOWN = 15


def today(request: HttpRequest) -> HttpResponse:
    """The start page: what is due, what comes next, and what needs a look."""
    actor = request.actor
    work = _work(actor)
    recent = recent_records(actor, 8)
    context = {
        "work": work,
        "recent": recent,
        "blocks": loaded_blocks(actor),
        "is_new": not recent and not any(work.values()),
        "hour": timezone.localtime().hour,
    }
    return render(request, "today/today.html", context)


def _work(actor: Actor) -> dict[str, list[Any]]:
    """Open work of the actor by when it is due; appointments apart."""
    if not actor.can("activity", Privilege.READ):
        return {"overdue": [], "today": [], "coming": [], "appointments": []}
    now = clock.now()
    midnight = _next_midnight()
    rows = Activity.objects.visible_to(actor).planned().owned_by([actor.id or 0])
    tasks = rows.exclude(kind=Activity.Kind.APPOINTMENT).filter(due_at__isnull=False)
    appointments = rows.filter(kind=Activity.Kind.APPOINTMENT, due_at__gte=now)
    ordered = tasks.order_by("due_at", "pk")
    return {
        "overdue": list(ordered.filter(due_at__lt=now)[:SHOWN]),
        "today": list(ordered.filter(due_at__gte=now, due_at__lt=midnight)[:SHOWN]),
        "coming": list(
            ordered.filter(due_at__gte=midnight, due_at__lt=midnight + timedelta(days=7))[:SHOWN]
        ),
        "appointments": list(appointments.order_by("due_at", "pk")[:SHOWN]),
    }


def _next_midnight() -> datetime:
    local = timezone.localtime(clock.now())
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=1)


def recent(request: HttpRequest) -> HttpResponse:
    """The records opened last: a page, or the fragment of the menu."""
    template = "today/_recent.html" if request.htmx else "today/recent.html"
    return render(request, template, {"recent": recent_records(request.actor)})


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


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    language = forms.ChoiceField(label=gettext_lazy("Language"))

    class Meta:
        model = User
        fields = ("name", "email", "job_title", "language", "time_zone", "theme", "has_shortcuts")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """What a user sets for themselves."""
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved your preferences."))
        return redirect("preferences")
    status = 422 if form.errors else 200
    return render(request, "today/preferences.html", {"form": form}, status=status)
