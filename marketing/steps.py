"""The steps of a mailing: audience, content, review, live."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access.actor import Actor
from crm.company.settings import company
from crm.models import JournalEntry
from crm.models.levels import Privilege
from marketing import rules
from marketing.audience import count_audience
from marketing.models import CampaignActivity
from marketing.reports import Progress, progress_of

State = CampaignActivity.State


@dataclass(frozen=True)
class Step:
    """One step: where it leads ('' = not open to the reader), what stands under its name."""

    key: str
    label: str
    note: str
    icon: str
    is_done: bool = False
    is_now: bool = False
    part: int = 0  # tenths of the present step
    is_link: bool = True


def steps_of(actor: Actor, activity: CampaignActivity, *, open_step: str) -> list[Step]:
    if activity.state == State.PROPOSED:
        return _planned(actor, activity, open_step)
    return _under_way(activity)


def _planned(actor: Actor, activity: CampaignActivity, open_step: str) -> list[Step]:
    may = actor.allows(Privilege.WRITE, activity)
    audience = count_audience(actor, activity)
    has_content = not rules.missing_content(activity)
    has_audience = audience.reached > 0
    ready = has_content and has_audience and not rules.missing_for_launch(activity, company())
    return [
        Step(
            "audience",
            _("Audience"),
            _people(audience.reached) if audience.total else _("Nobody chosen yet"),
            "users",
            is_done=has_audience and open_step != "audience",
            is_now=open_step == "audience",
            is_link=may,
        ),
        Step(
            "content",
            _("Content"),
            tested_note(activity) or (_("Written") if has_content else _("To be written")),
            "pencil",
            is_done=has_content and open_step != "content",
            is_now=open_step == "content",
            is_link=may,
        ),
        Step(
            "review",
            _("Review"),
            _("Ready to launch") if ready else _("Something is missing"),
            "list-checks",
            is_now=open_step == "review",
            is_link=may,
        ),
        Step("live", _("Live"), _("Not launched"), "send", is_link=False),
    ]


def _under_way(activity: CampaignActivity) -> list[Step]:
    progress = progress_of(activity)
    is_over = activity.state in (State.COMPLETED, State.CANCELED)
    part = round(progress.done * 10 / progress.addressed) if progress.addressed else 0
    launched = activity.started_at
    return [
        Step(
            "recipients",
            _("Audience"),
            _people(progress.addressed),
            "users",
            is_done=launched is not None,
            is_link=launched is not None,
        ),
        Step(
            "preview",
            _("Content"),
            tested_note(activity) or _("As it was sent"),
            "pencil",
            is_done=launched is not None,
        ),
        Step(
            "review",
            _("Review"),
            _("Launched") if launched else _("Not launched"),
            "list-checks",
            is_done=launched is not None,
            is_link=False,
        ),
        Step(
            "live",
            _("Live"),
            _handed_over(progress),
            "send",
            is_now=not is_over,
            is_done=is_over and launched is not None,
            part=part,
        ),
    ]


def _people(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": f"{count:,}"}


def _handed_over(progress: Progress) -> str:
    percent = progress.done * 100 // progress.addressed if progress.addressed else 0
    return _("%(percent)s%% handed over") % {"percent": percent}


def tested_note(activity: CampaignActivity) -> str:
    """Who has tried the mailing."""
    tries: Any = JournalEntry.objects.filter(
        record_type=activity.type_key(), record_id=activity.pk, verb="mailing_tested"
    )
    count = tries.values("actor").distinct().count()
    if not count:
        return ""
    told = ngettext("Tested by %(count)s colleague", "Tested by %(count)s colleagues", count)
    return told % {"count": count}
