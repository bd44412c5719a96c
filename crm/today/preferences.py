"""What users set for themselves: job title, language, time zone, theme, keyboard, notifications."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crm.access.actor import Actor
from crm.models import User
from crm.notifications.forms import WaysForm
from crm.notifications.services import choose_ways
from crm.operations import operation
from crm.records.running import say


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    class Meta:
        model = User
        fields = ("job_title", "language", "time_zone", "theme", "has_shortcuts")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            (zone, zone.replace("_", " ")) for zone in zones if not zone.startswith("Etc/")
        ]


@operation
def save_preferences(*, actor: Actor, values: Mapping[str, Any]) -> User:
    """Changes what is the actor's own; name, roles, unit and address are the administrator's.

    By the name colleagues tell whom they share with and who wrote what.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=actor.id)
    for name, value in values.items():
        if name in PreferencesForm.Meta.fields:
            setattr(user, name, value)
    user.save(update_fields=[name for name in values if name in PreferencesForm.Meta.fields])
    return user


@operation
def save_all_preferences(
    *, actor: Actor, values: Mapping[str, Any], ways: Mapping[str, str]
) -> None:
    """What one page sends together is kept together."""
    save_preferences(actor=actor, values=values)
    choose_ways(actor=actor, ways=ways)


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if request.method != "POST":
        return _page(request, PreferencesForm(instance=user), WaysForm(user=user))
    form = PreferencesForm(request.POST, instance=User.objects.get(pk=user.pk))
    ways = WaysForm(request.POST, user=user)
    if not (form.is_valid() and ways.is_valid()):
        return _page(request, form, ways, status=422)
    save_all_preferences(actor=request.actor, values=form.cleaned_data, ways=ways.changed_ways())
    with translation.override(form.cleaned_data["language"]):
        say(request, _("Saved your preferences."))
    return redirect("preferences")


def _page(request: HttpRequest, form: Any, ways: Any, status: int = 200) -> HttpResponse:
    context = {"form": form, "ways": ways}
    return render(request, "today/preferences.html", context, status=status)
