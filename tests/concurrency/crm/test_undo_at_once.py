"""Several people press Undo of the same operation at the same moment: it is undone once."""

import uuid

import pytest

from accounts.models import Account
from crm.models import JournalEntry, UndoJob
from crm.operations import operation_called
from crm.records.history import undo_jobs
from crm.records.history.undo_jobs import start_undo, work_on_undo
from crm.records.services import bulk_update_records, delete_records
from crm.registry.registry import registry
from tests.concurrency.crm.test_one_record_at_once import THREADS, actor_of, at_once
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 12
ACCOUNTS = registry.get("account")


@pytest.fixture
def people(owner, admin):
    """Who had part in the operation, and who administers: all of them may undo it."""
    return [owner if number % 2 else admin for number in range(THREADS)]


def changed(owner, service, **more):
    ids = [make_account(owner, name=f"Firm {n}", city="Bergen").pk for n in range(ROWS)]
    operation_id = uuid.uuid4()
    with operation_called(operation_id):
        service(actor=actor_of(owner), record_type=ACCOUNTS, ids=ids, **more)
    return operation_id


def refusals(results):
    return sorted({str(result) for result in results if isinstance(result, Exception)})


def test_a_change_is_undone_in_one_request_and_the_others_are_answered(owner, people):
    operation_id = changed(owner, bulk_update_records, values={"city": "Oslo"})
    results = at_once(
        lambda number: start_undo(actor=actor_of(people[number]), operation_id=operation_id)
    )
    assert results.count(None) == 1
    assert refusals(results) == ["This has been undone already."]
    assert list(Account.objects.values_list("city", flat=True)) == ["Bergen"] * ROWS
    assert JournalEntry.objects.filter(verb="undone").count() == ROWS


def test_a_deletion_is_undone_in_one_request_and_the_others_are_answered(owner, people):
    operation_id = changed(owner, delete_records)
    results = at_once(
        lambda number: start_undo(actor=actor_of(people[number]), operation_id=operation_id)
    )
    assert results.count(None) == 1
    assert refusals(results) == ["This has been undone already."]
    assert Account.objects.alive().count() == ROWS
    assert JournalEntry.objects.filter(verb="undone").count() == ROWS


def test_a_large_change_gets_one_job_and_the_others_are_answered(owner, people, monkeypatch):
    monkeypatch.setattr(undo_jobs, "IN_REQUEST", ROWS - 1)
    operation_id = changed(owner, bulk_update_records, values={"city": "Oslo"})
    results = at_once(
        lambda number: start_undo(actor=actor_of(people[number]), operation_id=operation_id)
    )
    job = UndoJob.objects.get()
    # Who began it gets the same job each time, the other one a clear answer.
    assert [result for result in results if isinstance(result, UndoJob)] == [job] * (THREADS // 2)
    assert refusals(results) == ["This is being undone already."]
    at_once(lambda number: work_on_undo(job.pk))
    work_on_undo(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.left) == ("done", ROWS, 0)
    assert list(Account.objects.values_list("city", flat=True)) == ["Bergen"] * ROWS
    assert JournalEntry.objects.filter(verb="undone").count() == ROWS
