"""One worker on one import, by a lock no pooler can leave behind."""

import threading

import pytest
from django.db import connection, connections

from crm.exchange.imports import tasks
from crm.exchange.imports.tasks import LOCK_SPACE, sole_worker, work_on_import
from crm.models import ImportJob

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.unannounced]

LOCKS = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s
"""


@pytest.fixture
def job(owner):
    return ImportJob.objects.create(
        target="account", file_name="a.csv", created_by=owner, created_at=owner.date_joined
    )


def locks(job):
    with connection.cursor() as cursor:
        cursor.execute(LOCKS, [LOCK_SPACE, job.pk])
        return cursor.fetchone()[0]


def in_another_worker(work):
    def run():
        try:
            work()
        finally:
            connections.close_all()

    worker = threading.Thread(target=run)
    worker.start()
    worker.join()


def test_a_second_worker_leaves_a_job_alone_and_a_later_one_takes_it_up(job, monkeypatch):
    worked = []

    def work(found):
        worked.append(found.pk)
        if len(worked) == 1:
            in_another_worker(lambda: work_on_import(job.pk))

    monkeypatch.setattr(tasks, "_work", work)
    work_on_import(job.pk)
    assert worked == [job.pk]
    assert locks(job) == 0
    work_on_import(job.pk)
    assert worked == [job.pk] * 2


def test_the_lock_is_not_of_the_connection_that_works(job):
    """Behind a pooler that one is lent to others, and would keep the lock for ever."""
    with sole_worker(job.pk) as is_sole:
        assert is_sole
        assert locks(job) == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (mine,) = cursor.fetchone()
            cursor.execute("SELECT pid FROM pg_locks WHERE classid = %s", [LOCK_SPACE])
            assert [pid for (pid,) in cursor.fetchall() if pid == mine] == []


def test_a_worker_that_fails_lets_go(job, monkeypatch):
    monkeypatch.setattr(tasks, "_work", lambda _job: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work_on_import(job.pk)
    assert locks(job) == 0


def test_a_worker_that_dies_lets_go(job):
    with sole_worker(job.pk), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE classid = %s", [LOCK_SPACE]
        )
        while locks(job):
            pass
        with sole_worker(job.pk) as is_sole:
            assert is_sole
