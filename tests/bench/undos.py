"""Undo of an import and of a bulk change to the end, as jobs: rows per second, longest transaction."""

import csv
import io
import time
import uuid
from collections.abc import Iterator

from accounts.models import Contact
from crm.access.actor import Actor
from crm.exchange.imports.services import run_import, stage_file, undo_import
from crm.models import ImportJob, UndoJob, User
from crm.records.bulk.jobs import ask_to_undo, begin_job, choose_rows, work_on
from crm.records.history.undo_jobs import TouchedRecords, undo_batch
from crm.registry.registry import registry
from tests.bench.measuring import Result

IMPORTED = {"small": 2_000, "medium": 20_000, "large": 20_000}
CHANGED = {"small": 4_000, "medium": 200_000, "large": 200_000}
COUNTRY = "IS"  # few have it before
LONGEST = 5.0  # seconds in one transaction; a worker hands over between two after 600


def undos(user: User, size: str) -> Iterator[Result]:
    yield from _undone("an import", _import(user, IMPORTED[size]), user)
    yield from _undone("a bulk change", _bulk_change(user, CHANGED[size]), user)


def _undone(what: str, job: UndoJob, user: User) -> Iterator[Result]:
    actor, touched = Actor(user=user), TouchedRecords(job.operations)
    begun, longest, is_running = time.perf_counter(), 0.0, True
    while is_running:
        before = time.perf_counter()
        is_running = undo_batch(actor=actor, job_id=job.pk, touched=touched)
        longest = max(longest, time.perf_counter() - before)
    took = time.perf_counter() - begun
    job.refresh_from_db()
    if (job.state, job.done, job.left) != (UndoJob.State.DONE, job.total, 0):
        raise RuntimeError(f"the undo ended as {job.state} with {job.left} of {job.total} left")
    goal = "at least 500 rows/s"
    yield Result(f"undo of {what}", job.total, job.total / took, "rows/s", None, goal, 500)
    goal = f"at most {LONGEST:.0f} s"
    yield Result(
        f"undo of {what}, longest transaction", job.total, longest, "s", None, goal, LONGEST
    )


def _import(user: User, count: int) -> UndoJob:
    text, stamp = io.StringIO(), uuid.uuid4().hex[:8]
    writer = csv.writer(text)
    writer.writerow(["name", "city", "employees", "external id"])
    for number in range(count):
        writer.writerow([f"Undo {stamp} {number}", "Lyon", number % 900, f"{stamp}-{number}"])
    content = text.getvalue().encode()
    actor = Actor(user=user)
    job = stage_file(
        actor=actor,
        target_key="account",
        file_name="undo.csv",
        file=io.BytesIO(content),
        size=len(content),
    )
    run_import(actor=actor, job_id=job.pk)
    return _undo_of(undo_import(actor=actor, job_id=job.pk))


def _undo_of(job: ImportJob) -> UndoJob:
    if job.undo is None:
        raise RuntimeError("the job has no undo")
    return job.undo


def _bulk_change(user: User, count: int) -> UndoJob:
    actor, contacts = Actor(user=user), registry.get("contact")
    rows = Contact.objects.alive().exclude(country=COUNTRY).order_by("pk")
    chosen = choose_rows(
        actor=actor,
        record_type=contacts,
        verb="edit",
        ids=list(rows.values_list("pk", flat=True)[:count]),
    )
    begin_job(actor=actor, job_id=chosen.pk, data=f"do=1&change_country=1&country={COUNTRY}")
    work_on(chosen.pk)
    undo = ask_to_undo(actor=actor, job_id=chosen.pk).undo
    if undo is None:
        raise RuntimeError("the job has no undo")
    return undo
