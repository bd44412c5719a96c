from datetime import timedelta

import pytest
from django.core import mail

from crm import clock
from crm.access.actor import Actor
from crm.activities.sending import claim_next, give_up_lost, send_pending
from crm.activities.services import (
    cancel_activity,
    complete_activity,
    log_activity,
    reopen_activity,
    reschedule_activity,
    send_again,
)
from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.mail.transport import Refused
from crm.models import Activity
from tests.factories.accounts import make_account

State, Delivery = Activity.State, Activity.Delivery


def log(actor, kind, regarding=None, **values):
    return log_activity(actor=actor, regarding=regarding, values={"kind": kind, **values})


def test_a_note_is_done_when_it_is_written_and_called_by_its_first_line(owner, as_actor):
    note = log(as_actor(owner), "note", body="Wants a demo.\nIn spring.")
    assert (note.subject, note.state) == ("Wants a demo.", State.COMPLETED)
    assert note.happened_at == note.done_at


def test_a_task_stays_open_until_it_is_done(owner, as_actor):
    due = clock.now() + timedelta(days=2)
    task = log(as_actor(owner), "task", subject="Send it", due_at=due)
    assert (task.state, task.happened_at) == (State.OPEN, due)
    done = complete_activity(actor=as_actor(owner), record_id=task.pk)
    assert done.state == State.COMPLETED
    assert done.happened_at == done.done_at


def test_a_call_without_a_time_has_just_happened(owner, as_actor):
    assert log(as_actor(owner), "call", subject="Asked about price").state == State.COMPLETED


def test_a_call_in_the_past_happened_then_and_one_in_the_future_is_planned(owner, as_actor):
    yesterday = clock.now() - timedelta(days=1)
    past = log(as_actor(owner), "call", subject="Rang", due_at=yesterday)
    assert (past.state, past.happened_at) == (State.COMPLETED, yesterday)
    tomorrow = clock.now() + timedelta(days=1)
    assert log(as_actor(owner), "call", subject="Ring", due_at=tomorrow).state == State.OPEN


def test_an_appointment_needs_a_start_and_ends_after_it(owner, as_actor):
    with pytest.raises(RuleViolation) as refused:
        log(as_actor(owner), "appointment", subject="Visit")
    assert list(refused.value.fields) == ["due_at"]
    start = clock.now() + timedelta(days=1)
    with pytest.raises(RuleViolation) as refused:
        log(
            as_actor(owner),
            "appointment",
            subject="Visit",
            due_at=start,
            end_at=start - timedelta(minutes=1),
        )
    assert list(refused.value.fields) == ["end_at"]
    assert Activity.objects.count() == 0


def test_writing_on_a_hidden_record_is_refused(owner, stranger, as_actor):
    account = make_account(owner)
    with pytest.raises(NotVisible):
        log(as_actor(stranger), "note", account, body="Hi")
    assert Activity.objects.count() == 0


def test_without_the_privilege_nothing_is_written(company, owner, as_actor):
    from tests.people import make_user

    nobody = make_user("nobody", company)
    with pytest.raises(AccessDenied):
        log(as_actor(nobody), "note", body="Hi")
    assert Activity.objects.count() == 0


def test_work_is_canceled_opened_again_and_done(owner, as_actor):
    actor = as_actor(owner)
    task = log(actor, "task", subject="Send it")
    assert cancel_activity(actor=actor, record_id=task.pk).state == State.CANCELED
    with pytest.raises(RuleViolation, match="Open it again"):
        complete_activity(actor=actor, record_id=task.pk)
    assert reopen_activity(actor=actor, record_id=task.pk).state == State.OPEN
    assert complete_activity(actor=actor, record_id=task.pk).state == State.COMPLETED


def test_what_was_written_can_not_be_opened_again(owner, as_actor):
    note = log(as_actor(owner), "note", body="Hi")
    with pytest.raises(RuleViolation):
        reopen_activity(actor=as_actor(owner), record_id=note.pk)


def test_another_time_keeps_the_length(owner, as_actor):
    start = clock.now() + timedelta(days=1)
    visit = log(
        as_actor(owner),
        "appointment",
        subject="Visit",
        due_at=start,
        end_at=start + timedelta(hours=2),
    )
    later = start + timedelta(days=3)
    moved = reschedule_activity(actor=as_actor(owner), record_id=visit.pk, due_at=later)
    assert (moved.due_at, moved.end_at) == (later, later + timedelta(hours=2))


def write_mail(actor, **values):
    given = {"subject": "Offer", "body": "As agreed.", "recipients": ["a@example.test"], **values}
    return log(actor, "email", **given)


def test_a_mail_waits_and_is_sent_by_the_worker(owner, as_actor):
    written = write_mail(as_actor(owner))
    assert (written.delivery, len(mail.outbox)) == (Delivery.PENDING, 0)
    assert send_pending() == 1
    written.refresh_from_db()
    assert (written.delivery, written.delivery_note) == (Delivery.SENT, "")
    (sent,) = mail.outbox
    assert (sent.subject, sent.body, sent.to) == ("Offer", "As agreed.", ["a@example.test"])
    assert sent.from_email == "Owner <owner@example.test>"
    assert send_pending() == 0


@pytest.mark.parametrize(
    "recipients", [[], ["nobody"], ["a@example.test\nBcc: b@example.test"], ["a@x.test"] * 21]
)
def test_bad_addresses_are_refused(owner, as_actor, recipients):
    with pytest.raises(RuleViolation) as refused:
        write_mail(as_actor(owner), recipients=recipients)
    assert list(refused.value.fields) == ["recipients"]
    assert Activity.objects.count() == 0


def test_a_subject_takes_no_line_break_into_the_header(owner, as_actor):
    write_mail(as_actor(owner), subject="Offer\r\nBcc: b@example.test")
    send_pending()
    assert mail.outbox[0].subject == "Offer Bcc: b@example.test"
    assert mail.outbox[0].bcc == []


def refuse(_activity):
    raise Refused("550 nobody of that name")


def test_a_mail_that_fails_says_why_and_can_be_sent_again(owner, as_actor):
    written = write_mail(as_actor(owner))
    send_pending(refuse)
    written.refresh_from_db()
    assert (written.delivery, written.delivery_note) == (
        Delivery.FAILED,
        "550 nobody of that name",
    )
    assert send_pending() == 0
    send_again(actor=as_actor(owner), record_id=written.pk)
    send_pending()
    written.refresh_from_db()
    assert written.delivery == Delivery.SENT
    with pytest.raises(RuleViolation):
        send_again(actor=as_actor(owner), record_id=written.pk)
    assert len(mail.outbox) == 1


def test_a_mail_whose_worker_died_is_never_sent_twice(owner, as_actor):
    written = write_mail(as_actor(owner))
    claim_next(actor=Actor.system())
    assert send_pending() == 0
    with clock.held(clock.now() + timedelta(minutes=20)):
        give_up_lost(actor=Actor.system())
    written.refresh_from_db()
    assert written.delivery == Delivery.FAILED
    assert "Nobody knows" in written.delivery_note
    assert mail.outbox == []


def test_a_mail_taken_back_in_time_is_not_sent(owner, as_actor):
    from crm.records.history.undo import undo_operation
    from crm.records.running import run

    _written, operation_id = run(
        actor=as_actor(owner),
        service=log_activity,
        regarding=None,
        values={
            "kind": "email",
            "subject": "Offer",
            "body": "Oops",
            "recipients": ["a@example.test"],
        },
    )
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert send_pending() == 0
    assert mail.outbox == []
