"""Saving, renaming, sharing, deleting and pinning views."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.conditions.schema import stored
from crm.models.levels import Privilege
from crm.records.lists import saved_views
from crm.records.lists.address import ListAddress
from crm.records.lists.saved_views import ViewState
from crm.records.running import say
from crm.registry.declaration import RecordType
from crm.registry.links import list_url


@require_POST
def save_view(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Keeps the list as it is under a name."""
    request.actor.require_type(Privilege.READ, record_type.key)
    view = saved_views.save_view(
        actor=request.actor,
        record_type=record_type,
        name=request.POST.get("name", ""),
        state=_state(request, record_type),
        is_shared=bool(request.POST.get("is_shared")),
    )
    key = f"s{view.pk}"
    if request.POST.get("is_pinned"):
        saved_views.pin_view(actor=request.actor, record_type=record_type, view=key)
    say(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return redirect(f"{list_url(record_type.key)}?view={key}")


def _state(request: HttpRequest, record_type: RecordType) -> ViewState:
    query = QueryDict(request.POST.get("query", ""))
    address = ListAddress(actor=request.actor, record_type=record_type, query=query)
    selection = address.selection
    return ViewState(
        base=selection.view.key,
        find=selection.find,
        where=stored(selection.where),
        columns=tuple(column.name for column in address.columns),
        sort=",".join(selection.sort_names),
    )


@require_POST
def change_view(request: HttpRequest, record_type: RecordType, view_id: int) -> HttpResponse:
    """Renames, shares or deletes a view."""
    if request.POST.get("delete"):
        view = saved_views.delete_view(actor=request.actor, view_id=view_id)
        say(request, _("The view “%(name)s” is gone.") % {"name": view.name})
        return redirect(list_url(record_type.key))
    view = saved_views.change_view(
        actor=request.actor,
        view_id=view_id,
        name=request.POST.get("name", ""),
        is_shared=bool(request.POST.get("is_shared")),
    )
    say(request, _("The view is called “%(name)s” now.") % {"name": view.name})
    return redirect(f"{list_url(record_type.key)}?view=s{view.pk}")


@require_POST
def pin_view(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Lets the list open with this view, or with its usual one again."""
    request.actor.require_type(Privilege.READ, record_type.key)
    query = QueryDict(request.POST.get("query", ""))
    address = ListAddress(actor=request.actor, record_type=record_type, query=query)
    is_pinned = address.pinned == address.view_key
    saved_views.pin_view(
        actor=request.actor, record_type=record_type, view="" if is_pinned else address.view_key
    )
    shown = query.copy()
    shown["view"] = address.view_key
    return redirect(f"{list_url(record_type.key)}?{shown.urlencode()}")
