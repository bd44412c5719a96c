"""Importing a file: stage its rows, try them out, write them chunk by chunk, take them back."""

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.db import DataError, IntegrityError, connection
from django.db.models import Count
from django.utils.translation import gettext as _

from crm import clock
from crm.access.actor import Actor
from crm.errors import AccessDenied, CrmError, NotVisible, RuleViolation
from crm.exchange.imports.fields import guess_mapping
from crm.exchange.imports.known import target_of
from crm.exchange.imports.plan import Line, Plan, Planner, match_field
from crm.exchange.imports.reader import read_table
from crm.exchange.imports.resuming import GOOD, recall
from crm.exchange.imports.targets import Target
from crm.models import ImportJob, ImportRow, UndoJob
from crm.operations import current, emit, operation, operation_called
from crm.records.history.undo import delete_unread
from crm.records.history.undo_jobs import begin_undo, resume_undo
from crm.registry.events import ImportEnded, RecordsAssigned, UndoEnded

CHUNK = 1000
REFUSALS = (IntegrityError, DataError, CrmError)
Verdict = ImportRow.Verdict


def shape_of(target: str, columns: list[str]) -> str:
    """Files of the same shape share their mapping."""
    return hashlib.sha256(json.dumps([target, columns]).encode()).hexdigest()


def require_target(actor: Actor, key: str) -> Target:
    """The target, when the actor may import into it. Raises NotVisible or AccessDenied."""
    try:
        target = target_of(key)
    except KeyError as error:
        raise NotVisible from error
    if not target.may_import(actor):
        raise AccessDenied(_("Your roles do not allow importing here."))
    return target


@operation
def stage_file(
    *, actor: Actor, target_key: str, file_name: str, file: IO[bytes], size: int
) -> ImportJob:
    """Reads a file into a job with its rows, mapped as the last file of the same shape was.

    Raises UnreadableFile, AccessDenied; then nothing is kept.
    """
    target = require_target(actor, target_key)
    columns, rows = read_table(file, size)
    columns = [name.replace("\0", "") for name in columns]
    shape = shape_of(target_key, columns)
    job = ImportJob.objects.create(
        target=target_key,
        file_name=file_name[:200],
        columns=columns,
        shape=shape,
        created_by_id=actor.id,
        created_at=current().at,
        **_remembered(actor, shape, columns, target),
    )
    job.row_count = _copy_rows(job, rows)
    job.save(update_fields=["row_count"])
    if not job.row_count:
        raise RuleViolation(_("The file has a header but no rows."))
    return job


def _remembered(actor: Actor, shape: str, columns: list[str], target: Target) -> dict[str, Any]:
    earlier = (
        (ImportJob.objects.filter(shape=shape, created_by_id=actor.id).exclude(mapping={}))
        .order_by("-id")
        .first()
    )
    if earlier:
        return {"mapping": earlier.mapping, "options": earlier.options}
    guessed = guess_mapping(columns, target.fields)
    return {"mapping": {column: {"field": name} for column, name in guessed.items()}}


def _copy_rows(job: ImportJob, rows: Iterable[list[str]]) -> int:
    """Stages rows with COPY and returns how many there are."""
    count = 0
    with connection.cursor() as cursor:
        statement = (
            "COPY crm_importrow (job_id, line, cells, verdict, problems, is_done) FROM STDIN"
        )
        with cursor.cursor.copy(statement) as copy:
            for count, cells in enumerate(rows, start=1):
                copy.write_row((job.pk, count + 1, _as_json(cells), "", "[]", False))
    return count


def _as_json(cells: list[str]) -> str:
    """A row as it is kept: the database takes no zero bytes."""
    text = json.dumps(cells)
    return json.dumps([cell.replace("\0", "") for cell in cells]) if "\\u0000" in text else text


