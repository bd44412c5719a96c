"""An undo whose worker is killed goes on where it was, and does nothing twice."""

import io
import time
from signal import SIGKILL

import pytest

from accounts.models import Account
from crm.access.actor import Actor
from crm.exchange.imports.services import run_import, stage_file, undo_import
from crm.models import ImportJob, JournalEntry, UndoJob, User
from crm.records.history.undo_jobs import work_on_undo
from tests.concurrency.crm.test_imports_killed import PATIENCE, start_worker

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 4000


def test_kill_9_of_the_undoing_worker_at_any_moment(owner):
    actor = Actor(user=User.objects.get(pk=owner.pk))
    content = "\n".join(["name,employees", *(f"Firm {n},{n}" for n in range(ROWS))]).encode()
    job = stage_file(
        actor=actor,
        target_key="account",
        file_name="firms.csv",
        file=io.BytesIO(content),
        size=len(content),
    )
    run_import(actor=actor, job_id=job.pk)
    undo = undo_import(actor=actor, job_id=job.pk).undo
    for _kill in range(2):
        before, until = done(undo), time.monotonic() + PATIENCE
        worker = start_worker(undo, "undo_worker.py")
        while done(undo) == before and worker.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        worker.kill()
        assert not worker.communicate()[1].decode()
        assert worker.returncode == -SIGKILL
    assert 0 < done(undo) < ROWS
    work_on_undo(undo.pk)
    undo.refresh_from_db()
    assert (undo.state, undo.total, undo.done, undo.left) == ("done", ROWS, ROWS, 0)
    assert Account.objects.alive().count() == 0
    assert JournalEntry.objects.filter(verb="undone").count() == ROWS
    assert ImportJob.objects.get(pk=job.pk).state == ImportJob.State.UNDONE


def done(undo):
    return UndoJob.objects.values_list("done", flat=True).get(pk=undo.pk)
