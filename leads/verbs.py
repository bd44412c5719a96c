"""How the journal's verbs of leads read in the timeline, after the actor's name."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import Lead

Data = Mapping[str, Any]


def _qualified(data: Data) -> str:
    titles = dict.fromkeys(str(title) for title in data.get("into", ()))
    if not titles:
        return _("qualified this")
    return _("qualified this into %(titles)s") % {"titles": ", ".join(titles)}


def _disqualified(data: Data) -> str:
    reason = data.get("reason", "")
    shown = str(Lead.Reason(reason).label) if reason in Lead.Reason.values else reason
    told = _("disqualified this: %(reason)s") % {"reason": shown}
    return f"{told}. “{data['note']}”" if data.get("note") else told


VERBS: dict[str, Any] = {
    "qualified": _qualified,
    "disqualified": _disqualified,
    "reactivated": gettext_lazy("took this up again"),
}
