"""The page on which an administrator lets the mail of a copy go."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.administration.mail_release import release_mail
from crm.mail.holding import mail_is_held
from crm.models import Activity, Notification
from crm.records.running import run, say

WAITING: tuple[tuple[Any, dict[str, str]], ...] = (
    (Activity, {"delivery": Activity.Delivery.PENDING}),
    (Notification, {"mail": Notification.Mail.PENDING}),
)
COUNTED = 1000


@require_http_methods(["GET", "POST"])
def held_mail(request: HttpRequest) -> HttpResponse:
    """GET says whether mail is held and what waits; POST lets it go."""
    request.actor.require_administrator()
    if request.method == "POST":
        run(actor=request.actor, service=release_mail)
        say(request, _("Mail leaves again."))
        return redirect("settings:held_mail")
    mails, notifications = (_count(model, only) for model, only in WAITING)
    context = {"is_held": mail_is_held(), "mails": mails, "notifications": notifications}
    return render(request, "administration/held_mail.html", context)


def _count(model: Any, only: dict[str, str]) -> int:
    """At most COUNTED."""
    return len(model.objects.filter(**only).values_list("pk")[:COUNTED])
