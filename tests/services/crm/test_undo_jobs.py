"""Undo of very many records: batch by batch, killed and resumed, told row by row."""

import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contact
from crm.errors import NotVisible
from crm.exchange.imports.services import run_import, stage_file, undo_import
from crm.models import FieldChange, ImportJob, JournalEntry, UndoJob
from crm.operations import operation_called
from crm.records.history import undo_jobs
from crm.records.history.tasks import resume_undos, undo_in_batches
from crm.records.services import bulk_update_records, update_record
from crm.registry.registry import registry
from tests.factories.accounts import make_account, make_contact

pytestmark = pytest.mark.django_db


def imported(actor, lines, target="account"):
    content = "\n".join(lines).encode()
    job = stage_file(
        actor=actor,
        target_key=target,
        file_name="firms.csv",
        file=io.BytesIO(content),
        size=len(content),
    )
    run_import(actor=actor, job_id=job.pk)
    return job


def firms(count):
    return ["name,employees", *(f"Firm {number},{number}" for number in range(count))]


def undone(actor, job):
    undo = undo_import(actor=actor, job_id=job.pk).undo
    undo_in_batches(undo.pk)
    undo.refresh_from_db()
    job.refresh_from_db()
    return undo


def batch_of(undo, actor):
    touched = undo_jobs.TouchedRecords(undo.operations)
    return undo_jobs.undo_batch(actor=actor, job_id=undo.pk, touched=touched)


def change(owner, as_actor, name, **values):
    update_record(
        actor=as_actor(owner),
        record_type=registry.get("account"),
        record_id=Account.objects.get(name=name).pk,
        version=None,
        values=values,
    )


def test_an_import_whose_rows_link_each_other_is_taken_back(owner, as_actor):
    """Each row names the one behind it as its parent, the last one the first."""
    lines = [f"Firm {number},Firm {(number + 1) % 7}" for number in range(6)]
    job = imported(as_actor(owner), ["name,parent", *lines, "Firm 6,"])
    assert Account.objects.filter(parent__isnull=False).count() == 6
    undo = undone(as_actor(owner), job)
    assert (undo.state, undo.total, undo.left) == ("done", 7, 0)
    assert job.state == ImportJob.State.UNDONE
    assert Account.objects.alive().count() == 0


def test_a_row_that_others_use_stays_and_the_rest_goes(owner, as_actor):
    job = imported(as_actor(owner), firms(5))
    used = Account.objects.get(name="Firm 2")
    make_contact(owner, account=used)
    undo = undone(as_actor(owner), job)
    assert list(Account.objects.alive()) == [used]
    assert (undo.done, undo.left) == (5, 1)
    assert "“Firm 2” is used by other records meanwhile" in undo.reasons[0][2]


def test_a_row_that_was_changed_again_stays_as_somebody_made_it(owner, as_actor):
    job = imported(as_actor(owner), firms(3))
    changed = Account.objects.get(name="Firm 1")
    update_record(
        actor=as_actor(owner),
        record_type=registry.get("account"),
        record_id=changed.pk,
        version=None,
        values={"city": "Oslo"},
    )
    undo = undone(as_actor(owner), job)
    assert list(Account.objects.alive().values_list("city", flat=True)) == ["Oslo"]
    assert "was changed again since" in undo.reasons[0][2]


def test_it_asks_at_most_a_fifth_of_a_query_per_row(owner, as_actor):
    rows = 1000
    job = imported(as_actor(owner), firms(rows))
    undo = undo_import(actor=as_actor(owner), job_id=job.pk).undo
    with CaptureQueriesContext(connection) as asked:
        undo_in_batches(undo.pk)
    assert Account.objects.alive().count() == 0
    assert len(asked) <= rows * 0.2, len(asked)


