"""Verbs that run in the background: how far they are, what they did, and taking it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from crm.errors import CrmError, NotVisible
from crm.models import BulkJob
from crm.pages.bulk import done_sentence, refusals, title_of
from crm.records.bulk import jobs
from crm.records.history.not_undone import not_undone
from crm.records.history.tasks import enqueue_undo
from crm.records.history.undo import can_be_undone
from crm.registry.links import list_url
from crm.registry.registry import registry

SHOWN = 50


@require_GET
def my_jobs(request: HttpRequest) -> HttpResponse:
    found = BulkJob.objects.filter(created_by=request.actor.id).exclude(state=jobs.State.CHOSEN)
    rows = [_summary(job) for job in found.defer("ids", "data", "refused").order_by("-pk")[:SHOWN]]
    return render(request, "jobs/list.html", {"rows": rows})


def _summary(job: BulkJob) -> dict[str, Any]:
    return {
        "job": job,
        "title": title_of(registry.get(job.record_type), job.verb),
        "done": done_sentence(job.verb, job.changed),
    }


@require_GET
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """The page of a job; also the fragment that is asked for while it works."""
    found, total = jobs.job_in_numbers(request.actor, job_id)
    record_type = registry.get(found.record_type)
    context = _summary(found) | {
        "total": total,
        "type": record_type,
        "back": list_url(record_type.key),
        "left_alone": found.refused_count,
    }
    if found.is_under_way:
        template = "jobs/_progress.html" if request.htmx else "jobs/job.html"
        return render(request, template, context)
    if request.htmx:  # it was watched until now: the result is a page
        return HttpResponseClientRefresh()
    refused = {int(pk): reason for pk, reason in [*found.refused.items()][: jobs.MOST_REASONS]}
    context |= {
        "refused": refusals(request, record_type, refused),
        "undo": found.undo,
        "may_undo": found.state in jobs.OVER
        and (found.undo_id is not None or can_be_undone(found.operation)),
        "not_undone": not_undone(request, found.undo),
    }
    return render(request, "jobs/job.html", context)


@require_POST
def undo(request: HttpRequest, job_id: int) -> HttpResponse:
    try:
        asked = jobs.ask_to_undo(actor=request.actor, job_id=job_id)
        if asked.undo is not None:
            enqueue_undo(asked.undo)
    except NotVisible:
        raise
    except CrmError as error:
        messages.error(request, str(error))
    return redirect("jobs:job", job_id=job_id)