@operation
def map_columns(
    *, actor: Actor, job_id: int, mapping: Mapping[str, Any], options: Mapping[str, Any]
) -> ImportJob:
    """Sets which column goes where; earlier verdicts are void. Raises RuleViolation."""
    job = lock_job(actor, job_id)
    if job.state not in (ImportJob.State.UPLOADED, ImportJob.State.CHECKED):
        raise RuleViolation(_("This import has been run already. Upload the file again."))
    target = require_target(actor, job.target)
    chosen = [entry.get("field") for entry in mapping.values() if entry.get("field")]
    twice = [name for name, count in Counter(chosen).items() if count > 1]
    if twice:
        raise RuleViolation(
            _("Two columns go to “%(field)s”. Choose one.")
            % {"field": target.fields[twice[0]].label}
        )
    if not chosen:
        raise RuleViolation(_("Choose a field for at least one column."))
    job.mapping, job.options = dict(mapping), dict(options)
    job.state = ImportJob.State.UPLOADED
    job.save(update_fields=["mapping", "options", "state"])
    job.rows.exclude(verdict=Verdict.WAITING).update(verdict=Verdict.WAITING, problems=[])
    return job


def lock_job(actor: Actor, job_id: int) -> ImportJob:
    return own_job(actor, job_id, ImportJob.objects.select_for_update())


def own_job(actor: Actor, job_id: int, rows: Any = None) -> ImportJob:
    """A job of the actor's own; administrators may open everybody's."""
    jobs = ImportJob.objects.all() if rows is None else rows
    if not actor.can_administer:
        jobs = jobs.filter(created_by_id=actor.id)
    job: ImportJob | None = jobs.filter(pk=job_id).first()
    if job is None:
        raise NotVisible
    return job


@operation
def request_check(*, actor: Actor, job_id: int) -> ImportJob:
    """Asks the worker for a dry run."""
    return _request(actor, job_id, ImportJob.State.CHECKING, (ImportJob.State.UPLOADED,))


@operation
def request_run(*, actor: Actor, job_id: int) -> ImportJob:
    """Asks the worker to write the rows; only after a dry run has been seen."""
    job = own_job(actor, job_id)
    if job.state == ImportJob.State.FAILED and not was_checked(job):
        raise RuleViolation(_("Try the import out first, then run it."))
    return _request(actor, job_id, ImportJob.State.RUNNING, (ImportJob.State.CHECKED,))


def was_checked(job: ImportJob) -> bool:
    """Whether every row has its verdict: an import can stop while it is tried out, too."""
    return not job.rows.filter(verdict=Verdict.WAITING).exists()


def _request(
    actor: Actor, job_id: int, wanted: ImportJob.State, allowed: tuple[ImportJob.State, ...]
) -> ImportJob:
    job = lock_job(actor, job_id)
    if job.state == wanted:
        return job
    if job.state not in (*allowed, ImportJob.State.FAILED):
        raise RuleViolation(_("This import is at another step already. Look at it again."))
    require_target(actor, job.target)
    begin(job, wanted)
    return job


def check_rows(*, actor: Actor, job_id: int) -> dict[str, int]:
    """The dry run: writes a verdict beside every row and nothing else. Returns the counts."""
    job = own_job(actor, job_id)
    target = require_target(actor, job.target)
    planner = Planner(actor=actor, job=job, target=target, is_dry=True)
    begin(job, ImportJob.State.CHECKING)
    for rows in row_chunks(job):
        check_chunk(actor=actor, planner=planner, rows=rows)
        _advance(job, len(rows))
    finish(job, ImportJob.State.CHECKED)
    return verdict_counts(job)


@operation
def check_chunk(*, actor: Actor, planner: Planner, rows: list[Line]) -> None:
    """Plans a chunk and keeps nothing but the verdicts."""
    write_verdicts(planner.plan(rows))


