"""How the journal's verbs of opportunities read in the timeline, after the actor's name."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.ui.parts import amount
from opportunities.models import Opportunity

Data = Mapping[str, Any]


def _won(data: Data) -> str:
    revenue = amount(Decimal(data.get("revenue") or 0), data.get("currency", ""))
    return _with_note(_("closed this as won for %(amount)s") % {"amount": revenue}, data)


def _lost(data: Data) -> str:
    reason = _label(Opportunity.Reason, data.get("reason", ""))
    if data.get("competitor"):
        told = _("closed this as lost to %(rival)s: %(reason)s") % {
            "rival": data["competitor"],
            "reason": reason,
        }
    else:
        told = _("closed this as lost: %(reason)s") % {"reason": reason}
    return _with_note(told, data)


def _stage_moved(data: Data) -> str:
    stage = _label(Opportunity.Stage, data.get("to", ""))
    return _("moved the stage to %(stage)s") % {"stage": stage}


def _put_on_hold(data: Data) -> str:
    return _with_note(_("put this on hold"), data)


def _with_note(told: str, data: Data) -> str:
    return f"{told}. “{data['note']}”" if data.get("note") else told


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


VERBS: dict[str, Any] = {
    "won": _won,
    "lost": _lost,
    "stage_moved": _stage_moved,
    "put_on_hold": _put_on_hold,
    "resumed": gettext_lazy("took this up again"),
    "competitor_added": gettext_lazy("named %(competitor)s as a rival"),
    "competitor_removed": gettext_lazy("removed %(competitor)s from the rivals"),
}
