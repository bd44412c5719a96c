"""How the journal's verbs of marketing read in the timeline, after the actor's name."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm import labels

Data = Mapping[str, Any]


def _added(data: Data) -> str:
    count = int(data.get("count", 0))
    told = ngettext("added %(count)s member", "added %(count)s members", count)
    return told % {"count": count}


def _removed(data: Data) -> str:
    count = int(data.get("count", 0))
    told = ngettext("removed %(count)s member", "removed %(count)s members", count)
    return told % {"count": count}


def _unsubscribed(data: Data) -> str:
    if not data.get("activity"):
        return _("unsubscribed from mailings")
    return _("unsubscribed from mailings (%(activity)s)") % data


def _launched(data: Data) -> str:
    count = int(data.get("recipients", 0))
    told = ngettext(
        "launched this to %(count)s person; %(left_out)s left out",
        "launched this to %(count)s people; %(left_out)s left out",
        count,
    )
    return told % {"count": count, "left_out": data.get("left_out", 0)}


def _completed(data: Data) -> str:
    told = _("finished sending: %(sent)s sent, %(failed)s refused")
    return told % {"sent": data.get("sent", 0), "failed": data.get("failed", 0)}


def _settled(data: Data) -> str:
    count = int(data.get("count", 0))
    verdicts = {
        "sent": ngettext(
            "marked %(count)s unknown mail as sent", "marked %(count)s unknown mails as sent", count
        ),
        "failed": ngettext(
            "marked %(count)s unknown mail as not sent",
            "marked %(count)s unknown mails as not sent",
            count,
        ),
        "again": ngettext(
            "had %(count)s unknown mail sent again",
            "had %(count)s unknown mails sent again",
            count,
        ),
    }
    return verdicts.get(str(data.get("verdict")), "") % {"count": count}


def _lists_chosen(data: Data) -> str:
    return labels.with_names(_("chose the %(types)s it goes to"), "marketinglist")


VERBS: dict[str, Any] = {
    "members_added": _added,
    "members_removed": _removed,
    "list_locked": gettext_lazy("locked this"),
    "list_unlocked": gettext_lazy("unlocked this"),
    "campaign_ready": gettext_lazy("said that this is ready to launch"),
    "campaign_launched": gettext_lazy("launched this"),
    "campaign_suspended": gettext_lazy("suspended this"),
    "campaign_completed": gettext_lazy("completed this"),
    "campaign_canceled": gettext_lazy("called this off"),
    "campaign_reopened": gettext_lazy("took this up again"),
    "list_added": gettext_lazy("added “%(list)s”"),
    "list_removed": gettext_lazy("removed “%(list)s”"),
    "activity_started": gettext_lazy("started this"),
    "activity_completed": gettext_lazy("completed this"),
    "activity_canceled": gettext_lazy("called this off"),
    "activity_reopened": gettext_lazy("took this up again"),
    "lists_chosen": _lists_chosen,
    "mailing_launched": _launched,
    "mailing_paused": gettext_lazy("paused the sending"),
    "mailing_resumed": gettext_lazy("resumed the sending"),
    "mailing_canceled": gettext_lazy("canceled the sending; %(left_out)s were left out"),
    "mailing_completed": _completed,
    "mailing_tested": gettext_lazy("sent a test to %(count)s"),
    "unknown_settled": _settled,
    "response_converted": gettext_lazy("made “%(lead)s” of this"),
    "response_closed": gettext_lazy("closed this"),
    "response_canceled": gettext_lazy("canceled this: it was no answer"),
    "response_reopened": gettext_lazy("took this up again"),
    "unsubscribed": _unsubscribed,
}
