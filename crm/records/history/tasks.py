"""Undo in the background. The job's row says what is wanted; a task only starts it sooner."""

import logging

from celery import shared_task
from django.db import DatabaseError

from crm.access.actor import Actor
from crm.models import UndoJob
from crm.records.history.undo_jobs import fail_undo, work_on_undo
from crm.runtime.enqueueing import enqueue

logger = logging.getLogger(__name__)


def enqueue_undo(job: UndoJob) -> None:
    enqueue(undo_in_batches, job.pk)


@shared_task
def undo_in_batches(job_id: int) -> None:
    """Takes back what an undo is waiting for; what is left after a while, in another task."""
    try:
        if work_on_undo(job_id):
            undo_in_batches.delay(job_id)
    except DatabaseError as error:
        logger.exception("undo %s stopped", job_id)
        fail_undo(actor=Actor.system(), job_id=job_id, failure=str(error))


@shared_task
def resume_undos() -> None:
    """Takes up undos whose worker or task got lost; one at work keeps its own."""
    running = UndoJob.objects.filter(state=UndoJob.State.RUNNING)
    for job_id in running.values_list("pk", flat=True):
        undo_in_batches.delay(job_id)