def run_import(*, actor: Actor, job_id: int) -> dict[str, int]:
    """Writes the rows, a chunk per transaction. Started again after a crash, it goes on.

    Rows with errors and duplicates are left out and stay listed. Returns the counts.
    """
    job = own_job(actor, job_id)
    if job.state in (ImportJob.State.DONE, ImportJob.State.UNDONE):
        return verdict_counts(job)
    target = require_target(actor, job.target)
    planner = Planner(actor=actor, job=job, target=target, is_dry=False)
    begin(job, ImportJob.State.RUNNING, done=job.rows.filter(is_done=True).count())
    deferred = recall(planner)
    for rows in row_chunks(job):
        deferred += _import_safely(actor, planner, rows)
        _advance(job, len(rows))
    for start in range(0, len(deferred), CHUNK):
        again = Planner(actor=actor, job=job, target=target, is_dry=False)
        rows = Line.read(job.rows.filter(line__in=deferred[start : start + CHUNK]).order_by("line"))
        with operation_called(links_of(job.pk)):
            link_deferred(actor=actor, planner=again, rows=rows)
    with operation_called(_end_of(job)):
        complete_import(actor=actor, job=job, target=target)
    return verdict_counts(job)


def _end_of(job: ImportJob) -> uuid.UUID:
    """The operation that tells people of an import, by which taking it back finds what it told."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"crm.import.{job.pk}")


@operation
def complete_import(*, actor: Actor, job: ImportJob, target: Target) -> None:
    """Closes an import. Emits RecordsAssigned to who got new records, and ImportEnded."""
    finish(job, ImportJob.State.DONE)
    written = job.rows.filter(verdict=Verdict.NEW, record_id__isnull=False)
    for owner_id, count, record_id in target.owners_of(written.values("record_id")):
        if owner_id != actor.id:
            single = record_id if count == 1 else None
            emit(RecordsAssigned(target.key, owner_id, count, single))
    emit(ImportEnded(job))


@operation
def fail_import(*, actor: Actor, job_id: int, failure: str) -> None:
    """The import stops where it stands and says why. Emits ImportEnded."""
    job = ImportJob.objects.select_for_update().get(pk=job_id)
    job.state, job.failure = ImportJob.State.FAILED, failure
    job.save(update_fields=["state", "failure"])
    emit(ImportEnded(job))


def _import_safely(actor: Actor, planner: Planner, rows: list[Line]) -> list[int]:
    """One transaction for the chunk; where the database refuses it, one per row."""
    try:
        return _import_or_forget(actor, planner, rows)
    except REFUSALS:
        return [line for row in rows for line in _import_alone(actor, planner, row)]


def _import_or_forget(actor: Actor, planner: Planner, rows: list[Line]) -> list[int]:
    """Imports a chunk; what the database refuses, the planner has not seen."""
    try:
        return import_chunk(actor=actor, planner=planner, rows=rows)
    except REFUSALS:
        planner.drop_last()
        raise


def _import_alone(actor: Actor, planner: Planner, row: Line) -> list[int]:
    try:
        return _import_or_forget(actor, planner, [row])
    except REFUSALS as error:
        plan = Plan(row)
        plan.refuse("", str(error).split("\n", maxsplit=1)[0])
        write_verdicts([plan], is_done=True)
        return []


@operation
def import_chunk(*, actor: Actor, planner: Planner, rows: list[Line]) -> list[int]:
    """Plans and writes a chunk; returns the lines whose links wait for later rows."""
    plans = planner.plan(rows)
    planner.target.save_new([plan.record for plan in plans if plan.verdict is Verdict.NEW])
    _save_updates(planner, plans)
    write_verdicts(plans, is_done=True)
    return [plan.row.line for plan in plans if plan.is_deferred and plan.verdict in GOOD]


@operation
def link_deferred(*, actor: Actor, planner: Planner, rows: list[Line]) -> None:
    """Sets links between rows of one file, once all of them exist."""
    _save_updates(planner, planner.plan(rows))


def _save_updates(planner: Planner, plans: list[Plan]) -> None:
    changed = [plan for plan in plans if plan.verdict is Verdict.UPDATE]
    if changed:
        planner.target.save_changed([(plan.record, set(plan.changes)) for plan in changed])


def write_verdicts(plans: list[Plan], *, is_done: bool = False) -> None:
    """Writes the verdicts of a chunk in one statement."""
    operation_id = str(current().id) if is_done and _is_under_way() else None
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE crm_importrow AS r
            SET verdict = v.verdict, problems = v.problems::jsonb,
                record_id = v.record_id, is_done = %(done)s, operation = %(operation)s
            FROM unnest(%(ids)s::bigint[], %(verdicts)s::text[], %(problems)s::text[],
                        %(records)s::bigint[]) AS v(id, verdict, problems, record_id)
            WHERE r.id = v.id
            """,
            {
                "done": is_done,
                "operation": operation_id,
                "ids": [plan.row.pk for plan in plans],
                "verdicts": [plan.verdict.value for plan in plans],
                "problems": [json.dumps(plan.problems) for plan in plans],
                "records": [getattr(plan.record, "pk", None) for plan in plans],
            },
        )


