"""Bulk jobs, the bin and traces nobody needs any more, in the background.

Rows say what is to be done; Celery only calls a worker sooner.
"""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import DatabaseError

from crm import clock
from crm.access.actor import Actor
from crm.models import BulkJob, RecentRecord, SentForm, UndoJob
from crm.records.bulk import jobs
from crm.records.services.emptying import discard_contents, empty_bins
from crm.runtime.enqueueing import enqueue

logger = logging.getLogger(__name__)

FORMS_KEPT = timedelta(days=2)
RECENT_KEPT = timedelta(days=90)
JOBS_KEPT = timedelta(days=90)
OPEN_JOBS = (BulkJob.State.RUNNING, BulkJob.State.UNDOING)


@shared_task
def delete_old_traces() -> None:
    """What only serves the moment: tokens of sent forms, records opened long ago, old jobs."""
    now = clock.now()
    SentForm.objects.filter(sent_at__lt=now - FORMS_KEPT).delete()
    BulkJob.objects.filter(created_at__lt=now - JOBS_KEPT).exclude(state__in=OPEN_JOBS).delete()
    undos = UndoJob.objects.filter(created_at__lt=now - JOBS_KEPT, bulk_job=None, import_job=None)
    undos.exclude(state=UndoJob.State.RUNNING).delete()
    chosen = BulkJob.objects.filter(state=BulkJob.State.CHOSEN)
    chosen.filter(created_at__lt=now - FORMS_KEPT).delete()
    RecentRecord.objects.filter(seen_at__lt=now - RECENT_KEPT).delete()


@shared_task
def empty_the_bins() -> None:
    """Erases what lay in the bin long enough, then the contents of files that are gone."""
    empty_bins(actor=Actor.system())
    discard_contents()


def enqueue_job(job: BulkJob) -> None:
    """Wakes a worker; should the message get lost, the scheduler finds the job."""
    enqueue(work_on_job, job.pk)


@shared_task
def work_on_job(job_id: int) -> None:
    """Does what a verb over many rows is waiting for."""
    try:
        jobs.work_on(job_id)
    except DatabaseError as error:
        logger.exception("job %s stopped", job_id)
        jobs.fail(job_id, str(error))


@shared_task
def resume_jobs() -> None:
    """Takes up jobs whose worker or message got lost; one at work keeps its own."""
    running = BulkJob.objects.filter(state=BulkJob.State.RUNNING)
    for job_id in running.values_list("pk", flat=True):
        work_on_job.delay(job_id)
