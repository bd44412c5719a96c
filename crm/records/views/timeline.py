"""The conversation about a record: the composer, and what happened, page by page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.access.levels import Privilege
from crm.activities.forms import ComposerForm
from crm.activities.services import add_to_timeline
from crm.errors import CrmError, NotVisible
from crm.journal.timeline import CHANGES, Cursor, timeline
from crm.models import Activity, Record
from crm.records.declaration import Feature, RecordType
from crm.records.links import record_url
from crm.records.once import make_once
from crm.records.views.record import load, record_page
from crm.records.views.running import next_url, run, say, token_of

# In the order of the composer: what is used most comes first.
OFFERED = (
    Activity.Kind.NOTE,
    Activity.Kind.TASK,
    Activity.Kind.CALL,
    Activity.Kind.EMAIL,
    Activity.Kind.APPOINTMENT,
)


def timeline_context(request: HttpRequest, record: Any) -> dict[str, Any]:
    """The composer and a page of the timeline, as the address asks for it."""
    kind = request.GET.get("kind", "")
    if kind not in ("", CHANGES, *Activity.Kind.values):
        raise Http404
    after = request.GET.get("after", "")
    cursor = Cursor.parse(after)
    if after and cursor is None:
        raise Http404
    may_log = request.actor.can("activity", Privilege.CREATE) and request.actor.allows(
        Privilege.APPEND_TO, record
    )
    return {
        "timeline": timeline(request.actor, record, kind=kind, after=cursor),
        "kind": kind,
        "kinds": [*((kind.value, kind.label) for kind in OFFERED), (CHANGES, _("Changes"))],
        "is_continued": cursor is not None,
        "composer": composer_for(record),
        "may_log": may_log,
    }


def composer_for(record: Any) -> ComposerForm:
    return ComposerForm(
        initial={"kind": Activity.Kind.NOTE, "recipients": getattr(record, "email", "")}
    )


@require_GET
def show_timeline(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """The timeline alone: filtered by kind, or further back. Without htmx, on the record's page."""
    record = load(request, record_type, record_id)
    if not record_type.has(Feature.TIMELINE):
        raise NotVisible
    if not request.htmx:
        return record_page(request, record_type, record, tab="summary")
    context = {"type": record_type, "record": record, **timeline_context(request, record)}
    part = "timeline/_more.html" if context["is_continued"] else "timeline/_timeline.html"
    return render(request, part, context)


@require_POST
def compose(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Adds a note, task, call, e-mail or appointment, with a file where one is given."""
    record = load(request, record_type, record_id)
    if not record_type.has(Feature.TIMELINE):
        raise NotVisible
    status = 422
    form = ComposerForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            _add(request, record, form)
            return redirect(next_url(request, record_url(record)))
        except NotVisible:
            raise
        except CrmError as error:
            form.show_error(error)
            status = error.status
    return record_page(
        request, record_type, record, tab="summary", status=status, composer=form, may_log=True
    )


def _add(request: HttpRequest, record: Record, form: ComposerForm) -> None:
    (activity, is_new), operation_id = run(
        actor=request.actor,
        service=make_once,
        token=token_of(request),
        make=lambda: add_to_timeline(
            actor=request.actor,
            record=record,
            values=form.values(),
            upload=form.cleaned_data["file"],
        ),
    )
    if is_new:
        say(request, ADDED[Activity.Kind(activity.kind)](activity), operation_id)


def _mail_added(activity: Activity) -> str:
    return _("The mail is on its way to %(to)s.") % {"to": ", ".join(activity.recipients)}


ADDED = {
    Activity.Kind.NOTE: lambda _activity: _("Saved the note."),
    Activity.Kind.TASK: lambda _activity: _("Saved the task."),
    Activity.Kind.CALL: lambda _activity: _("Saved the phone call."),
    Activity.Kind.APPOINTMENT: lambda _activity: _("Saved the appointment."),
    Activity.Kind.EMAIL: _mail_added,
}
