"""Imports in the background. The job's row says what is wanted; Celery only hurries it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from celery import shared_task
from django.db import DatabaseError, Error, connection

from crm.access.actor import Actor
from crm.errors import Busy, CrmError
from crm.exchange.imports.services import check_rows, fail_import, run_import
from crm.models import ImportJob
from crm.runtime.enqueueing import enqueue

logger = logging.getLogger(__name__)

LOCK_SPACE = 71_001  # first key of the advisory locks that keep one worker on one job
_LOCK = """
SELECT set_config('idle_in_transaction_session_timeout', '0', true),
    pg_try_advisory_xact_lock(%s, %s)
"""
UNDER_WAY = (ImportJob.State.CHECKING, ImportJob.State.RUNNING)


def enqueue_import(job: ImportJob) -> None:
    """Wakes a worker; should the message get lost, the scheduler finds the job."""
    enqueue(work_on_import, job.pk)


@shared_task
def work_on_import(job_id: int) -> None:
    """Does what the job is waiting for; any number of calls do it once."""
    with sole_worker(job_id) as is_sole:
        if is_sole:
            _work(ImportJob.objects.select_related("created_by").get(pk=job_id))


@contextmanager
def sole_worker(job_id: int) -> Iterator[bool]:
    """Whether no other worker is on the job; as long as this is open none will be.

    The lock belongs to a transaction of a connection of its own, which stays open meanwhile and
    reads nothing: a lock of the session would stay behind with whichever client a pooler lends the
    connection to next, and the job would never be taken up again. Whoever is killed lets go.
    """
    guard = connection.copy()
    try:
        guard.set_autocommit(False)
        with guard.cursor() as cursor:
            cursor.execute(_LOCK, [LOCK_SPACE, job_id])
            (_unlimited, is_sole) = cursor.fetchone()
        yield is_sole
    finally:
        with suppress(Error):  # its connection may be lost, and the lock with it
            guard.rollback()  # unlike closing, it returns once the lock is gone
        guard.close()


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
