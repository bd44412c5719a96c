"""The page of notifications, the bell's menu and count, and marking them as read.

Opening the record a notification tells of changes nothing by itself: it is an ordinary link. With
a script the click also posts that it was read; without one there is a button beside it.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.errors import RuleViolation
from crm.models import Notification
from crm.notifications import services
from crm.notifications.bell import bell_of, ring
from crm.notifications.reading import entries_of, newest_unread, notifications_of
from crm.records.lists.address import UnknownParameter
from crm.records.lists.paging import SortKey, paginate
from crm.records.running import next_url, number_of
from crm.runtime.cache_versions import unread_count

SIZE, IN_MENU = 30, 8
NEWEST_FIRST = (SortKey("pk", is_descending=True, is_nullable=False),)
SHOWN = ("", "unread")


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """A page of one's own, the newest first: all, or those not read yet."""
    show = request.GET.get("show", "")
    if show not in SHOWN:
        raise UnknownParameter(_("This page shows all notifications, or the unread ones."))
    page = paginate(
        notifications_of(request.actor, only_unread=show == "unread"),
        NEWEST_FIRST,
        size=SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "entries": entries_of(request.actor, page.rows),
        "page": page,
        "show": show,
        "here": request.get_full_path(),
        "is_first": not (request.GET.get("after") or request.GET.get("before")),
        "newest_id": newest_unread(request.actor),
    }
    return render(request, "notifications/page.html", context)


@require_GET
def menu(request: HttpRequest) -> HttpResponse:
    """What the bell shows when it is opened."""
    if not request.htmx:
        return redirect("notifications:list")
    return ring(_menu(request), request.actor)


def _menu(request: HttpRequest, said: str = "") -> HttpResponse:
    rows = list(notifications_of(request.actor).order_by("-pk")[:IN_MENU])
    context = {
        "entries": entries_of(request.actor, rows),
        "newest_id": newest_unread(request.actor),
        "said": said,
    }
    return render(request, "notifications/_menu.html", context)


@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """Asked now and then by every open page: nothing when it shows the right number already."""
    now = unread_count()
    if request.GET.get("seen") == str(now):
        response = HttpResponse(status=204)
    else:
        response = JsonResponse(bell_of(now))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    newest_id = number_of(request.POST.get("newest", ""))
    if newest_id is None:
        raise RuleViolation(_("Open your notifications again, then mark them."))
    services.mark_all_read(actor=request.actor, newest_id=newest_id)
    if request.htmx:
        said = _("All notifications are marked as read.")
        return ring(_menu(request, said), request.actor)
    return redirect(next_url(request, "/notifications/"))


@require_POST
def read(request: HttpRequest, notification_id: int) -> HttpResponse:
    row = services.mark_read(actor=request.actor, notification_id=notification_id)
    return _marked(request, row)


@require_POST
def unread(request: HttpRequest, notification_id: int) -> HttpResponse:
    row = services.mark_unread(actor=request.actor, notification_id=notification_id)
    return _marked(request, row)


def _marked(request: HttpRequest, row: Notification) -> HttpResponse:
    """The row as it is now, for who asked with a script; else back to where the button was."""
    here = next_url(request, "/notifications/")
    if not request.htmx:
        return redirect(here)
    context = {"entry": entries_of(request.actor, [row])[0], "here": here}
    return ring(render(request, "notifications/_row.html", context), request.actor)
