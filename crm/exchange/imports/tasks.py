"""Imports in the background. The job's row says what is wanted; Celery only hurries it."""

import logging

from celery import shared_task
from django.db import DatabaseError, connection

from crm.access.actor import Actor
from crm.errors import Busy, CrmError
from crm.exchange.imports.services import check_rows, fail_import, run_import
from crm.models import ImportJob
from crm.runtime.enqueueing import enqueue

logger = logging.getLogger(__name__)

LOCK_SPACE = 71_001  # first key of the advisory locks that keep one worker on one job
UNDER_WAY = (ImportJob.State.CHECKING, ImportJob.State.RUNNING)


def enqueue_import(job: ImportJob) -> None:
    """Wakes a worker; should the message get lost, the scheduler finds the job."""
    enqueue(work_on_import, job.pk)


@shared_task
def work_on_import(job_id: int) -> None:
    """Does what the job is waiting for; any number of calls do it once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, job_id])
        if not cursor.fetchone()[0]:
            return
    try:
        _work(ImportJob.objects.select_related("created_by").get(pk=job_id))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, job_id])


def _work(job: ImportJob) -> None:
    actor = Actor(user=job.created_by)
    try:
        if job.state == ImportJob.State.CHECKING:
            check_rows(actor=actor, job_id=job.pk)
        elif job.state == ImportJob.State.RUNNING:
            run_import(actor=actor, job_id=job.pk)
    except Busy:
        logger.warning("import %s waits for rows locked elsewhere", job.pk)
    except (CrmError, DatabaseError) as error:
        logger.exception("import %s stopped", job.pk)
        fail_import(actor=Actor.system(), job_id=job.pk, failure=str(error))


@shared_task
def resume_imports() -> None:
    """Takes up jobs whose worker or message got lost; the lock keeps running ones alone."""
    for job_id in ImportJob.objects.filter(state__in=UNDER_WAY).values_list("pk", flat=True):
        work_on_import.delay(job_id)