def _is_under_way() -> bool:
    try:
        current()
    except LookupError:
        return False
    return True


def row_chunks(job: ImportJob) -> Iterable[list[Line]]:
    """Rows still to be worked on, in the file's order, a chunk at a time."""
    line = 0
    while True:
        rows = job.rows.filter(line__gt=line, is_done=False).order_by("line")
        chunk = Line.read(rows[:CHUNK])
        if not chunk:
            return
        line = chunk[-1].line
        yield chunk


def begin(job: ImportJob, state: ImportJob.State, done: int = 0) -> None:
    job.state, job.done_count, job.failure = state, done, ""
    job.save(update_fields=["state", "done_count", "failure"])


def _advance(job: ImportJob, count: int) -> None:
    job.done_count += count
    job.save(update_fields=["done_count"])


def finish(job: ImportJob, state: ImportJob.State) -> None:
    job.state, job.finished_at = state, clock.now()
    job.save(update_fields=["state", "finished_at"])


def verdict_counts(job: ImportJob) -> dict[str, int]:
    """Verdict -> number of rows; every verdict is there."""
    counted = dict(job.rows.order_by().values_list("verdict").annotate(Count("id")))
    return {verdict: counted.get(verdict, 0) for verdict in Verdict.values}


@operation
def undo_import(*, actor: Actor, job_id: int) -> ImportJob:
    """Hands what the job wrote to a worker to be taken back; `undo` of the job is its progress.

    Locks the job; asked for again it answers with the undo there is. People who were imported
    stay and can only no longer sign in: that is done at once. Raises NotVisible, RuleViolation.
    """
    job = lock_job(actor, job_id)
    if job.state in (ImportJob.State.UNDOING, ImportJob.State.UNDONE):
        return job
    if job.state != ImportJob.State.DONE:
        raise RuleViolation(_("Only an import that was run can be undone."))
    target = require_target(actor, job.target)
    operations = target.operations_of(job.pk)
    if job.undo_id:
        job.undo = resume_undo(actor=actor, job_id=job.undo_id)
        job.state = ImportJob.State.UNDOING
    elif operations:
        job.undo = begin_undo(actor=actor, operations=[*operations, links_of(job.pk), _end_of(job)])
        job.state = ImportJob.State.UNDOING
    else:
        target.take_back(job.pk)
        delete_unread([_end_of(job)])
        job.state, job.finished_at = ImportJob.State.UNDONE, current().at
    job.save(update_fields=["undo", "state", "finished_at"])
    return job


def end_undoing(event: UndoEnded) -> None:
    """Subscribed: the import whose undo is done; one that stopped can be undone again."""
    is_done = event.job.state == UndoJob.State.DONE
    ImportJob.objects.filter(undo=event.job, state=ImportJob.State.UNDOING).update(
        state=ImportJob.State.UNDONE if is_done else ImportJob.State.DONE,
        failure=event.job.failure,
    )


def links_of(job_id: int) -> uuid.UUID:
    """The operation that sets links between rows of one file."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"crm.import.{job_id}.links")


__all__ = [
    "check_rows",
    "map_columns",
    "match_field",
    "run_import",
    "stage_file",
    "undo_import",
    "verdict_counts",
]
