"""What the bell says: how many notifications wait, up to nine of them one by one."""

import json
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access.actor import Actor
from crm.notifications.reading import notifications_of
from crm.runtime.cache_versions import UNREAD_SHOWN

CHANGED = "crm:unread"


def badge(count: int) -> str:
    """The number on the bell; empty when nothing waits."""
    if count > UNREAD_SHOWN:
        return _("%(count)s+") % {"count": UNREAD_SHOWN}
    return str(count) if count else ""


def words(count: int) -> str:
    """The same for who hears it."""
    if not count:
        return _("Notifications, none unread")
    if count > UNREAD_SHOWN:
        return _("Notifications, more than %(count)s unread") % {"count": UNREAD_SHOWN}
    sentence = ngettext("Notifications, %(count)s unread", "Notifications, %(count)s unread", count)
    return sentence % {"count": count}


def bell_of(count: int) -> dict[str, Any]:
    """What a page needs to show another count."""
    return {"count": count, "badge": badge(count), "words": words(count)}


def counted_anew(actor: Actor) -> int:
    """As the frame counts, after a change in this very request."""
    return int(notifications_of(actor, only_unread=True).order_by()[: UNREAD_SHOWN + 1].count())


def ring(response: HttpResponse, actor: Actor) -> HttpResponse:
    """Lets the bell of the page that asked follow."""
    response["HX-Trigger"] = json.dumps({CHANGED: bell_of(counted_anew(actor))})
    return response
