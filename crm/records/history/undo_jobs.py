"""Undo of so many records that no request and no single transaction should do it.

Each batch is a transaction of its own that moves the job's cursor on, so a worker that is killed
loses nothing and repeats nothing: the scheduler finds the job and goes on behind the cursor. What
can't be taken back - changed again since, used by other records, its field gone - is left alone and
listed, with what it links to; the rest is undone. (An undo in a request is all or nothing:
`undo_operation`; `start_undo` chooses.)
"""

import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cached_property
from uuid import UUID

from django.db import transaction
from django.utils import translation

from crm.access.actor import Actor
from crm.errors import Busy, CrmError
from crm.models import FieldChange, JournalEntry, UndoJob
from crm.operations import current, emit, operation
from crm.records.history.dependents import Place
from crm.records.history.restoring_links import restore_linked
from crm.records.history.undo import (
    delete_unread,
    run_undoer,
    take_back,
    undo_operation,
    undoable_verbs,
    whole_verbs,
)
from crm.records.history.undo_rules import changes_of, lock_operations, refuse_undo
from crm.registry.events import UndoEnded

IN_REQUEST = 1000  # changes; what made more is undone by a job
BATCH = 500
LEASE = 600.0  # seconds one task works at most: far below the limit at which Celery would end it
MOST_REASONS = 500  # as many are listed; all are counted
PROGRESS = ["state", "done", "cursor_type", "cursor_key", "left", "reasons", "finished_at"]
LAST_TYPE = "~"  # sorts behind every type key: the entries with undoers of their own

State = UndoJob.State


@operation
def start_undo(*, actor: Actor, operation_id: UUID) -> UndoJob | None:
    """Undoes what is small enough for a request; of anything larger returns the job that does it.

    Locks the operation; asked for again it answers with the job there is, and resumes one that
    stopped. Raises what `undo_operation` raises.
    """
    lock_operations([operation_id])
    own = UndoJob.objects.filter(operations=[operation_id], created_by_id=actor.id)
    job = own.exclude(state=State.DONE).order_by("-pk").first()
    if job is not None:
        return resume_undo(actor=actor, job_id=job.pk)
    if _fits_in_request(operation_id):
        undo_operation(actor=actor, operation_id=operation_id)
        return None
    return begin_undo(actor=actor, operations=[operation_id])


def _fits_in_request(operation_id: UUID) -> bool:
    """Counts the changes, but not where a few statements take all of it back, as for a merge."""
    entries = JournalEntry.objects.filter(operation=operation_id)
    if entries.filter(verb__in=whole_verbs()).exists():
        return True
    rows = entries.filter(verb__in=undoable_verbs())
    changes = changes_of([operation_id])
    return changes[: IN_REQUEST + 1].count() + rows[: IN_REQUEST + 1].count() <= IN_REQUEST


@operation
def begin_undo(*, actor: Actor, operations: Collection[UUID]) -> UndoJob:
    """Writes down what is to be taken back. Locks the operations.

    Raises NotVisible, RuleViolation as `undo_operation` does.
    """
    ids = list(operations)
    lock_operations(ids)
    refuse_undo(actor, ids)
    touched = changes_of(ids).values("record_type", "record_id").distinct().count()
    return UndoJob.objects.create(
        operations=ids, total=touched, created_by_id=actor.id, created_at=current().at
    )


@operation
def resume_undo(*, actor: Actor, job_id: int) -> UndoJob:
    """Lets an undo that stopped go on behind its cursor. Locks the job."""
    job = UndoJob.objects.select_for_update().get(pk=job_id)
    if job.state == State.FAILED:
        job.state, job.failure = State.RUNNING, ""
        job.save(update_fields=["state", "failure"])
    return job


class TouchedRecords:
    """Which records operations touched: their keys by type, in order.

    Read once for all batches, by the worker that got the job. Operations that are over change no
    more, and a query for the next keys behind a cursor would walk the index of all records
    (`changes_of`).
    """

    def __init__(self, operations: Collection[UUID]) -> None:
        self.operations = operations

    @cached_property
    def keys(self) -> Mapping[str, list[int]]:
        keys: dict[str, list[int]] = defaultdict(list)
        rows = changes_of(self.operations).values_list("record_type", "record_id").distinct()
        for type_key, record_id in rows:
            keys[type_key].append(record_id)
        return {type_key: sorted(keys[type_key]) for type_key in sorted(keys)}

    def batch_after(self, place: Place) -> tuple[str, list[int]] | None:
        """The type and at most BATCH keys behind a place; None behind the last one."""
        cursor_type, cursor_key = place
        for type_key, keys in self.keys.items():
            if type_key < cursor_type:
                continue
            first = bisect_right(keys, cursor_key) if type_key == cursor_type else 0
            if batch := keys[first : first + BATCH]:
                return type_key, batch
        return None


