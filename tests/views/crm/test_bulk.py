"""Verbs over many rows through the pages."""

import re

import pytest

from accounts.models import Account
from cases.models import Case
from crm.models import BulkJob, JournalEntry
from crm.records.bulk.tasks import work_on_job
from crm.records.history.tasks import undo_in_batches
from tests.factories.accounts import make_account
from tests.factories.opportunities import make_opportunity
from tests.markup import tight


def text_of(answer):
    return tight(answer.content.decode())


@pytest.fixture
def accounts(owner):
    return [make_account(owner, name=f"Firm {n}") for n in range(6)]


@pytest.fixture
def few(monkeypatch):
    """What counts as many is little enough for a test."""
    monkeypatch.setattr("crm.pages.bulk.CARRIED", 3)
    monkeypatch.setattr("crm.pages.bulk.IN_REQUEST", 4)


def ids(records):
    return [record.pk for record in records]


def test_editing_asks_first_and_changes_only_what_is_ticked(owner, accounts, sign_in):
    client = sign_in(owner)
    asked = client.post("/accounts/bulk/edit/", {"ids": ids(accounts[:2])})
    assert asked.status_code == 200
    assert Account.objects.filter(version=1).count() == 6
    data = {"ids": ids(accounts[:2]), "do": "1", "change_country": "1", "country": "NO"}
    done = client.post("/accounts/bulk/edit/", data | {"relationship": "partner"}, follow=True)
    assert "Changed 2 rows." in text_of(done)
    changed = Account.objects.filter(country="NO")
    assert set(changed.values_list("pk", flat=True)) == set(ids(accounts[:2]))
    assert not changed.filter(relationship="partner").exists()


def test_editing_without_a_tick_says_so(owner, accounts, sign_in):
    data = {"ids": ids(accounts), "do": "1", "country": "NO"}
    answer = sign_in(owner).post("/accounts/bulk/edit/", data)
    assert answer.status_code == 422
    assert "Tick at least one field" in text_of(answer)
    assert Account.objects.filter(version=1).count() == 6


def test_what_was_done_to_many_offers_undo(owner, accounts, sign_in):
    client = sign_in(owner)
    page = client.post("/accounts/bulk/delete/", {"ids": ids(accounts)}, follow=True)
    action = re.search(r'action="(/undo/[^"]+)"', tight(page.content.decode()))
    client.post(action[1], {"next": "/accounts/"})
    assert Account.objects.alive().count() == 6


def test_what_is_final_offers_no_undo(owner, accounts, sign_in, monkeypatch):
    monkeypatch.setattr("crm.records.running.can_be_undone", lambda operation_id: False)
    page = sign_in(owner).post("/accounts/bulk/delete/", {"ids": ids(accounts)}, follow=True)
    assert "Moved 6 rows to the bin." in text_of(page)
    assert 'action="/undo/' not in tight(page.content.decode())


def test_a_card_moved_to_a_final_lane_offers_no_undo(owner, sign_in, monkeypatch):
    deal = make_opportunity(owner)
    client = sign_in(owner)
    page = client.post(f"/opportunities/{deal.pk}/move/", {"value": "develop"}, follow=True)
    assert 'action="/undo/' in tight(page.content.decode())
    monkeypatch.setattr("crm.records.running.can_be_undone", lambda operation_id: False)
    page = client.post(f"/opportunities/{deal.pk}/move/", {"value": "qualify"}, follow=True)
    assert "Moved to" in text_of(page)
    assert 'action="/undo/' not in tight(page.content.decode())


def test_many_ids_do_not_travel_through_the_form(owner, accounts, sign_in, few):
    client = sign_in(owner)
    page = client.post("/accounts/bulk/edit/", {"everything": "1", "query": "view=all"})
    job = BulkJob.objects.get()
    assert (job.state, job.ids) == ("chosen", sorted(ids(accounts)))
    html = tight(page.content.decode())
    assert f'name="job" value="{job.pk}"' in html
    assert 'name="ids"' not in html
    assert "6 rows" in text_of(page)


