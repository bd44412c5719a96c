"""The dialogs of a type's verbs, on activities."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm import clock
from crm.activities.services import log_activity
from crm.models import Activity, JournalEntry
from tests.markup import tight

PARIS = ZoneInfo("Europe/Paris")


def text_of(answer):
    return tight(answer.content.decode())


@pytest.fixture
def task(owner, as_actor):
    return log_activity(
        actor=as_actor(owner),
        regarding=None,
        values={
            "kind": "task",
            "subject": "Send the offer",
            "due_at": clock.now() + timedelta(days=1),
        },
    )


def test_a_verb_without_questions_is_one_button_with_undo(owner, task, sign_in):
    client = sign_in(owner)
    page = text_of(client.post(f"/activities/{task.pk}/complete/", follow=True))
    task.refresh_from_db()
    assert task.state == Activity.State.COMPLETED
    assert "Done." in page
    client.post("/undo/" + page.split('action="/undo/')[1].split('"')[0])
    task.refresh_from_db()
    assert (task.state, task.done_at) == (Activity.State.OPEN, None)


def test_a_verb_with_questions_asks_in_a_dialog(owner, task, sign_in):
    client = sign_in(owner)
    page = text_of(client.get(f"/activities/{task.pk}/reschedule/"))
    assert 'name="due_at"' in page
    assert "<html" in page
    panel = text_of(client.get(f"/activities/{task.pk}/reschedule/?panel=1"))
    assert 'name="due_at"' in panel
    assert "<html" not in panel


def test_the_answer_runs_the_service(owner, task, sign_in):
    owner.time_zone = "Europe/Paris"
    owner.save()
    answer = sign_in(owner).post(
        f"/activities/{task.pk}/reschedule/", {"due_at": "2027-03-01T09:30", "version": "1"}
    )
    assert answer["Location"] == f"/activities/{task.pk}/"
    task.refresh_from_db()
    assert task.due_at == datetime(2027, 3, 1, 9, 30, tzinfo=PARIS)


def test_a_wrong_answer_is_said_next_to_its_field_and_changes_nothing(owner, task, sign_in):
    answer = sign_in(owner).post(f"/activities/{task.pk}/reschedule/", {"due_at": "soon"})
    assert answer.status_code == 422
    assert 'value="soon"' in text_of(answer)
    assert 'id="id_due_at_error"' in text_of(answer)
    assert JournalEntry.objects.filter(verb="rescheduled").count() == 0


def test_an_illegal_move_is_refused_with_the_reason(owner, task, sign_in):
    client = sign_in(owner)
    client.post(f"/activities/{task.pk}/cancel/")
    answer = client.post(f"/activities/{task.pk}/complete/")
    assert answer.status_code == 422
    assert "This was canceled. Open it again first." in text_of(answer)
    task.refresh_from_db()
    assert task.state == Activity.State.CANCELED


def test_the_same_button_pressed_twice_answers_the_same(owner, task, sign_in):
    client = sign_in(owner)
    answers = [client.post(f"/activities/{task.pk}/complete/") for _time in range(2)]
    assert {answer["Location"] for answer in answers} == {f"/activities/{task.pk}/"}
    assert JournalEntry.objects.filter(verb="completed").count() == 1


def test_a_verb_nobody_declared_is_not_there(owner, task, sign_in):
    assert sign_in(owner).get(f"/activities/{task.pk}/explode/").status_code == 404


def test_a_hidden_record_has_no_verbs(stranger, task, sign_in):
    assert sign_in(stranger).post(f"/activities/{task.pk}/complete/").status_code == 404
    task.refresh_from_db()
    assert task.state == Activity.State.OPEN


def test_who_may_only_read_is_refused(teammate, task, sign_in):
    assert sign_in(teammate).post(f"/activities/{task.pk}/complete/").status_code == 403
    task.refresh_from_db()
    assert task.state == Activity.State.OPEN


def test_a_request_for_a_fragment_is_told_where_to_go(owner, task, sign_in):
    answer = sign_in(owner).post(
        f"/activities/{task.pk}/reschedule/?panel=1",
        {"due_at": "2027-03-01T09:30"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"/activities/{task.pk}/"
