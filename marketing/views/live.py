"""Last step of a mailing: how it goes, who got it, and what nobody knows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crm import clock
from crm.models.levels import Privilege
from crm.records.running import go, number_of, run, say
from crm.registry.declaration import RecordType
from crm.registry.links import action_url
from crm.registry.registry import registry
from crm.ui import parts
from marketing.models import CampaignActivity, Recipient, Send
from marketing.reports import Progress, bar_length, progress_of, sent_by_minute
from marketing.services import resolve_unknown
from marketing.views.frame import frame

Row = Recipient.State
LATEST, PAGE = 8, 100
SHOWS = {
    "latest": (Row.SENT, Row.FAILED, Row.UNKNOWN, Row.SENDING),
    "failed": (Row.FAILED,),
    "unknown": (Row.UNKNOWN,),
    "waiting": (Row.PENDING, Row.CLAIMED),
    "left-out": (Row.SKIPPED,),
}
TONES = {
    "sent": ("good", "circle-check"),
    "failed": ("bad", "circle-x"),
    "unknown": ("warn", "circle-question-mark"),
    "sending": ("", "loader"),
    "pending": ("", "hourglass"),
    "claimed": ("", "hourglass"),
    "skipped": ("", "user-x"),
}
CHART = (356, 72, 10)  # width, height of the base line, top


@dataclass(frozen=True)
class Line:
    """One recipient as the reader may see it; somebody hidden has neither name nor address."""

    row: Recipient
    record: Any

    @property
    def tone(self) -> str:
        return TONES[self.row.state][0]

    @property
    def icon(self) -> str:
        return TONES[self.row.state][1]

    @property
    def why(self) -> Any:
        """The mail server's answer mostly repeats the address, so it is as hidden as the person."""
        if self.row.reason:
            return self.row.get_reason_display()
        return self.row.note if self.record else ""

    @property
    def at(self) -> datetime | None:
        return self.row.finished_at or self.row.handed_over_at


@require_GET
def live(request: HttpRequest, record_type: RecordType, activity: CampaignActivity) -> HttpResponse:
    """The page, and by itself again every few seconds while the mailing runs."""
    if activity.state == CampaignActivity.State.PROPOSED:
        return redirect(action_url(activity, "review"))
    context = {
        **frame(request, record_type, activity, "live"),
        **_figures(activity),
        **_lines(request, activity, LATEST),
    }
    is_fragment = request.htmx and request.htmx.target == "live"
    return render(
        request, "marketing/_live.html" if is_fragment else "marketing/live.html", context
    )


def _figures(activity: CampaignActivity) -> dict[str, Any]:
    progress = progress_of(activity)
    send = Send.objects.select_related("launched_by").filter(activity=activity).first()
    return {
        "progress": progress,
        "send": send,
        "bar": _bar(progress),
        "percents": _percents(progress),
        "counts_in_words": _counts_in_words(progress),
        "reasons": _reasons(progress),
        "funnel": _funnel(progress),
        "chart": _chart(sent_by_minute(activity)),
        "left": _time_left(activity, progress, send),
        "is_running": activity.state == CampaignActivity.State.RUNNING or progress.sending > 0,
    }


def _percents(progress: Progress) -> dict[str, str]:
    whole = progress.done or 1
    return {
        name: f"{progress.states.get(name, 0) * 100 / whole:.1f}"
        for name in (Row.SENT, Row.FAILED, Row.UNKNOWN)
    }


def _counts_in_words(progress: Progress) -> str:
    return _("%(sent)s sent, %(failed)s refused, %(unknown)s unknown, %(waiting)s waiting") % {
        name: parts.number(getattr(progress, name))
        for name in ("sent", "failed", "unknown", "waiting")
    }


