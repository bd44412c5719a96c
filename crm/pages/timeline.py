"""The conversation about a record: the composer, and what happened, page by page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.activities.forms import ComposerForm
from crm.activities.services import add_to_timeline
from crm.errors import CrmError, NotVisible
from crm.models import Activity, Record
from crm.pages.loading import load
from crm.pages.record import record_page
from crm.pages.tabs.timeline import timeline_context
from crm.records.running import next_url, run, say, token_of
from crm.records.services.once import make_once
from crm.registry.declaration import Feature, RecordType
from crm.registry.links import record_url


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
