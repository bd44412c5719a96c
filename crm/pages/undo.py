"""The Undo of a toast, and the page of one that is too large to be done at once."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from crm.errors import CrmError, NotVisible
from crm.models import UndoJob
from crm.pages.jobs import undo as undo_bulk_job
from crm.records.bulk.jobs import own_job_of
from crm.records.history.not_undone import not_undone
from crm.records.history.tasks import enqueue_undo
from crm.records.history.undo_jobs import start_undo
from crm.records.running import next_url, say
from crm.registry.declaration import RecordType
from crm.registry.links import list_url


@require_POST
def undo(request: HttpRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Takes an operation back and returns to where it was done, as far as that is still there.

    What a worker has to do leads to the page that shows how far it is.
    """
    bulk_job = own_job_of(request.actor, operation_id)
    if bulk_job is not None:
        return undo_bulk_job(request, bulk_job)
    try:
        job = start_undo(actor=request.actor, operation_id=operation_id)
    except NotVisible:
        raise
    except CrmError as error:
        messages.error(request, str(error))
        return redirect(still_there(request, next_url(request, "/")))
    if job is not None:
        enqueue_undo(job)
        return redirect("jobs:undo_job", job_id=job.pk)
    say(request, _("Undone."))
    return redirect(still_there(request, next_url(request, "/")))


@require_GET
def undo_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """The page of an undo; also the fragment that is asked for while it works."""
    job = UndoJob.objects.filter(pk=job_id, created_by=request.actor.id).first()
    if job is None:
        raise NotVisible
    is_under_way = job.state == UndoJob.State.RUNNING
    if request.htmx and not is_under_way:  # it was watched until now: the result is a page
        return HttpResponseClientRefresh()
    context = {"job": job, "is_under_way": is_under_way, "not_undone": not_undone(request, job)}
    if job.state == UndoJob.State.FAILED and len(job.operations) == 1:
        context["operation_id"] = job.operations[0]
    template = "jobs/_undo_job_progress.html" if request.htmx else "jobs/undo_job.html"
    return render(request, template, context)


def still_there(request: HttpRequest, path: str) -> str:
    """Undoing a creation takes away the page one stands on: then its list."""
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return "/"
    record_type, record_id = match.kwargs.get("record_type"), match.kwargs.get("record_id")
    if not isinstance(record_type, RecordType) or record_id is None:
        return path
    visible = record_type.model.objects.visible_to(request.actor).filter(pk=record_id)
    return path if visible.exists() else list_url(record_type.key)
