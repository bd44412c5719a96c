"""Undo of very many records: batch by batch, killed and resumed, told row by row."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contact
from crm.errors import NotVisible, RuleViolation
from crm.exchange.imports.services import run_import, stage_file, undo_import
from crm.models import FieldChange, ImportJob, JournalEntry, UndoJob
from crm.records.history import undo_jobs
from crm.records.history.tasks import resume_undos, undo_in_batches
from crm.records.services import update_record
from crm.registry.registry import registry
from tests.factories.accounts import make_contact

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
    with CaptureQueriesContext(
        connection,
    ) as asked:
        undo_in_batches(undo.pk)
    assert Account.objects.alive().count() == 0
    assert len(asked) <= rows * 0.2, len(asked)


def test_what_was_half_done_goes_on_behind_its_cursor(owner, as_actor, monkeypatch):
    monkeypatch.setattr(undo_jobs, "BATCH", 4)
    job = imported(as_actor(owner), firms(10))
    undo = undo_import(actor=as_actor(owner), job_id=job.pk).undo
    assert undo_jobs.undo_batch(actor=as_actor(owner), job_id=undo.pk)
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
    undo_import(actor=as_actor(owner), job_id=job.pk)
    with pytest.raises(RuleViolation):
        undo_import(actor=as_actor(owner), job_id=job.pk)
    assert UndoJob.objects.count() == 1


def test_one_that_stopped_goes_on_when_it_is_asked_for_again(owner, as_actor, monkeypatch):
    monkeypatch.setattr(undo_jobs, "BATCH", 2)
    job = imported(as_actor(owner), firms(4))
    undo = undo_import(actor=as_actor(owner), job_id=job.pk).undo
    undo_jobs.undo_batch(actor=as_actor(owner), job_id=undo.pk)
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
