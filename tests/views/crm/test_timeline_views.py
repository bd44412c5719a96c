"""The composer and the timeline on a record's page."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm import clock
from crm.activities.services import log_activity
from crm.models import Activity, File
from crm.records.services import update_record
from crm.registry.registry import registry
from tests.factories.accounts import make_account, make_contact
from tests.factories.opportunities import make_opportunity
from tests.markup import tight


def text_of(answer):
    return tight(answer.content.decode())


def note(actor, record, body):
    return log_activity(actor=actor, regarding=record, values={"kind": "note", "body": body})


def test_the_composer_adds_a_note(owner, sign_in):
    account = make_account(owner)
    client = sign_in(owner)
    answer = client.post(
        f"/accounts/{account.pk}/compose/", {"kind": "note", "body": "Call after the audit."}
    )
    assert answer["Location"] == f"/accounts/{account.pk}/"
    page = text_of(client.get(answer["Location"]))
    assert "Call after the audit." in page
    assert "Saved the note." in page
    saved = Activity.objects.get()
    assert (saved.regarding_type, saved.regarding_id) == ("account", account.pk)


def test_a_note_sent_twice_is_one_note(owner, sign_in):
    account = make_account(owner)
    values = {"kind": "note", "body": "Once.", "form_token": uuid.uuid4().hex}
    client = sign_in(owner)
    for _time in range(2):
        client.post(f"/accounts/{account.pk}/compose/", values)
    assert Activity.objects.count() == 1


def test_an_empty_note_keeps_the_composer_with_its_problem(owner, sign_in):
    account = make_account(owner)
    answer = sign_in(owner).post(f"/accounts/{account.pk}/compose/", {"kind": "note"})
    assert answer.status_code == 422
    assert "Write something, or attach a file." in text_of(answer)
    assert Activity.objects.count() == 0


def test_a_mail_to_nobody_keeps_what_was_written(owner, sign_in):
    account = make_account(owner)
    answer = sign_in(owner).post(
        f"/accounts/{account.pk}/compose/",
        {"kind": "email", "subject": "Offer", "body": "As agreed.", "recipients": "nobody"},
    )
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Check “nobody”." in page
    assert "As agreed." in page
    assert 'value="Offer"' in page
    assert Activity.objects.count() == 0


def test_a_file_goes_with_a_note(owner, sign_in):
    account = make_account(owner)
    client = sign_in(owner)
    upload = SimpleUploadedFile("plan.txt", b"The plan")
    client.post(f"/accounts/{account.pk}/compose/", {"kind": "note", "file": upload})
    file = File.objects.get()
    assert file.activity == Activity.objects.get()
    assert f'href="/files/{file.pk}/"' in text_of(client.get(f"/accounts/{account.pk}/"))


def test_who_may_not_append_to_the_record_can_not_write_on_it(owner, stranger, sign_in):
    account = make_account(owner)
    answer = sign_in(stranger).post(
        f"/accounts/{account.pk}/compose/", {"kind": "note", "body": "Hi"}
    )
    assert answer.status_code == 404
    assert Activity.objects.count() == 0


def test_open_work_stands_above_and_is_finished_in_place(owner, sign_in, as_actor):
    account = make_account(owner)
    task = log_activity(
        actor=as_actor(owner),
        regarding=account,
        values={
            "kind": "task",
            "subject": "Send the offer",
            "due_at": clock.now() - timedelta(days=1),
        },
    )
    client = sign_in(owner)
    page = text_of(client.get(f"/accounts/{account.pk}/"))
    assert "Planned" in page
    assert "Due yesterday" in page
    answer = client.post(f"/activities/{task.pk}/complete/", {"next": f"/accounts/{account.pk}/"})
    assert answer["Location"] == f"/accounts/{account.pk}/"
    task.refresh_from_db()
    assert task.state == Activity.State.COMPLETED
    assert "finished a task" in text_of(client.get(f"/accounts/{account.pk}/"))


def test_next_never_leads_off_the_site(owner, sign_in, as_actor):
    task = log_activity(
        actor=as_actor(owner), regarding=None, values={"kind": "task", "subject": "Send"}
    )
    answer = sign_in(owner).post(
        f"/activities/{task.pk}/complete/", {"next": "https://evil.example/"}
    )
    assert answer["Location"] == f"/activities/{task.pk}/"


def test_a_changed_field_is_told_in_one_line(owner, sign_in, as_actor):
    deal = make_opportunity(owner, account=make_account(owner))
    for values in (
        {"estimated_revenue": Decimal(75_000)},
        {"customer_need": "Eleven units"},
        {"rating": "hot"},
    ):
        update_record(
            actor=as_actor(owner),
            record_type=registry.get("opportunity"),
            record_id=deal.pk,
            version=None,
            values=values,
        )
    page = text_of(sign_in(owner).get(f"/opportunities/{deal.pk}/"))
    assert "changed Est. revenue from €60,000.00 to €75,000.00" in page
    assert "changed Need<" in page
    assert "changed Rating from Warm to Hot" in page


def test_an_account_shows_what_was_written_on_its_contacts_and_deals(owner, sign_in, as_actor):
    account = make_account(owner)
    contact = make_contact(owner, account=account)
    deal = make_opportunity(owner, account=account)
    note(as_actor(owner), contact, "Prefers mornings")
    note(as_actor(owner), deal, "Budget approved")
    page = text_of(sign_in(owner).get(f"/accounts/{account.pk}/"))
    assert "Prefers mornings" in page
    assert "Budget approved" in page
    assert f'href="/contacts/{contact.pk}/"' in page


def test_what_hangs_on_a_hidden_record_does_not_roll_up(owner, stranger, sign_in, as_actor):
    account = make_account(owner)
    hidden = make_opportunity(stranger, account=account)
    note(as_actor(stranger), hidden, "Secret budget")
    page = text_of(sign_in(owner).get(f"/accounts/{account.pk}/"))
    assert "Secret budget" not in page


def test_the_timeline_goes_on_page_by_page_without_loss_or_repeat(owner, sign_in, as_actor):
    account = make_account(owner)
    with clock.held(clock.now()):  # many things of one moment
        for number in range(60):
            note(as_actor(owner), account, f"Remark {number:02d}.")
    client = sign_in(owner)
    answer = client.get(f"/accounts/{account.pk}/timeline/", headers={"HX-Request": "true"})
    seen = []
    while True:
        page = text_of(answer)
        seen += [part[:2] for part in page.split("<p>Remark ")[1:]]
        if "hx-get" not in page.split('class="older"')[-1] or 'class="older"' not in page:
            break
        path = page.split('class="older"')[1].split('hx-get="')[1].split('"')[0]
        answer = client.get(path.replace("&amp;", "&"), headers={"HX-Request": "true"})
    assert sorted(seen) == [f"{number:02d}" for number in range(60)]


def test_the_timeline_is_filtered_by_kind(owner, sign_in, as_actor):
    account = make_account(owner)
    note(as_actor(owner), account, "A remark")
    log_activity(
        actor=as_actor(owner), regarding=account, values={"kind": "task", "subject": "To do"}
    )
    client = sign_in(owner)
    tasks = text_of(
        client.get(f"/accounts/{account.pk}/timeline/?kind=task", headers={"HX-Request": "true"})
    )
    assert "To do" in tasks
    assert "A remark" not in tasks
    changes = text_of(client.get(f"/accounts/{account.pk}/?kind=changes"))
    assert "A remark</p>" not in changes


@pytest.mark.parametrize("query", ["kind=rumour", "after=yesterday", "after=2026-01-01_x_y"])
def test_unknown_filters_and_cursors_are_not_found(owner, sign_in, query):
    account = make_account(owner)
    assert sign_in(owner).get(f"/accounts/{account.pk}/?{query}").status_code == 404


def test_markup_in_a_note_stays_text(owner, sign_in, as_actor):
    account = make_account(owner, name="<img src=x onerror=alert(1)>")
    note(as_actor(owner), account, "<script>alert(1)</script>")
    page = sign_in(owner).get(f"/accounts/{account.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
