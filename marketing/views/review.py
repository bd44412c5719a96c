"""Third step of a mailing: everything at a glance, then launch, which can't be undone."""

from math import ceil
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from crm.company.settings import company
from crm.errors import CrmError, StaleVersion
from crm.pages.conflict import conflict_context
from crm.records.forms import RecordForm
from crm.records.running import go, number_of, run, say
from crm.registry.declaration import RecordType
from crm.registry.links import action_url
from marketing import rules
from marketing.audience import count_audience
from marketing.models import CampaignActivity
from marketing.models.activity import MAX_RATE
from marketing.services import launch_mailing
from marketing.steps import tested_note
from marketing.views.audience import bars
from marketing.views.frame import frame, site_url


class LaunchForm(forms.Form):
    rate_per_minute = forms.IntegerField(
        label=_("Mails a minute, at most"), min_value=1, max_value=MAX_RATE
    )

    show_error = RecordForm.show_error


@require_http_methods(["GET", "POST"])
def review(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity
) -> HttpResponse:
    if activity.state != CampaignActivity.State.PROPOSED:
        return redirect(action_url(activity, "live"))
    form = LaunchForm(request.POST or None, initial={"rate_per_minute": activity.rate_per_minute})
    more: dict[str, Any] = {}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            answer = _launch(request, activity, form)
        except StaleVersion as conflict:
            activity.refresh_from_db()
            more = conflict_context(request, activity, request.POST.get("version", ""), conflict)
            status, answer = conflict.status, None
        if answer is not None:
            return answer
    if form.is_bound and form.errors:
        status = 422
    context = _context(request, record_type, activity, form) | more
    return render(request, "marketing/review.html", context, status=status)


def _launch(
    request: HttpRequest, activity: CampaignActivity, form: LaunchForm
) -> HttpResponse | None:
    try:
        run(
            actor=request.actor,
            service=launch_mailing,
            record_id=activity.pk,
            version=number_of(request.POST.get("version", "")),
            site_url=site_url(request),
            rate_per_minute=form.cleaned_data["rate_per_minute"],
        )
    except StaleVersion:
        raise
    except CrmError as error:
        form.show_error(error)
        return None
    say(request, _("Launched."))
    return go(request, action_url(activity, "live"))


def _context(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity, form: LaunchForm
) -> dict[str, Any]:
    audience = count_audience(request.actor, activity)
    missing = rules.missing_for_launch(activity, company())
    return {
        **frame(request, record_type, activity, "review"),
        "form": form,
        "audience": audience,
        "bars": bars(audience),
        "lists": activity.lists.visible_to(request.actor).order_by("name__folded", "pk"),
        "missing": missing,
        "is_ready": not missing and audience.reached > 0,
        "tested": tested_note(activity),
        "minutes": ceil(audience.reached / activity.rate_per_minute),
    }
