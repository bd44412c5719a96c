"""Small undos happen at once, large ones as a job; whichever it is, an operation is undone once."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from crm.errors import NotVisible, RuleViolation
from crm.models import JournalEntry, Notification, UndoJob
from crm.operations import operation_called
from crm.records.history import undo_jobs
from crm.records.history.tasks import undo_in_batches
from crm.records.history.undo import undo_operation
from crm.records.history.undo_jobs import begin_undo, fail_undo, start_undo
from crm.records.services import bulk_update_records
from crm.registry.registry import registry
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_request(monkeypatch):
    monkeypatch.setattr(undo_jobs, "IN_REQUEST", 3)
    monkeypatch.setattr("crm.notifications.standard.IN_REQUEST", 3)


@pytest.fixture
def moved(owner, as_actor):
    """`moved(count)` changes the city of that many accounts to Oslo; the operation's id."""

    def move(count):
        ids = [make_account(owner, name=f"Firm {n}", city="Bergen").pk for n in range(count)]
        operation_id = uuid.uuid4()
        with operation_called(operation_id):
            bulk_update_records(
                actor=as_actor(owner),
                record_type=registry.get("account"),
                ids=ids,
                values={"city": "Oslo"},
            )
        return operation_id

    return move


def batch_of(undo, actor):
    touched = undo_jobs.TouchedRecords(undo.operations)
    return undo_jobs.undo_batch(actor=actor, job_id=undo.pk, touched=touched)


def cities():
    return sorted(Account.objects.values_list("city", flat=True))


def test_what_fits_in_a_request_is_undone_at_once(moved, owner, as_actor):
    operation_id = moved(3)
    assert start_undo(actor=as_actor(owner), operation_id=operation_id) is None
    assert cities() == ["Bergen"] * 3
    assert not UndoJob.objects.exists()


def test_what_is_larger_is_left_to_a_job(moved, owner, as_actor):
    operation_id = moved(4)
    job = start_undo(actor=as_actor(owner), operation_id=operation_id)
    assert (job.state, job.total, job.operations) == ("running", 4, [operation_id])
    assert cities() == ["Oslo"] * 4
    undo_in_batches(job.pk)
    assert cities() == ["Bergen"] * 4


def test_beginning_a_job_costs_the_same_however_many_rows_it_has(moved, owner, as_actor):
    counts = []
    for size in (4, 5, 20):
        operation_id = moved(size)
        with CaptureQueriesContext(connection) as asked:
            start_undo(actor=as_actor(owner), operation_id=operation_id)
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_asked_for_again_it_answers_with_the_job_there_is(moved, owner, as_actor):
    operation_id = moved(4)
    first = start_undo(actor=as_actor(owner), operation_id=operation_id)
    assert start_undo(actor=as_actor(owner), operation_id=operation_id) == first
    assert UndoJob.objects.count() == 1


def test_somebody_else_is_answered_that_it_is_being_undone(moved, owner, admin, as_actor):
    operation_id = moved(4)
    start_undo(actor=as_actor(owner), operation_id=operation_id)
    for start in (
        lambda: start_undo(actor=as_actor(admin), operation_id=operation_id),
        lambda: begin_undo(actor=as_actor(admin), operations=[uuid.uuid4(), operation_id]),
        lambda: undo_operation(actor=as_actor(admin), operation_id=operation_id),
    ):
        with pytest.raises(RuleViolation, match=r"This is being undone already\."):
            start()
    assert cities() == ["Oslo"] * 4
    assert UndoJob.objects.count() == 1


def test_what_a_request_has_undone_no_job_undoes_again(moved, owner, as_actor):
    """An update leaves no journal entry that could be marked; the entry of its undo says it."""
    operation_id = moved(4)
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    with pytest.raises(RuleViolation, match=r"This has been undone already\."):
        begin_undo(actor=as_actor(owner), operations=[operation_id])
    assert not UndoJob.objects.exists()


def test_what_a_job_has_undone_nobody_undoes_again(moved, owner, as_actor, admin):
    operation_id = moved(4)
    undo_in_batches(start_undo(actor=as_actor(owner), operation_id=operation_id).pk)
    for actor in (as_actor(owner), as_actor(admin)):
        with pytest.raises(RuleViolation, match=r"This has been undone already\."):
            start_undo(actor=actor, operation_id=operation_id)
    assert JournalEntry.objects.filter(verb="undone").count() == 4


def test_a_job_that_took_nothing_back_stands_in_nobodys_way(moved, owner, as_actor):
    operation_id = moved(4)
    later = uuid.uuid4()
    with operation_called(later):
        bulk_update_records(
            actor=as_actor(owner),
            record_type=registry.get("account"),
            ids=Account.objects.values_list("pk", flat=True),
            values={"city": "Rome"},
        )
    job = start_undo(actor=as_actor(owner), operation_id=operation_id)
    undo_in_batches(job.pk)
    job.refresh_from_db()
    assert (job.done, job.left) == (4, 4)
    again = start_undo(actor=as_actor(owner), operation_id=operation_id)
    assert again.pk != job.pk


def test_one_that_stopped_is_resumed_by_pressing_undo_again(moved, owner, as_actor, monkeypatch):
    monkeypatch.setattr(undo_jobs, "BATCH", 2)
    operation_id = moved(4)
    job = start_undo(actor=as_actor(owner), operation_id=operation_id)
    batch_of(job, as_actor(owner))
    fail_undo(actor=as_actor(owner), job_id=job.pk, failure="The disk is full")
    again = start_undo(actor=as_actor(owner), operation_id=operation_id)
    assert (again.pk, again.state, again.done) == (job.pk, "running", 2)
    undo_in_batches(job.pk)
    assert cities() == ["Bergen"] * 4


def test_who_had_no_part_in_it_sees_nothing_of_it(moved, owner, teammate, as_actor):
    operation_id = moved(4)
    for start in (start_undo, undo_operation):
        with pytest.raises(NotVisible):
            start(actor=as_actor(teammate), operation_id=operation_id)
    with pytest.raises(NotVisible):
        begin_undo(actor=as_actor(teammate), operations=[operation_id])
    assert cities() == ["Oslo"] * 4


def notified():
    return list(Notification.objects.values_list("recipient__username", "kind", "data"))


def test_who_began_a_long_undo_hears_of_its_end(moved, owner, as_actor):
    job = start_undo(actor=as_actor(owner), operation_id=moved(4))
    assert notified() == []
    undo_in_batches(job.pk)
    data = {"page": "undo", "job": job.pk, "is_stopped": False}
    assert notified() == [("owner", "undo_ended", data)]
    undo_in_batches(job.pk)
    assert len(notified()) == 1


def test_of_a_short_undo_one_hears_only_that_it_stopped(moved, owner, as_actor):
    short = begin_undo(actor=as_actor(owner), operations=[moved(3)])
    undo_in_batches(short.pk)
    assert notified() == []
    stopped = begin_undo(actor=as_actor(owner), operations=[moved(2)])
    fail_undo(actor=as_actor(owner), job_id=stopped.pk, failure="The disk is full")
    data = {"page": "undo", "job": stopped.pk, "is_stopped": True}
    assert notified() == [("owner", "undo_ended", data)]
