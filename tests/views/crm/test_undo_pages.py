"""Undo of more than a request should do: a page with its progress, its end and what stays."""

import uuid

import pytest

from accounts.models import Account
from crm.models import BulkJob, Notification, UndoJob
from crm.operations import operation_called
from crm.records.history import undo_jobs
from crm.records.history.tasks import undo_in_batches
from crm.records.history.undo_jobs import fail_undo
from crm.records.services import bulk_update_records, update_record
from crm.registry.registry import registry
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db

ACCOUNTS = registry.get("account")


@pytest.fixture
def operation_id(owner, as_actor, monkeypatch):
    """Changed the city of five accounts, which is more than a request undoes."""
    monkeypatch.setattr(undo_jobs, "IN_REQUEST", 3)
    monkeypatch.setattr("crm.notifications.standard.IN_REQUEST", 3)
    ids = [make_account(owner, name=f"Firm {n}", city="Bergen").pk for n in range(5)]
    changed = uuid.uuid4()
    with operation_called(changed):
        bulk_update_records(
            actor=as_actor(owner), record_type=ACCOUNTS, ids=ids, values={"city": "Oslo"}
        )
    return changed


@pytest.fixture
def _no_worker(monkeypatch):
    monkeypatch.setattr("crm.pages.undo.enqueue_undo", lambda job: None)
    monkeypatch.setattr("crm.pages.jobs.enqueue_undo", lambda job: None)


@pytest.mark.usefixtures("_no_worker")
def test_it_leads_to_a_page_that_shows_how_far_it_is(operation_id, owner, sign_in, as_actor):
    client = sign_in(owner)
    answer = client.post(f"/undo/{operation_id}/", {"next": "/accounts/"})
    job = UndoJob.objects.get()
    assert answer.url == f"/jobs/undo/{job.pk}/"
    page = client.get(answer.url).content.decode()
    assert "Taking it back …" in page
    assert "0 / 5" in page
    update_record(
        actor=as_actor(owner),
        record_type=ACCOUNTS,
        record_id=Account.objects.get(name="Firm 3").pk,
        version=None,
        values={"city": "Rome"},
    )
    part = client.get(answer.url, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="undo-progress"')
    undo_in_batches(job.pk)
    part = client.get(answer.url, headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"
    page = client.get(answer.url).content.decode()
    assert "1 record was not taken back" in page
    assert "“Firm 3” was changed again since" in page
    assert sorted(Account.objects.values_list("city", flat=True)) == ["Bergen"] * 4 + ["Rome"]


@pytest.mark.usefixtures("_no_worker")
def test_the_notification_of_its_end_leads_there(operation_id, owner, sign_in):
    client = sign_in(owner)
    page = client.post(f"/undo/{operation_id}/").url
    undo_in_batches(UndoJob.objects.get().pk)
    told = Notification.objects.get()
    content = client.get("/notifications/").content.decode()
    assert "Your undo of many records is done" in content
    assert "Everything was taken back." in client.get(page).content.decode()
    assert told.data["page"] == "undo"


@pytest.mark.usefixtures("_no_worker")
def test_one_that_stopped_says_where_and_offers_to_go_on(operation_id, owner, sign_in, as_actor):
    client = sign_in(owner)
    page = client.post(f"/undo/{operation_id}/").url
    job = UndoJob.objects.get()
    fail_undo(actor=as_actor(owner), job_id=job.pk, failure="The disk is full")
    content = client.get(page).content.decode()
    assert "The undo stopped after 0 of 5 records." in content
    assert f'action="/undo/{operation_id}/"' in content
    assert client.post(f"/undo/{operation_id}/").url == page
    job.refresh_from_db()
    assert job.state == "running"


@pytest.mark.usefixtures("_no_worker")
def test_nobody_else_sees_it(operation_id, owner, teammate, admin, sign_in):
    sign_in(owner).post(f"/undo/{operation_id}/")
    job = UndoJob.objects.get()
    for somebody in (teammate, admin):
        client = sign_in(somebody)
        assert client.get(f"/jobs/undo/{job.pk}/").status_code == 404
    assert client.post(f"/undo/{operation_id}/", follow=True).status_code == 200
    assert UndoJob.objects.count() == 1


@pytest.mark.usefixtures("_no_worker")
def test_what_a_job_did_is_undone_by_that_job(operation_id, owner, sign_in):
    job = BulkJob.objects.create(
        record_type="account",
        verb="edit",
        ids=sorted(Account.objects.values_list("pk", flat=True)),
        operation=operation_id,
        state="done",
        created_by_id=owner.pk,
        created_at="2026-11-30T12:00Z",
    )
    client = sign_in(owner)
    assert client.post(f"/undo/{operation_id}/").url == f"/jobs/{job.pk}/"
    job.refresh_from_db()
    assert (job.state, job.undo.total) == ("undoing", 5)
    undo_in_batches(job.undo_id)
    assert Notification.objects.get().data == {"page": "bulk", "job": job.pk, "is_stopped": False}