def test_many_rows_are_handed_to_a_worker_and_the_result_is_a_page(
    owner, accounts, sign_in, few, django_capture_on_commit_callbacks, monkeypatch
):
    woken = []
    monkeypatch.setattr(work_on_job, "apply_async", lambda args, **_options: woken.append(args))
    client = sign_in(owner)
    client.post("/accounts/bulk/edit/", {"everything": "1", "query": "view=all"})
    job = BulkJob.objects.get()
    data = {"job": job.pk, "do": "1", "change_country": "1", "country": "NO"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/accounts/bulk/edit/", data)
    assert (answer.status_code, answer.url) == (302, f"/jobs/{job.pk}/")
    assert woken == [(job.pk,)]
    assert Account.objects.filter(version=1).count() == 6
    assert "0 / 6" in text_of(client.get(answer.url))
    work_on_job(job.pk)
    watched = client.get(answer.url, headers={"HX-Request": "true"})
    assert watched["HX-Refresh"] == "true"
    page = client.get(answer.url)
    assert "Changed 6 rows." in text_of(page)
    assert f'action="/jobs/{job.pk}/undo/"' in tight(page.content.decode())
    assert "Changed 6 rows." in text_of(client.get("/jobs/"))


def test_a_mistake_in_the_form_keeps_the_chosen_rows(owner, accounts, sign_in, few):
    client = sign_in(owner)
    client.post("/accounts/bulk/assign/", {"everything": "1", "query": "view=all"})
    job = BulkJob.objects.get()
    answer = client.post("/accounts/bulk/assign/", {"job": job.pk, "do": "1", "owner": ""})
    assert answer.status_code == 422
    assert f'name="job" value="{job.pk}"' in tight(answer.content.decode())
    assert BulkJob.objects.get().state == "chosen"


def test_deleting_many_rows_needs_no_step_between(owner, accounts, sign_in, few):
    client = sign_in(owner)
    answer = client.post("/accounts/bulk/delete/", {"ids": ids(accounts)})
    job = BulkJob.objects.get()
    assert (answer.url, job.state) == (f"/jobs/{job.pk}/", "running")
    work_on_job(job.pk)
    assert Account.objects.in_bin().count() == 6
    assert JournalEntry.objects.filter(verb="deleted", operation=job.operation).count() == 6
    client.post(f"/jobs/{job.pk}/undo/")
    job.refresh_from_db()
    assert "0 / 6" in text_of(client.get(f"/jobs/{job.pk}/"))
    undo_in_batches(job.undo_id)
    assert Account.objects.alive().count() == 6
    assert "Everything was taken back." in text_of(client.get(f"/jobs/{job.pk}/"))


def test_a_job_of_somebody_else_is_not_there(owner, teammate, accounts, sign_in, few):
    sign_in(owner).post("/accounts/bulk/delete/", {"ids": ids(accounts)})
    job = BulkJob.objects.get()
    client = sign_in(teammate)
    assert client.get(f"/jobs/{job.pk}/").status_code == 404
    assert client.post(f"/jobs/{job.pk}/undo/").status_code == 404
    posted = {"job": job.pk, "do": "1", "change_country": "1", "country": "NO"}
    assert client.post("/accounts/bulk/delete/", posted).status_code == 404
    assert f"/jobs/{job.pk}/" not in tight(client.get("/jobs/").content.decode())


def test_a_job_for_one_verb_serves_no_other(owner, accounts, sign_in, few):
    client = sign_in(owner)
    client.post("/accounts/bulk/edit/", {"everything": "1", "query": "view=all"})
    job = BulkJob.objects.get()
    assert client.post("/accounts/bulk/delete/", {"job": job.pk}).status_code == 404
    assert client.post("/contacts/bulk/edit/", {"job": job.pk}).status_code == 404
    assert Account.objects.alive().count() == 6


def test_an_unknown_verb_is_not_there(owner, accounts, sign_in):
    answer = sign_in(owner).post("/accounts/bulk/explode/", {"ids": ids(accounts)})
    assert answer.status_code == 404
    assert Case.objects.count() == 0
