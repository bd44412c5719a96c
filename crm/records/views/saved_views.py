"""Saving what a list is narrowed to under a name."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.levels import Privilege
from crm.models import SavedView
from crm.records.declaration import RecordType
from crm.records.links import list_url
from crm.records.listing import Listing

NAME_LENGTH = 80


@require_POST
def save_view(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Saves or deletes one of the actor's own views."""
    request.actor.require_type(Privilege.READ, record_type.key)
    if request.POST.get("delete"):
        return _delete(request, record_type)
    name = request.POST.get("name", "").strip()
    query = QueryDict(request.POST.get("query", ""))
    if not name or len(name) > NAME_LENGTH:
        messages.error(request, _("Give the view a name of at most 80 characters."))
        return redirect(f"{list_url(record_type.key)}?{query.urlencode()}")
    view = _save(request, record_type, name, query)
    messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return redirect(f"{list_url(record_type.key)}?view=s{view.pk}")


def _save(request: HttpRequest, record_type: RecordType, name: str, query: QueryDict) -> SavedView:
    listing = Listing(actor=request.actor, record_type=record_type, query=query)
    narrowing = listing.narrowing.copy()
    listing.check()
    for own in ("view", "sort", "cols", "after", "before"):
        narrowing.pop(own, None)
    is_default = bool(request.POST.get("is_default"))
    mine = SavedView.objects.filter(owner_id=request.actor.id, record_type=record_type.key)
    with transaction.atomic():
        if is_default:
            mine.update(is_default=False)
        view, _created = SavedView.objects.update_or_create(
            owner_id=request.actor.id,
            record_type=record_type.key,
            name=name,
            defaults={
                "conditions": {"view": listing.named.key, "query": narrowing.urlencode()},
                "columns": [column.name for column in listing.columns],
                "sort": ",".join(listing.sort_names),
                "is_shared": bool(request.POST.get("is_shared")),
                "is_default": is_default,
            },
        )
    return view


def _delete(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    wanted = request.POST["delete"]
    key = int(wanted) if wanted.isdigit() else 0
    view = get_object_or_404(SavedView, pk=key, owner_id=request.actor.id)
    view.delete()
    messages.success(request, _("The view “%(name)s” is gone.") % {"name": view.name})
    return redirect(list_url(record_type.key))
