"""Verbs over so many rows that no request should wait: a row says what is wanted, a worker does it.

Each batch is a transaction of its own and moves the job on in it, so that a worker that dies loses
nothing and repeats nothing. All batches carry the job's operation, so that Undo takes all back.
"""

import uuid
from itertools import islice
from typing import Any

from django.db.models import Func, IntegerField
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import Busy, CrmError, NotVisible, RuleViolation
from crm.models import BulkJob, UndoJob
from crm.operations import current, emit, operation, operation_called
from crm.records.bulk import bulk_actions
from crm.records.history.undo import can_be_undone
from crm.records.history.undo_jobs import begin_undo, resume_undo
from crm.records.services.many import BATCH
from crm.registry.declaration import RecordType
from crm.registry.events import JobEnded, UndoEnded
from crm.registry.registry import registry

State = BulkJob.State
OVER = (State.DONE, State.FAILED)
MOST_REASONS = 500  # as many rows that were left alone are listed; all are counted


@operation
def choose_rows(*, actor: Actor, record_type: RecordType, verb: str, ids: list[int]) -> BulkJob:
    """Remembers which rows a verb is meant for, while the person says what the verb needs."""
    return BulkJob.objects.create(
        record_type=record_type.key,
        verb=verb,
        ids=sorted(set(ids)),
        operation=uuid.uuid4(),
        created_by_id=actor.id,
        created_at=current().at,
    )


@operation
def begin_job(*, actor: Actor, job_id: int, data: str) -> BulkJob:
    """Hands the chosen rows to a worker, with what was posted. Raises NotVisible, RuleViolation."""
    job = own_job(actor, job_id, is_locked=True)
    if job.state != State.CHOSEN:
        return job
    job.state, job.data = State.RUNNING, data
    job.save(update_fields=["state", "data"])
    return job


@operation
def ask_to_undo(*, actor: Actor, job_id: int) -> BulkJob:
    """Hands the taking back to a worker. Raises NotVisible, RuleViolation.

    Locks the job; asked for again it answers with the undo there is.
    """
    job = own_job(actor, job_id, is_locked=True)
    if job.state in (State.UNDOING, State.UNDONE):
        return job
    if job.state not in OVER or not (job.undo_id or can_be_undone(job.operation)):
        raise RuleViolation(_("This can't be undone."))
    if job.undo_id:
        job.undo = resume_undo(actor=actor, job_id=job.undo_id)
    else:
        job.undo = begin_undo(actor=actor, operations=[job.operation])
    job.state, job.failure = State.UNDOING, ""
    job.save(update_fields=["state", "failure", "undo"])
    return job


def own_job(actor: Actor, job_id: int, *, is_locked: bool = False) -> BulkJob:
    """A job of the actor's own; nobody else's is there."""
    jobs = BulkJob.objects.select_for_update() if is_locked else BulkJob.objects.all()
    job = jobs.filter(pk=job_id, created_by_id=actor.id).first()
    if job is None:
        raise NotVisible
    return job


def own_job_of(actor: Actor, operation_id: uuid.UUID) -> int | None:
    """The id of the actor's own job that did the operation, if a job did it."""
    jobs = BulkJob.objects.filter(created_by_id=actor.id, operation=operation_id)
    return jobs.values_list("pk", flat=True).first()


def job_in_numbers(actor: Actor, job_id: int) -> tuple[BulkJob, int]:
    """A job of the actor's own without the ids of its rows, and how many these are.

    Of 200,000 rows the ids are two megabytes, and a page that watches the job asks every second.
    """
    jobs = BulkJob.objects.filter(created_by_id=actor.id).select_related("undo")
    rows = jobs.defer("ids", "data").annotate(total=Cardinality("ids"))
    job = rows.filter(pk=job_id).first()
    if job is None:
        raise NotVisible
    return job, job.total


class Cardinality(Func):
    """How many members an array has, none included."""

    function = "cardinality"
    output_field = IntegerField()


def work_on(job_id: int) -> None:
    """Does what is left of a job, batch by batch. Any number of calls do it once."""
    job = BulkJob.objects.select_related("created_by").get(pk=job_id)
    actor = Actor(user=job.created_by)
    with translation.override(job.created_by.language):
        try:
            with operation_called(job.operation):
                while work_batch(actor=actor, job_id=job_id):
                    pass
        except Busy:
            pass  # somebody holds a row of the batch; the scheduler comes back
        except CrmError as error:
            fail(job_id, str(error))


@operation
def work_batch(*, actor: Actor, job_id: int) -> bool:
    """The next rows of a running job; False when there are none, or another worker has them.

    Emits JobEnded with the last of them.
    """
    jobs = BulkJob.objects.select_for_update(skip_locked=True)
    job = jobs.filter(pk=job_id, state=State.RUNNING).first()
    if job is None:
        return False
    ids = job.ids[job.position : job.position + BATCH]
    if ids:
        _advance(job, ids, _do(actor, job, ids))
    if job.position >= len(job.ids):
        job.state, job.finished_at = State.DONE, current().at
    job.save(
        update_fields=["position", "changed", "refused", "refused_count", "state", "finished_at"]
    )
    if job.state == State.DONE:
        emit(JobEnded(job))
    return job.state == State.RUNNING


def _do(actor: Actor, job: BulkJob, ids: list[int]) -> Any:
    record_type = registry.get(job.record_type)
    form = bulk_actions.form_of(record_type, job.verb, actor, QueryDict(job.data))
    if not bulk_actions.is_complete(job.verb, form):
        raise RuleViolation(_("What was chosen can't be used any more. Start again."))
    return bulk_actions.do(actor=actor, record_type=record_type, verb=job.verb, form=form, ids=ids)


def _advance(job: BulkJob, ids: list[int], result: Any) -> None:
    job.position += len(ids)
    job.changed += result.done
    job.refused_count += len(result.refused)
    room = max(0, MOST_REASONS - len(job.refused))
    job.refused |= {str(key): reason for key, reason in islice(result.refused.items(), room)}


def end_undoing(event: UndoEnded) -> None:
    """Subscribed: the job whose undo is done, or stopped."""
    state = State.UNDONE if event.job.state == UndoJob.State.DONE else State.FAILED
    BulkJob.objects.filter(undo=event.job, state=State.UNDOING).update(
        state=state, failure=event.job.failure
    )


def fail(job_id: int, reason: str) -> None:
    """The job stops where it stands and says why; what is done stays done."""
    _fail(actor=Actor.system(), job_id=job_id, reason=reason)


@operation
def _fail(*, actor: Actor, job_id: int, reason: str) -> None:
    """Locks the job; emits JobEnded."""
    open_jobs = BulkJob.objects.select_for_update().defer("ids", "data", "refused")
    job = open_jobs.filter(pk=job_id, state=State.RUNNING).first()
    if job is None:
        return
    job.state, job.failure = State.FAILED, reason
    job.save(update_fields=["state", "failure"])
    emit(JobEnded(job))