def test_a_batch_costs_the_same_however_many_rows_it_has(owner, as_actor, monkeypatch):
    """Rows that get the same values back, and rows that each get their own, by one statement."""
    imported(as_actor(owner), ["name,employees", *(f"Firm {n},{n}" for n in range(120))])
    job = imported(as_actor(owner), ["name,employees", *(f"Firm {n},{n + 1}" for n in range(120))])
    undo = undo_import(actor=as_actor(owner), job_id=job.pk).undo
    counts = []
    for size in (40, 80):
        monkeypatch.setattr(undo_jobs, "BATCH", size)
        with CaptureQueriesContext(connection) as asked:
            batch_of(undo, as_actor(owner))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20
    employees = Account.objects.order_by("pk").values_list("employees", flat=True)
    assert list(employees) == list(range(120))


def test_one_row_whose_place_is_taken_is_singled_out_of_its_batch(owner, as_actor):
    """Not by writing row by row: the batch is halved until it stands alone."""
    imported(as_actor(owner), ["external_id,name", *(f"k{n},Firm {n}" for n in range(200))])
    ids = list(Account.objects.values_list("pk", flat=True))
    operation_id = uuid.uuid4()
    with operation_called(operation_id):
        bulk_update_records(
            actor=as_actor(owner),
            record_type=registry.get("account"),
            ids=ids,
            values={"external_id": None},
        )
    make_account(owner, name="Taker", external_id="k77")
    undo = undo_jobs.begin_undo(actor=as_actor(owner), operations=[operation_id])
    with CaptureQueriesContext(connection) as asked:
        undo_in_batches(undo.pk)
    undo.refresh_from_db()
    assert (undo.state, undo.done, undo.left) == ("done", 200, 1)
    assert "“Firm 77” can't go back: another record has taken its place." in undo.reasons[0][2]
    assert Account.objects.filter(external_id__isnull=False).count() == 200
    assert len(asked) < 150


def test_what_a_row_that_stays_links_to_stays_as_well(owner, as_actor, monkeypatch):
    """A chain 0 -> 1 -> 2 -> 3, in batches of one: 3, 2 and 1 are behind what decides on them."""
    monkeypatch.setattr(undo_jobs, "BATCH", 1)
    lines = ["name,parent", "Firm 3,", "Firm 2,Firm 3", "Firm 1,Firm 2", "Firm 0,Firm 1", "Alone,"]
    job = imported(as_actor(owner), lines)
    change(owner, as_actor, "Firm 0", city="Oslo")
    undo = undone(as_actor(owner), job)
    alive = Account.objects.alive().order_by("name")
    assert [account.name for account in alive] == ["Firm 0", "Firm 1", "Firm 2", "Firm 3"]
    assert (undo.done, undo.left) == (5, 4)
    reasons = {pk: why for _type, pk, why in undo.reasons}
    assert sorted(reasons) == sorted(account.pk for account in alive)
    assert "“Firm 0” was changed again since" in reasons[alive[0].pk]
    assert "“Firm 3” is used by other records meanwhile" in reasons[alive[3].pk]
    verbs = JournalEntry.objects.filter(record_id=alive[3].pk).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["undone", "restored"]


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_what_comes_after_a_row_that_stays_is_used_by_it(owner, as_actor, monkeypatch, batch):
    monkeypatch.setattr(undo_jobs, "BATCH", batch)
    job = imported(as_actor(owner), ["name,parent", "Firm 0,Firm 1", "Firm 1,Firm 2", "Firm 2,"])
    change(owner, as_actor, "Firm 0", city="Oslo")
    undo = undone(as_actor(owner), job)
    assert sorted(account.name for account in Account.objects.alive()) == [
        "Firm 0",
        "Firm 1",
        "Firm 2",
    ]
    assert undo.left == 3


def test_a_circle_of_which_one_stays_stays_whole(owner, as_actor, monkeypatch):
    monkeypatch.setattr(undo_jobs, "BATCH", 1)
    lines = [f"Firm {number},Firm {(number + 1) % 4}" for number in range(4)]
    job = imported(as_actor(owner), ["name,parent", *lines])
    change(owner, as_actor, "Firm 2", city="Oslo")
    undo = undone(as_actor(owner), job)
    parents = dict(Account.objects.alive().values_list("name", "parent__name"))
    assert parents == {f"Firm {n}": f"Firm {(n + 1) % 4}" for n in range(4)}
    assert undo.left == 4


