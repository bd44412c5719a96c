"""First step of a mailing: whom it goes to, who is left out and why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.errors import CrmError, StaleVersion
from crm.records.running import go, number_of, run
from crm.registry.declaration import RecordType
from crm.registry.links import action_url
from marketing.audience import Audience, audience_members, count_audience
from marketing.forms import AudienceForm
from marketing.models import CampaignActivity, Recipient
from marketing.reports import bar_length
from marketing.services import choose_audience
from marketing.views.frame import frame

SHOWN = 50


@require_http_methods(["GET", "POST"])
def choose(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity
) -> HttpResponse:
    if activity.state != CampaignActivity.State.PROPOSED:
        return redirect(action_url(activity, "live"))
    chosen = list(activity.lists.visible_to(request.actor).order_by("name__folded", "pk"))
    form = AudienceForm(
        request.POST or None,
        actor=request.actor,
        chosen=chosen,
        initial={"quiet_days": activity.quiet_days},
    )
    version, status = request.POST.get("version") or activity.version, 200
    if request.method == "POST" and form.is_valid():
        try:
            answer = _save(request, activity, form)
        except StaleVersion as conflict:
            told = _("Somebody else wrote meanwhile: %(theirs)s")
            form.add_error("quiet_days", told % {"theirs": conflict.theirs["quiet_days"]})
            version, status, answer = conflict.version, conflict.status, None
        if answer is not None:
            return answer
    if status == 200 and form.is_bound and form.errors:  # noqa: PLR2004
        status = 422
    context = _context(request, record_type, activity, form) | {"version": version}
    return render(request, "marketing/audience.html", context, status=status)


def _save(
    request: HttpRequest, activity: CampaignActivity, form: AudienceForm
) -> HttpResponse | None:
    try:
        run(
            actor=request.actor,
            service=choose_audience,
            record_id=activity.pk,
            version=number_of(request.POST.get("version", "")),
            lists=form.cleaned_data["lists"],
            quiet_days=form.cleaned_data["quiet_days"],
        )
    except StaleVersion:
        raise
    except CrmError as error:
        form.add_error(None, str(error))
        return None
    stays = "stay" in request.POST
    return go(request, action_url(activity, "audience" if stays else "content"))


def _context(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity, form: AudienceForm
) -> dict[str, Any]:
    audience = count_audience(request.actor, activity)
    show = request.GET.get("show", "")
    if show not in Recipient.Reason.values:
        show = ""
    members = audience_members(request.actor, activity, reason=show, limit=SHOWN)
    return {
        **frame(request, record_type, activity, "audience"),
        "form": form,
        "audience": audience,
        "bars": bars(audience),
        "show": show,
        "show_label": Recipient.Reason(show).label if show else "",
        "members": members,
        "more": max(0, (audience.left_out.get(show, 0) if show else audience.reached) - SHOWN),
    }


def bars(audience: Audience) -> list[tuple[str, Any, int, int]]:
    """(reason, words, people, length of the bar in percent of the longest)."""
    reasons = audience.reasons()
    longest = max((count for _key, _label, count in reasons), default=1)
    return [(key, label, count, bar_length(count, longest)) for key, label, count in reasons]
