"""How the journal's verbs of cases and queues read in the timeline, after the actor's name."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.models import Case

Data = Mapping[str, Any]


def _resolved(data: Data) -> str:
    reason = _label(Case.Reason, data.get("reason", ""))
    minutes = data.get("minutes") or 0
    if not minutes:
        return _("resolved this: %(reason)s") % {"reason": reason}
    return ngettext(
        "resolved this in %(minutes)s minute: %(reason)s",
        "resolved this in %(minutes)s minutes: %(reason)s",
        minutes,
    ) % {"minutes": minutes, "reason": reason}


def _canceled(data: Data) -> str:
    return _with_note(_("canceled this"), data)


def _reactivated(data: Data) -> str:
    return _with_note(_("took this up again"), data)


def _escalated(data: Data) -> str:
    return _with_note(_("escalated this"), data)


def _status(data: Data) -> str:
    return _("set the status to %(status)s") % {"status": _label(Case.Reason, data.get("to", ""))}


def _stage(data: Data) -> str:
    return _("moved the stage to %(stage)s") % {"stage": _label(Case.Stage, data.get("to", ""))}


def _routed(data: Data) -> str:
    if data.get("queue"):
        return _("passed this to %(to)s in “%(queue)s”") % {
            "to": data.get("to", ""),
            "queue": data["queue"],
        }
    return _("passed this to %(to)s") % {"to": data.get("to", "")}


def _members(data: Data) -> str:
    if not data.get("names"):
        return _("removed everybody from the members")
    return _("set the members: %(names)s") % {"names": data["names"]}


def _with_note(told: str, data: Data) -> str:
    return f"{told}. “{data['note']}”" if data.get("note") else told


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


VERBS: dict[str, Any] = {
    "case_resolved": _resolved,
    "case_canceled": _canceled,
    "case_reactivated": _reactivated,
    "case_escalated": _escalated,
    "case_calmed": gettext_lazy("took the escalation back"),
    "case_status": _status,
    "case_stage": _stage,
    "case_queued": gettext_lazy("put this into “%(queue)s”"),
    "case_routed": _routed,
    "case_picked": gettext_lazy("took this from “%(queue)s”"),
    "case_released": gettext_lazy("gave this back to “%(queue)s”"),
    "case_unqueued": gettext_lazy("took this out of “%(queue)s”"),
    "queue_members": _members,
}

PLACED = (
    "case_queued",
    "case_routed",
    "case_picked",
    "case_released",
    "case_unqueued",
    "case_resolved",
    "case_canceled",
)
"""Verbs that move a case in or out of a queue; Undo gives the place back."""
