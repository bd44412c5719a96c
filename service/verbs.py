"""How the journal's verbs of contracts and articles read, after the actor's name."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.access.actor import HIDDEN_RECORD
from service.models import ContractLine

Data = Mapping[str, Any]


def _canceled(data: Data) -> str:
    return _with_note(_("canceled this"), data)


def _rejected(data: Data) -> str:
    return _with_note(_("sent this back"), data)


def _taken(data: Data) -> str:
    amount = int(data.get("amount") or 0)
    if data.get("allotment") == ContractLine.Allotment.MINUTES:
        told = ngettext(
            "used %(amount)s minute of “%(title)s”",
            "used %(amount)s minutes of “%(title)s”",
            amount,
        )
    else:
        told = ngettext("used %(amount)s of “%(title)s”", "used %(amount)s of “%(title)s”", amount)
    return told % {"amount": amount, "title": _line(data)}


def _returned(data: Data) -> str:
    amount = int(data.get("amount") or 0)
    if data.get("allotment") == ContractLine.Allotment.MINUTES:
        told = ngettext(
            "gave %(amount)s minute back to “%(title)s”",
            "gave %(amount)s minutes back to “%(title)s”",
            amount,
        )
    else:
        told = ngettext(
            "gave %(amount)s back to “%(title)s”", "gave %(amount)s back to “%(title)s”", amount
        )
    return told % {"amount": amount, "title": _line(data)}


def _with_note(told: str, data: Data) -> str:
    return f"{told}. “{data['note']}”" if data.get("note") else told


def _covered(data: Data) -> str:
    if data.get("contract") in (None, HIDDEN_RECORD):
        return _("serves this under an agreement")
    return _("serves this under “%(title)s” of %(contract)s") % data


def _line(data: Data) -> str:
    """The title of a contract's line, which only those know who may see the contract."""
    is_hidden = data.get("contract") in (None, HIDDEN_RECORD)
    return str(HIDDEN_RECORD if is_hidden else data.get("title", ""))


def _followed(data: Data) -> str:
    count = int(data.get("count") or 0)
    return ngettext(
        "moved the days of %(count)s line along", "moved the days of %(count)s lines along", count
    ) % {"count": count}


VERBS: dict[str, Any] = {
    "contract_invoiced": gettext_lazy("invoiced this"),
    "contract_started": gettext_lazy("started this on its first day"),
    "contract_expired": gettext_lazy("ended this after its last day"),
    "contract_held": gettext_lazy("put this on hold"),
    "contract_released": gettext_lazy("ended the hold"),
    "contract_canceled": _canceled,
    "contract_renewed": gettext_lazy("renewed this as %(contract)s"),
    "contract_copied": gettext_lazy("copied this to %(contract)s"),
    "lines_followed": _followed,
    "contract_line": gettext_lazy("wrote the line “%(title)s”"),
    "contract_line_removed": gettext_lazy("removed the line “%(title)s”"),
    "contract_line_canceled": gettext_lazy("canceled the line “%(title)s”"),
    "case_covered": _covered,
    "case_uncovered": gettext_lazy("serves this under no agreement any more"),
    "allotment_taken": _taken,
    "allotment_returned": _returned,
    "article_submitted": gettext_lazy("handed this in for review"),
    "article_approved": gettext_lazy("approved this"),
    "article_rejected": _rejected,
    "article_published": gettext_lazy("published this"),
    "article_replaced": gettext_lazy("archived this: version %(by)s replaced it"),
    "article_updated": gettext_lazy("began version %(to)s"),
    "article_archived": gettext_lazy("archived this"),
    "article_discarded": gettext_lazy("gave this up"),
    "article_restored": gettext_lazy("made this a draft again"),
}
