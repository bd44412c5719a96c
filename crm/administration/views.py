from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crm import labels
from crm.administration.services import copy_role, set_role_levels
from crm.errors import CrmError
from crm.frame.settings_pages import pages_by_group
from crm.models import Role
from crm.models.levels import Level, Privilege
from crm.registry.registry import registry


def home(request: HttpRequest) -> HttpResponse:
    request.actor.require_administrator()
    return render(request, "administration/home.html", {"groups": pages_by_group()})


class CopyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the copy"), max_length=80)


def roles(request: HttpRequest) -> HttpResponse:
    request.actor.require_administrator()
    found = Role.objects.prefetch_related("holders").order_by("name__folded")
    return render(request, "administration/roles.html", {"roles": found, "form": CopyForm()})


@require_http_methods(["GET", "POST"])
def role(request: HttpRequest, role_id: int) -> HttpResponse:
    """The matrix of one role: a level per record type and privilege."""
    request.actor.require_administrator()
    found = get_object_or_404(Role, pk=role_id)
    if request.method == "POST":
        levels = _posted(request)
        if levels is None:
            raise Http404
        set_role_levels(actor=request.actor, role_id=role_id, levels=levels)
        messages.success(
            request, _("The levels of “%(role)s” apply from now on.") % {"role": found.name}
        )
        return redirect("settings:role", role_id=role_id)
    context = {"role": found, "rows": _rows(found), "privileges": Privilege, "levels": Level}
    return render(request, "administration/role.html", context)


def _rows(role: Role) -> list[dict[str, Any]]:
    held = {(row.record_type, row.privilege): row.level for row in role.privileges.all()}
    rows = [
        {
            "label": labels.plural(record_type.key),
            "key": record_type.key,
            "icon": record_type.icon,
            "cells": [
                {
                    "name": f"{record_type.key}.{privilege.value}",
                    "label": f"{labels.plural(record_type.key)}: {privilege.label}",
                    "level": held.get((record_type.key, privilege.value), 0),
                }
                for privilege in Privilege
            ],
        }
        for record_type in registry
    ]
    return sorted(rows, key=lambda row: str(row["label"]).casefold())


def _posted(request: HttpRequest) -> dict[tuple[str, Privilege], Level] | None:
    """The levels posted, or None when something in them does not exist."""
    levels = {}
    for name, value in request.POST.items():
        type_key, _dot, privilege = name.partition(".")
        if not privilege:
            continue
        if type_key not in registry or privilege not in Privilege.values:
            return None
        if value not in {str(level.value) for level in Level}:
            return None
        levels[type_key, Privilege(privilege)] = Level(int(value))
    return levels


@require_POST
def copy(request: HttpRequest, role_id: int) -> HttpResponse:
    request.actor.require_administrator()
    get_object_or_404(Role, pk=role_id)
    form = CopyForm(request.POST)
    if form.is_valid():
        try:
            made = copy_role(actor=request.actor, role_id=role_id, name=form.cleaned_data["name"])
            return redirect("settings:role", role_id=made.pk)
        except CrmError as error:
            messages.error(request, str(error))
    else:
        messages.error(request, _("Give the copy a name."))
    return redirect("settings:roles")