def _bar(progress: Progress) -> list[tuple[str, int, int]]:
    """(class, from, width) of the stretches of the bar, which is 1,000 wide."""
    whole, at, parts = progress.addressed or 1, 0, []
    for name, tone in ((Row.SENT, "c1"), (Row.FAILED, "cbad"), (Row.UNKNOWN, "cwarn")):
        count = progress.states.get(name, 0)
        width = max(3, count * 1000 // whole) if count else 0
        if width:
            parts.append((tone, at, width))
            at += width + 2
    return parts


def _reasons(progress: Progress) -> list[tuple[str, Any, int, int]]:
    ordered = sorted(progress.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    longest = ordered[0][1] if ordered else 1
    return [
        (key, Recipient.Reason(key).label, count, bar_length(count, longest))
        for key, count in ordered
    ]


def _funnel(progress: Progress) -> list[tuple[str, int, int, str]]:
    """(words, people, length of the bar, how it compares with the step before)."""
    steps = [
        (_("On the lists"), progress.total),
        (_("Left after exclusions"), progress.addressed),
        (_("Handed over"), progress.done),
        (_("Taken by their mail server"), progress.sent),
        (_("Unsubscribed"), progress.unsubscribed),
    ]
    whole = progress.total or 1
    rows = []
    for number, (label, count) in enumerate(steps):
        before = steps[number - 1][1] if number else 0
        share = f"{count * 100 / before:.0f} %" if before else ""
        rows.append((label, count, bar_length(count, whole), share))
    return rows


def _chart(counts: list[tuple[datetime, int]]) -> dict[str, Any] | None:
    """Mails a minute as a line; needs at least two minutes."""
    if len(counts) < 2:  # noqa: PLR2004
        return None
    width, base, top = CHART
    most = max(count for _minute, count in counts) or 1
    step = width / (len(counts) - 1)
    points = " ".join(
        f"{number * step:.1f},{base - count * (base - top) / most:.1f}"
        for number, (_minute, count) in enumerate(counts)
    )
    return {
        "points": points,
        "most": most,
        "first": counts[0][0],
        "last": counts[-1][0],
        "rows": counts,
        "average": round(sum(count for _minute, count in counts) / len(counts)),
    }


def _time_left(
    activity: CampaignActivity, progress: Progress, send: Send | None
) -> dict[str, Any] | None:
    if activity.state != CampaignActivity.State.RUNNING or not progress.waiting or send is None:
        return None
    pace = min(progress.last_minute or activity.rate_per_minute, activity.rate_per_minute)
    minutes = ceil(progress.waiting / pace)
    hours, rest = divmod(minutes, 60)
    told = (
        _("About %(hours)s h %(minutes)s min left") % {"hours": hours, "minutes": rest}
        if hours
        else ngettext("About %(count)s minute left", "About %(count)s minutes left", minutes)
        % {"count": minutes}
    )
    return {"told": told, "done_at": clock.now() + timedelta(minutes=minutes)}


def _lines(request: HttpRequest, activity: CampaignActivity, size: int) -> dict[str, Any]:
    show = request.GET.get("show", "latest")
    if show not in SHOWS:
        raise Http404
    rows = Recipient.objects.filter(activity=activity, state__in=SHOWS[show])
    reason = request.GET.get("reason", "")
    if reason not in ("", *Recipient.Reason.values):
        raise Http404
    if reason:
        rows = rows.filter(reason=reason)
    before = number_of(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    order = ["-pk"] if size == PAGE else ["-finished_at", "-pk"]
    found = list(rows.order_by(*order)[: size + 1])
    return {
        "show": show,
        "reason": reason,
        "lines": _seen_by(request, found[:size]),
        "next_before": found[size - 1].pk if len(found) > size and size == PAGE else None,
        "may_decide": request.actor.allows(Privilege.WRITE, activity),
    }


def _seen_by(request: HttpRequest, rows: list[Recipient]) -> list[Line]:
    """The rows with the records the reader may see."""
    seen: dict[tuple[str, int], Any] = {}
    for key in {row.record_type for row in rows}:
        ids = [row.record_id for row in rows if row.record_type == key]
        visible = registry.get(key).model.objects.visible_to(request.actor)
        seen |= {(key, pk): record for pk, record in visible.in_bulk(ids).items()}
    return [Line(row, seen.get((row.record_type, row.record_id))) for row in rows]


@require_GET
def recipients(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity
) -> HttpResponse:
    """All recipients of a kind, a hundred a page."""
    context = {
        **frame(request, record_type, activity, "recipients"),
        **_lines(request, activity, PAGE),
        "progress": progress_of(activity),
        "reasons": Recipient.Reason.choices[1:],
    }
    return render(request, "marketing/recipients.html", context)


@require_POST
def decide_unknown(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity
) -> HttpResponse:
    """A person decides about one unknown recipient, or about all of them."""
    verdict = request.POST.get("verdict", "")
    if verdict not in ("sent", "failed", "again"):
        raise Http404
    count, _operation = run(
        actor=request.actor,
        service=resolve_unknown,
        record_id=activity.pk,
        verdict=verdict,
        recipient_id=number_of(request.POST.get("recipient", "")),
        version=number_of(request.POST.get("version", "")),
    )
    told = ngettext("Decided about %(count)s.", "Decided about %(count)s.", count)
    say(request, told % {"count": count})
    return go(request, f"{action_url(activity, 'live')}?show=unknown")