def test_a_task_hands_on_when_it_has_worked_long_enough(owner, as_actor, monkeypatch):
    monkeypatch.setattr(undo_jobs, "BATCH", 4)
    monkeypatch.setattr(undo_jobs, "LEASE", 0.0)
    enqueued = []
    monkeypatch.setattr(undo_in_batches, "delay", enqueued.append)
    job = imported(as_actor(owner), firms(6))
    undo = undo_import(actor=as_actor(owner), job_id=job.pk).undo
    undo_in_batches(undo.pk)
    assert (Account.objects.alive().count(), enqueued) == (2, [undo.pk])
    undo_in_batches(undo.pk)
    undo_in_batches(undo.pk)
    assert UndoJob.objects.get().state == "done"
    assert enqueued == [undo.pk, undo.pk]


def test_what_was_half_done_goes_on_behind_its_cursor(owner, as_actor, monkeypatch):
    monkeypatch.setattr(undo_jobs, "BATCH", 4)
    job = imported(as_actor(owner), firms(10))
    undo = undo_import(actor=as_actor(owner), job_id=job.pk).undo
    assert batch_of(undo, as_actor(owner))
    assert Account.objects.alive().count() == 6
    monkeypatch.setattr(undo_in_batches, "delay", undo_in_batches)
    resume_undos()
    undo.refresh_from_db()
    assert (undo.state, undo.done) == ("done", 10)
    assert Account.objects.alive().count() == 0
    assert JournalEntry.objects.filter(verb="undone").count() == 10
    resume_undos()
    assert JournalEntry.objects.filter(verb="undone").count() == 10


def test_what_an_import_changed_gets_its_old_values(owner, as_actor):
    imported(as_actor(owner), ["name,external_id", "One,k1", "Two,k2"])
    again = imported(as_actor(owner), ["external_id,name", "k1,Uno", "k2,Due"])
    undo = undone(as_actor(owner), again)
    assert (undo.done, undo.left) == (2, 0)
    assert sorted(Account.objects.values_list("name", flat=True)) == ["One", "Two"]
    assert FieldChange.objects.filter(record_type="account", event="update").count() == 4


def test_it_is_asked_for_once_and_by_its_own_actor(owner, teammate, as_actor):
    job = imported(as_actor(owner), firms(2))
    with pytest.raises(NotVisible):
        undo_import(actor=as_actor(teammate), job_id=job.pk)
    first = undo_import(actor=as_actor(owner), job_id=job.pk)
    assert undo_import(actor=as_actor(owner), job_id=job.pk).undo == first.undo
    undo_in_batches(first.undo_id)
    again = undo_import(actor=as_actor(owner), job_id=job.pk)
    assert (again.state, again.undo) == (ImportJob.State.UNDONE, first.undo)
    undo_in_batches(first.undo_id)
    assert UndoJob.objects.count() == 1
    assert JournalEntry.objects.filter(verb="undone").count() == 2


def test_one_that_stopped_goes_on_when_it_is_asked_for_again(owner, as_actor, monkeypatch):
    monkeypatch.setattr(undo_jobs, "BATCH", 2)
    job = imported(as_actor(owner), firms(4))
    undo = undo_import(actor=as_actor(owner), job_id=job.pk).undo
    batch_of(undo, as_actor(owner))
    undo_jobs.fail_undo(actor=as_actor(owner), job_id=undo.pk, failure="The disk is full")
    job.refresh_from_db()
    assert (job.state, job.failure) == (ImportJob.State.DONE, "The disk is full")
    assert undone(as_actor(owner), job).pk == undo.pk
    assert Account.objects.alive().count() == 0


def test_contacts_and_their_accounts_are_taken_back_in_any_order(owner, as_actor):
    accounts = imported(as_actor(owner), firms(2))
    contacts = imported(
        as_actor(owner), ["last_name,account", "Moreau,Firm 0", "Albrecht,Firm 1"], "contact"
    )
    first = undone(as_actor(owner), accounts)
    assert first.left == 2
    assert undone(as_actor(owner), contacts).left == 0
    assert Contact.objects.alive().count() == 0