def work_on_undo(job_id: int) -> bool:
    """Takes back what is left of a job, batch by batch. Any number of calls do it once.

    Returns True when LEASE ran out before it was done: the rest is for another call.
    """
    until = time.monotonic() + LEASE
    job = UndoJob.objects.select_related("created_by").get(pk=job_id)
    actor = Actor(user=job.created_by)
    with translation.override(job.created_by.language):
        try:
            touched = TouchedRecords(job.operations)
            while undo_batch(actor=actor, job_id=job_id, touched=touched):
                if time.monotonic() >= until:
                    return True
        except Busy:
            pass  # somebody holds a row of the batch; the scheduler comes back
        except CrmError as error:
            fail_undo(actor=Actor.system(), job_id=job_id, failure=str(error))
    return False


@operation
def undo_batch(*, actor: Actor, job_id: int, touched: TouchedRecords) -> bool:
    """The next records of a job; False when there are none, or another worker has the job.

    Locks the job, then the records in key order. Emits UndoEnded with the last of them.
    """
    jobs = UndoJob.objects.select_for_update(skip_locked=True)
    job = jobs.filter(pk=job_id, state=State.RUNNING).first()
    if job is None:
        return False
    if not (_records(actor, job, touched) or _entries(actor, job)):
        delete_unread(job.operations)
        job.state, job.finished_at = State.DONE, current().at
    job.save(update_fields=PROGRESS)
    if job.state == State.DONE:
        emit(UndoEnded(job))
    return job.state == State.RUNNING


def _records(actor: Actor, job: UndoJob, touched: TouchedRecords) -> bool:
    """The next batch of records of one type; False behind the last of all types."""
    found = touched.batch_after((job.cursor_type, job.cursor_key))
    if found is None:
        return False
    type_key, batch = found
    _undo(actor, job, type_key, batch)
    return True


def _undo(actor: Actor, job: UndoJob, type_key: str, batch: list[int]) -> None:
    steps: dict[int, list[FieldChange]] = defaultdict(list)
    changes = changes_of(job.operations).filter(record_type=type_key, record_id__in=batch)
    for change in changes.order_by("-id"):
        steps[change.record_id].append(change)
    place = (job.cursor_type, job.cursor_key)
    refused = take_back(actor, type_key, steps, within=job.operations, dealt_with=place)
    entries = JournalEntry.objects.filter(
        operation__in=job.operations,
        record_type=type_key,
        record_id__in=[pk for pk in batch if pk not in refused],
    )
    entries.exclude(verb__in=undoable_verbs()).update(is_undone=True)
    _note(job, {(type_key, pk): error for pk, error in refused.items()})
    if refused:
        _note(job, restore_linked(job.operations, {type_key: list(refused)}))
    job.cursor_type, job.cursor_key = type_key, batch[-1]
    job.done += len(batch)


def _entries(actor: Actor, job: UndoJob) -> bool:
    """The next journal entries whose rows no field history covers; False behind the last."""
    after = job.cursor_key if job.cursor_type == LAST_TYPE else 0
    found = JournalEntry.objects.filter(
        operation__in=job.operations, verb__in=undoable_verbs(), pk__gt=after
    )
    batch = list(found.select_for_update().order_by("pk")[:BATCH])
    undone = []
    for entry in batch:
        try:
            with transaction.atomic():
                run_undoer(actor, entry)
            undone.append(entry.pk)
        except CrmError as error:
            _note(job, {(entry.record_type, entry.record_id): error})
    JournalEntry.objects.filter(pk__in=undone).update(is_undone=True)
    if batch:
        job.cursor_type, job.cursor_key = LAST_TYPE, batch[-1].pk
    return bool(batch)


def _note(job: UndoJob, refused: Mapping[tuple[str, int], CrmError]) -> None:
    job.left += len(refused)
    reasons = [(type_key, pk, str(error)) for (type_key, pk), error in refused.items()]
    job.reasons = [*job.reasons, *reasons][:MOST_REASONS]


@operation
def fail_undo(*, actor: Actor, job_id: int, failure: str) -> None:
    """The undo stops where it stands and says why; what was taken back stays so.

    Locks the job; emits UndoEnded.
    """
    job = UndoJob.objects.select_for_update().filter(pk=job_id, state=State.RUNNING).first()
    if job is not None:
        job.state, job.failure = State.FAILED, failure
        job.save(update_fields=["state", "failure"])
        emit(UndoEnded(job))
