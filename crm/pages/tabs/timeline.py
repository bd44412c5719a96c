"""The timeline of a record's page, with its composer."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from crm.activities.forms import ComposerForm
from crm.journal.timeline import CHANGES, ICONS, Cursor, timeline
from crm.models import Activity
from crm.models.levels import Privilege
from crm.ui.keyed import Keyed

# In the order of the composer: what is used most comes first.
OFFERED = (
    Activity.Kind.NOTE,
    Activity.Kind.TASK,
    Activity.Kind.CALL,
    Activity.Kind.EMAIL,
    Activity.Kind.APPOINTMENT,
)


def timeline_context(request: HttpRequest, record: Any) -> dict[str, Any]:
    """The composer and a page of the timeline, as the address asks for it."""
    kind = request.GET.get("kind", "")
    if kind not in ("", CHANGES, *Activity.Kind.values):
        raise Http404
    after = request.GET.get("after", "")
    cursor = Cursor.parse(after)
    if after and cursor is None:
        raise Http404
    may_log = request.actor.can("activity", Privilege.CREATE) and request.actor.allows(
        Privilege.APPEND_TO, record
    )
    return {
        "timeline": timeline(request.actor, record, kind=kind, after=cursor),
        "kind": kind,
        "kinds": [*((kind.value, kind.label) for kind in OFFERED), (CHANGES, _("Changes"))],
        "is_continued": cursor is not None,
        "composer": composer_for(record),
        "composer_kinds": COMPOSER_KINDS,
        "blank_composer": BLANK_COMPOSER,
        "may_log": may_log,
    }


COMPOSER_KINDS = tuple((kind.value, kind.label, ICONS[kind]) for kind in OFFERED)
# What every composer looks like before anything is written: the same for everybody.
BLANK_COMPOSER = Keyed("blank composer", lambda: ComposerForm(initial={"kind": Activity.Kind.NOTE}))


def composer_for(record: Any) -> ComposerForm:
    return ComposerForm(
        initial={"kind": Activity.Kind.NOTE, "recipients": getattr(record, "email", "")}
    )
