"""Verbs over very many rows are a worker's: batch by batch, resumed, and taken back as one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from crm import clock
from crm.errors import NotVisible, RuleViolation
from crm.models import BulkJob, FieldChange, UndoJob
from crm.operations import operation_called
from crm.records.bulk import jobs
from crm.records.bulk.tasks import delete_old_traces, resume_jobs, work_on_job
from crm.records.history.tasks import undo_in_batches
from crm.records.services import update_record
from crm.registry.registry import registry
from tests.factories.accounts import make_account

ACCOUNTS = registry.get("account")
EDIT = "do=1&change_city=1&city=Oslo"


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr("crm.records.bulk.jobs.BATCH", 4)


@pytest.fixture
def accounts(owner):
    return [make_account(owner, name=f"Firm {n}", city="Bergen") for n in range(10)]


@pytest.fixture
def bulk_city(monkeypatch):
    """The city may be edited in bulk."""
    object.__setattr__(ACCOUNTS, "bulk_fields", (*ACCOUNTS.bulk_fields, "city"))
    yield
    object.__setattr__(ACCOUNTS, "bulk_fields", ACCOUNTS.bulk_fields[:-1])


@pytest.fixture
def job(owner, accounts, as_actor, bulk_city):
    actor = as_actor(owner)
    chosen = jobs.choose_rows(
        actor=actor,
        record_type=ACCOUNTS,
        verb="edit",
        ids=[account.pk for account in reversed(accounts)],
    )
    return jobs.begin_job(actor=actor, job_id=chosen.pk, data=EDIT)


def cities():
    return sorted(Account.objects.values_list("city", flat=True))


def test_all_rows_are_changed_under_one_operation(owner, job):
    work_on_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.position, job.changed, job.refused) == ("done", 10, 10, {})
    assert job.finished_at is not None
    assert cities() == ["Oslo"] * 10
    changes = FieldChange.objects.filter(operation=job.operation, event="update")
    assert list(changes.values_list("actor_id", flat=True)) == [owner.pk] * 10


def test_a_batch_costs_the_same_however_many_rows_it_has(owner, job, as_actor):
    actor = as_actor(owner)
    with CaptureQueriesContext(connection) as first:
        jobs.work_batch(actor=actor, job_id=job.pk)
    with CaptureQueriesContext(connection) as second:
        jobs.work_batch(actor=actor, job_id=job.pk)
    assert BulkJob.objects.get().position == 8
    # The operation, the job, the batch, the job moved on.
    assert len(second) == 4 + 1 + 6 + 1
    assert len(first) >= len(second)


def test_a_worker_that_died_is_followed_by_one_that_does_the_rest(owner, job, as_actor):
    with operation_called(job.operation):
        jobs.work_batch(actor=as_actor(owner), job_id=job.pk)
    assert cities() == ["Bergen"] * 6 + ["Oslo"] * 4
    work_on_job(job.pk)
    work_on_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.changed) == ("done", 10)
    assert FieldChange.objects.filter(operation=job.operation).count() == 10


def test_the_scheduler_finds_jobs_whose_message_got_lost(job, monkeypatch):
    woken = []
    monkeypatch.setattr(work_on_job, "delay", woken.append)
    resume_jobs()
    assert woken == [job.pk]
    BulkJob.objects.update(state="done")
    resume_jobs()
    assert woken == [job.pk]


def test_rows_out_of_reach_are_left_alone(owner, stranger, job, accounts):
    accounts[0].owner = stranger
    accounts[0].save()
    work_on_job(job.pk)
    job.refresh_from_db()
    assert (job.position, job.changed) == (10, 9)
    assert cities() == ["Bergen"] + ["Oslo"] * 9


def test_what_was_posted_is_checked_again_by_the_worker(job):
    BulkJob.objects.filter(pk=job.pk).update(data="do=1&city=Oslo")
    work_on_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.changed) == ("failed", 0)
    assert job.failure != ""
    assert cities() == ["Bergen"] * 10


def test_undo_takes_every_batch_back(owner, job, as_actor):
    work_on_job(job.pk)
    undo_in_batches(jobs.ask_to_undo(actor=as_actor(owner), job_id=job.pk).undo_id)
    job.refresh_from_db()
    assert job.state == "undone"
    assert cities() == ["Bergen"] * 10


def test_undo_leaves_alone_what_was_changed_again_and_says_why(owner, job, accounts, as_actor):
    work_on_job(job.pk)
    update_record(
        actor=as_actor(owner),
        record_type=ACCOUNTS,
        record_id=accounts[3].pk,
        version=None,
        values={"city": "Paris"},
    )
    undo = jobs.ask_to_undo(actor=as_actor(owner), job_id=job.pk).undo
    undo_in_batches(undo.pk)
    job.refresh_from_db()
    undo.refresh_from_db()
    assert job.state == "undone"
    assert cities() == ["Bergen"] * 9 + ["Paris"]
    assert (undo.total, undo.done, undo.left) == (10, 10, 1)
    ((type_key, record_id, reason),) = undo.reasons
    assert (type_key, record_id) == ("account", accounts[3].pk)
    assert "“Firm 3” was changed again since." in reason


def test_a_running_job_is_not_undone(owner, job, as_actor):
    with pytest.raises(RuleViolation):
        jobs.ask_to_undo(actor=as_actor(owner), job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "running"


def test_nobody_else_touches_a_job(teammate, job, as_actor):
    for service in (jobs.ask_to_undo, lambda **v: jobs.begin_job(**v, data=EDIT)):
        with pytest.raises(NotVisible):
            service(actor=as_actor(teammate), job_id=job.pk)


def test_old_jobs_are_forgotten_and_open_ones_are_not(owner, job, as_actor):
    chosen = jobs.choose_rows(actor=as_actor(owner), record_type=ACCOUNTS, verb="edit", ids=[1, 2])
    with clock.held(clock.now() + timedelta(days=3)):
        delete_old_traces()
    assert not BulkJob.objects.filter(pk=chosen.pk).exists()
    with clock.held(clock.now() + timedelta(days=91)):
        delete_old_traces()
    assert BulkJob.objects.filter(pk=job.pk).exists()
    work_on_job(job.pk)
    with clock.held(clock.now() + timedelta(days=91)):
        delete_old_traces()
    assert not BulkJob.objects.exists()


def test_the_row_of_an_undo_goes_with_the_job_it_belongs_to(owner, job, as_actor):
    work_on_job(job.pk)
    undo = jobs.ask_to_undo(actor=as_actor(owner), job_id=job.pk).undo
    later = clock.now() + timedelta(days=91)
    with clock.held(later):
        delete_old_traces()
    assert UndoJob.objects.filter(pk=undo.pk).exists()
    undo_in_batches(undo.pk)
    with clock.held(later):
        delete_old_traces()
    assert not BulkJob.objects.exists()
    assert not UndoJob.objects.exists()
