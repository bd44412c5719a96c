"""Second step of a mailing: what it says, how one person reads it, a test."""

from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.company.settings import company
from crm.errors import CrmError, StaleVersion
from crm.models.levels import Privilege
from crm.records.running import go, number_of, run, say
from crm.registry.declaration import RecordType
from crm.registry.links import action_url
from marketing.audience import audience_members
from marketing.forms import ContentForm
from marketing.message.composing import Filled
from marketing.message.facts import LABELS
from marketing.message.previewing import as_read_by, reader
from marketing.models import CampaignActivity
from marketing.services import write_content
from marketing.services.mailing import CONTENT
from marketing.services.trying import send_test
from marketing.views.frame import frame, site_url

READERS = 30


@require_http_methods(["GET", "POST"])
def write(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity
) -> HttpResponse:
    if activity.state != CampaignActivity.State.PROPOSED:
        return redirect(action_url(activity, "preview"))
    form = ContentForm(request.POST or None, initial=_initial(request, activity))
    version, status = request.POST.get("version") or activity.version, 200
    if request.method == "POST" and form.is_valid():
        try:
            answer = _save(request, activity, form)
        except StaleVersion as conflict:
            _show_conflict(form, activity, conflict)
            version, status, answer = conflict.version, conflict.status, None
        if answer is not None:
            return answer
    context = {
        **frame(request, record_type, activity, "content"),
        "form": form,
        "placeholders": [(f"{{{{ {name} }}}}", label) for name, label in LABELS.items()],
        "example": '{{ first_name|fallback:"there" }}',
        "version": version,
    }
    if status == 200 and form.is_bound and form.errors:  # noqa: PLR2004
        status = 422
    return render(request, "marketing/content.html", context, status=status)


def _initial(request: HttpRequest, activity: CampaignActivity) -> dict[str, Any]:
    """What stands there; for a new mailing, who we are."""
    values = {name: getattr(activity, name) for name in CONTENT}
    if not any(values[name] for name in ("subject", "message", "sender_email")):
        house = company()
        values["sender_name"] = house.name
        values["sender_email"] = house.email or request.actor.user.email
        values["language"] = request.actor.user.language
    return values


def _save(
    request: HttpRequest, activity: CampaignActivity, form: ContentForm
) -> HttpResponse | None:
    try:
        run(
            actor=request.actor,
            service=write_content,
            record_id=activity.pk,
            version=number_of(request.POST.get("version", "")),
            **form.cleaned_data,
        )
    except StaleVersion:
        raise
    except CrmError as error:
        form.show_error(error)
        return None
    if "preview" in request.POST:
        return go(request, action_url(activity, "preview"))
    say(request, _("Saved."))
    return go(request, action_url(activity, "content" if "stay" in request.POST else "review"))


def _show_conflict(form: ContentForm, activity: CampaignActivity, conflict: StaleVersion) -> None:
    """Beside what both wrote, what they made of it; what they alone changed stands as they left it.

    Saving once more then takes what the form says.
    """
    activity.refresh_from_db()
    mine = {*conflict.yours, *conflict.merged}
    form.data = dict(form.data.items()) | {
        name: getattr(activity, name) for name in CONTENT if name not in mine
    }
    for name, theirs in conflict.theirs.items():
        told = _("Somebody else wrote meanwhile: %(theirs)s")
        form.add_error(name, told % {"theirs": str(theirs)[:500]})


@require_GET
def preview(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity
) -> HttpResponse:
    return _preview_page(request, record_type, activity)


def _preview_page(
    request: HttpRequest,
    record_type: RecordType,
    activity: CampaignActivity,
    refusal: str = "",
) -> HttpResponse:
    members = audience_members(request.actor, activity, reason="", limit=READERS)
    chosen = request.GET.get("as", "") or (members[0].key if members else "")
    filled = _filled(request, activity, chosen)
    context = {
        **frame(request, record_type, activity, "content"),
        "members": members,
        "chosen": chosen,
        "filled": filled,
        "refusal": refusal,
        "may_test": activity.state == CampaignActivity.State.PROPOSED
        and request.actor.allows(Privilege.WRITE, activity),
    }
    return render(request, "marketing/preview.html", context, status=422 if refusal else 200)


def _filled(request: HttpRequest, activity: CampaignActivity, chosen: str) -> Filled:
    record = reader(request.actor, chosen)
    return as_read_by(activity, record, site_url=site_url(request))


@require_GET
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type]  # it types views as taking a request alone
    {
        "default-src": [NONE],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["https:", "http:", "data:"],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def preview_frame(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity
) -> HttpResponse:
    """The mail's own HTML, alone in a frame where nothing runs and nothing is sent."""
    filled = _filled(request, activity, request.GET.get("as", ""))
    return HttpResponse(filled.html)


@require_POST
def try_out(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity
) -> HttpResponse:
    """Sends the preview to whoever reads it; the page says what the mail server answered."""
    try:
        address = send_test(
            actor=request.actor,
            activity=activity,
            record=reader(request.actor, request.GET.get("as", "")),
            site_url=site_url(request),
        )
    except CrmError as error:
        return _preview_page(request, record_type, activity, refusal=str(error))
    say(request, _("Sent a test to %(address)s.") % {"address": address})
    return go(request, f"{action_url(activity, 'preview')}?{request.GET.urlencode()}")
