"""Mailings over real SMTP, with faults at every point: one decision per recipient."""

from collections import Counter
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest
from django.db.models.functions import Now

from crm import clock
from crm.access.actor import Actor
from crm.errors import AccessDenied, RuleViolation, StaleVersion
from crm.models import JournalEntry
from marketing.message.links import key_in
from marketing.models import Campaign, Recipient, Send
from marketing.reports import progress_of
from marketing.services import (
    cancel_mailing,
    change_rate,
    choose_audience,
    launch_mailing,
    pause_mailing,
    resolve_unknown,
    resume_mailing,
    unsubscribe,
    write_content,
)
from marketing.services.sending import (
    claim_batch,
    complete_mailings,
    due_mailings,
    finish,
    intend,
    recover_lost,
    release,
    send_batch,
)
from marketing.tasks import sweep_mailings, work_on_mailing
from tests.factories.accounts import make_contact
from tests.factories.marketing import give_address, make_list, make_mailing

pytestmark = pytest.mark.django_db

SITE = "https://crm.halden.example/"
LETTERS = "abcdefgh"


def address(letter):
    return f"{letter}@x.example"


@pytest.fixture
def people(marketer):
    return [
        make_contact(marketer, first_name=letter.upper(), email=address(letter))
        for letter in LETTERS[:3]
    ]


@pytest.fixture
def mailing(marketer, people):
    give_address()
    return make_mailing(marketer, make_list(marketer, *people))


@pytest.fixture
def launched(mailing, marketer, as_actor):
    return launch(marketer, as_actor, mailing)


def launch(user, as_actor, mailing, **values):
    return launch_mailing(
        actor=as_actor(user), record_id=mailing.pk, version=None, site_url=SITE, **values
    )


def send_all(mailing, batches=10):
    """Works until nothing is due, without waiting for the pace."""
    for _ in range(batches):
        Send.objects.filter(pk=mailing.pk).update(next_claim_at=Now())
        if send_batch(mailing.pk) is None:
            break
    complete_mailings()
    mailing.refresh_from_db()


def states(mailing):
    rows = Recipient.objects.filter(activity=mailing).order_by("address")
    return {row.address: row.state for row in rows}


def row_of(mailing, letter):
    return Recipient.objects.get(activity=mailing, address=address(letter))


def parsed(taken):
    return BytesParser(policy=policy.default).parsebytes(taken.content)


# A whole send


def test_everybody_gets_it_once(launched, mail_server):
    send_all(launched)
    assert sorted(mail_server.recipients) == [address(letter) for letter in "abc"]
    assert set(states(launched).values()) == {"sent"}
    assert launched.state == "completed"
    assert progress_of(launched).states == {"sent": 3}
    entry = JournalEntry.objects.get(verb="mailing_completed")
    assert (entry.data, entry.is_final) == ({"sent": 3, "failed": 0}, True)


def test_one_connection_serves_a_batch(launched, mail_server):
    send_all(launched)
    assert mail_server.connections == 1


def test_a_message_carries_what_every_mailing_must(launched, mail_server):
    send_all(launched)
    taken = next(one for one in mail_server.taken if one.recipient == address("a"))
    mail = parsed(taken)
    row = row_of(launched, "a")
    assert mail["Subject"] == "Winter service, A"
    assert mail["From"] == "Halden Labs <news@halden.example>"
    assert mail["To"] == "A Belkacem <a@x.example>"
    assert mail["Message-ID"] == row.message_id == f"<{row.key.hex}@halden.example>"
    assert mail["List-Id"] == f"<campaign-{launched.campaign_id}.halden.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip(" <>")
    assert link.startswith("https://crm.halden.example/unsubscribe/")
    assert key_in(link.rstrip("/").rpartition("/")[2]) == row.key
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    for part in (text, html):
        assert "Dear A," in part
        assert "4 Quay Street" in part
        assert link in part
    assert "<style" not in html
    assert "Unsubscribe</a>" in html


def test_a_french_mailing_has_a_french_frame(mailing, marketer, as_actor, mail_server):
    write_content(actor=as_actor(marketer), record_id=mailing.pk, language="fr")
    launch(marketer, as_actor, mailing)
    send_all(mailing)
    html = parsed(mail_server.taken[0]).get_body(("html",)).get_content()
    assert '<html lang="fr">' in html


def test_values_of_records_stay_text(mailing, marketer, people, as_actor, mail_server):
    hostile = "<script>alert(1)</script>\r\nBcc: all@x.example {{ company }}"
    type(people[0]).objects.filter(pk=people[0].pk).update(first_name=hostile[:80])
    launch(marketer, as_actor, mailing)
    send_all(mailing)
    mail = parsed(next(one for one in mail_server.taken if one.recipient == address("a")))
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Winter service, <script>alert(1)</script> Bcc:")
    assert "<script" not in mail.get_body(("html",)).get_content()
    assert set(mail_server.recipients) == {address(letter) for letter in "abc"}


# Launch


def test_launching_twice_decides_once(launched, marketer, as_actor):
    before = list(Recipient.objects.order_by("pk").values_list("pk", "key"))
    launch(marketer, as_actor, launched)
    assert list(Recipient.objects.order_by("pk").values_list("pk", "key")) == before
    assert Send.objects.count() == 1
    assert JournalEntry.objects.filter(verb="mailing_launched").count() == 1


def test_the_first_mailing_launches_its_campaign(launched):
    campaign = Campaign.objects.get(pk=launched.campaign_id)
    assert (campaign.state, campaign.actual_start_on is None) == ("launched", False)


def test_who_joins_the_list_later_is_no_recipient(launched, marketer, mail_server):
    found = launched.lists.get()
    late = make_contact(marketer, email="late@x.example")
    found.members.create(member_type="contact", member_id=late.pk, added_at=found.created_at)
    send_all(launched)
    assert "late@x.example" not in mail_server.recipients


@pytest.mark.parametrize(
    "values",
    [
        {"subject": ""},
        {"message": " "},
        {"sender_email": ""},
        {"sender_name": ""},
        {"channel": "event"},
        {"subject": "{{ password }}"},
        {"sender_name": "A\r\nBcc: b@x.example"},
        {"subject": "A\nB"},
    ],
)
def test_what_is_not_ready_is_not_launched(values, marketer, people, as_actor):
    give_address()
    mailing = make_mailing(marketer, make_list(marketer, *people), **values)
    with pytest.raises(RuleViolation):
        launch(marketer, as_actor, mailing)
    mailing.refresh_from_db()
    assert (mailing.state, Recipient.objects.count(), Send.objects.count()) == ("proposed", 0, 0)


def test_without_a_postal_address_nothing_is_launched(marketer, people, as_actor):
    mailing = make_mailing(marketer, make_list(marketer, *people))
    with pytest.raises(RuleViolation, match="postal address"):
        launch(marketer, as_actor, mailing)
    assert Recipient.objects.count() == 0


def test_a_mailing_to_nobody_is_not_launched(marketer, as_actor):
    give_address()
    refusing = make_contact(marketer, email="a@x.example", do_not_email=True)
    mailing = make_mailing(marketer, make_list(marketer, refusing))
    with pytest.raises(RuleViolation):
        launch(marketer, as_actor, mailing)
    assert (Recipient.objects.count(), Send.objects.count()) == (0, 0)


@pytest.mark.parametrize("state", ["completed", "canceled", "suspended"])
def test_nothing_of_a_closed_campaign_goes_out(state, mailing, marketer, as_actor):
    Campaign.objects.filter(pk=mailing.campaign_id).update(state=state)
    with pytest.raises(RuleViolation):
        launch(marketer, as_actor, mailing)
    assert Recipient.objects.count() == 0


def test_nobody_launches_what_they_have_not_seen(mailing, marketer, as_actor):
    with pytest.raises(StaleVersion):
        launch_mailing(
            actor=as_actor(marketer),
            record_id=mailing.pk,
            version=mailing.version - 1,
            site_url=SITE,
        )
    assert Recipient.objects.count() == 0


def test_readers_do_not_launch(mailing, owner, as_actor):
    with pytest.raises(AccessDenied):
        launch(owner, as_actor, mailing)
    assert Recipient.objects.count() == 0


def test_after_launch_content_and_audience_stay(launched, marketer, as_actor):
    with pytest.raises(RuleViolation):
        write_content(actor=as_actor(marketer), record_id=launched.pk, subject="Other")
    with pytest.raises(RuleViolation):
        choose_audience(actor=as_actor(marketer), record_id=launched.pk, lists=[], quiet_days=0)
    launched.refresh_from_db()
    assert launched.subject.startswith("Winter")
    assert launched.lists.count() == 1


def test_bad_placeholders_are_refused_at_their_field(mailing, marketer, as_actor):
    with pytest.raises(RuleViolation) as refusal:
        write_content(
            actor=as_actor(marketer),
            record_id=mailing.pk,
            subject="{{ secret }}",
            message='<a href="https://x/{{ company }}">x</a>',
            reply_to="a@x.example\nBcc: b@x.example",
        )
    assert set(refusal.value.fields) == {"subject", "message", "reply_to"}
    version = mailing.version
    mailing.refresh_from_db()
    assert mailing.version == version


# Those who want none


def test_suppressed_ones_get_nothing_also_after_launch(launched, mail_server, as_actor):
    row = row_of(launched, "b")
    unsubscribe(actor=Actor.system(), key=row.key)
    send_all(launched)
    assert sorted(mail_server.recipients) == [address("a"), address("c")]
    row.refresh_from_db()
    assert (row.state, row.reason) == ("skipped", "do_not_bulk_email")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"do_not_email": True}, "do_not_email"),
        ({"do_not_bulk_email": True}, "do_not_bulk_email"),
        ({"deleted_at": Now()}, "gone"),
    ],
)
def test_what_somebody_asked_after_launch_counts(values, reason, launched, people, mail_server):
    type(people[0]).objects.filter(pk=people[0].pk).update(**values)
    send_all(launched)
    row = row_of(launched, "a")
    assert (row.state, row.reason) == ("skipped", reason)
    assert address("a") not in mail_server.recipients
    assert launched.state == "completed"


def test_a_block_at_the_last_moment_stops_the_intent(launched):
    batch = claim_batch(launched.pk)
    row = batch.rows[0]
    unsubscribe(actor=Actor.system(), key=row.key)
    assert intend(row, "<x@y>") is False
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("claimed", 0)


# Faults of the mail server


def test_a_refused_recipient_has_failed_and_the_others_go_on(launched, mail_server):
    mail_server.script.add("rcpt", "550 no such mailbox", to=address("b"))
    send_all(launched)
    row = row_of(launched, "b")
    assert (row.state, row.note) == ("failed", "550 no such mailbox")
    assert states(launched)[address("a")] == states(launched)[address("c")] == "sent"
    assert mail_server.connections == 1


def test_refused_content_has_failed(launched, mail_server):
    mail_server.script.add("dot", "554 looks like spam", to=address("b"))
    send_all(launched)
    assert (row_of(launched, "b").state, row_of(launched, "b").note) == (
        "failed",
        "554 looks like spam",
    )
    assert launched.state == "completed"


@pytest.mark.parametrize("phase", ["rcpt", "dot"])
def test_what_is_not_taken_now_is_tried_later(phase, launched, mail_server):
    mail_server.script.add(phase, "450 greylisted", to=address("b"))
    send_all(launched)
    row = row_of(launched, "b")
    assert (row.state, row.attempts, row.note) == ("pending", 1, "450 greylisted")
    assert timedelta(minutes=4) < row.due_at - clock.now() < timedelta(minutes=6)
    assert launched.state == "running"
    Recipient.objects.filter(pk=row.pk).update(due_at=Now())
    send_all(launched)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)
    assert Counter(mail_server.recipients)[address("b")] == 1
    assert launched.state == "completed"


def test_it_is_not_tried_for_ever(launched, mail_server):
    mail_server.script.add("rcpt", *["450 later"] * 10, to=address("b"))
    for _ in range(7):
        Recipient.objects.filter(state="pending").update(due_at=Now())
        send_all(launched)
    row = row_of(launched, "b")
    assert (row.state, row.attempts, launched.state) == ("failed", 5, "completed")


@pytest.mark.parametrize(
    ("phase", "answer"),
    [
        ("mail", "drop"),
        ("mail", "421 too busy"),
        ("mail", "550 sender not welcome"),
        ("rcpt", "drop"),
        ("rcpt", "421 too busy"),
    ],
)
def test_trouble_before_the_final_dot_loses_nobody(phase, answer, launched, mail_server):
    mail_server.script.add(phase, answer)
    assert send_batch(launched.pk) is not None
    send = Send.objects.get(pk=launched.pk)
    assert (send.failures, send.trouble != "") == (1, True)
    assert send.next_claim_at > clock.now() + timedelta(seconds=10)
    assert set(states(launched).values()) == {"pending"}
    assert set(Recipient.objects.values_list("attempts", flat=True)) == {0}
    assert mail_server.taken == []
    send_all(launched)
    assert sorted(mail_server.recipients) == [address(letter) for letter in "abc"]
    assert Send.objects.get(pk=launched.pk).trouble == ""
    assert launched.state == "completed"


def test_a_connection_that_ends_during_the_message_loses_nobody(
    mailing, marketer, as_actor, mail_server
):
    write_content(
        actor=as_actor(marketer), record_id=mailing.pk, plain_text="A long story. " * 200_000
    )
    launch(marketer, as_actor, mailing)
    mail_server.script.add("during", "drop")
    send_batch(mailing.pk)
    assert set(states(mailing).values()) == {"pending"}
    assert Send.objects.get(pk=mailing.pk).failures == 1
    send_all(mailing)
    assert sorted(mail_server.recipients) == [address(letter) for letter in "abc"]
    assert set(states(mailing).values()) == {"sent"}


def test_a_server_that_is_gone_is_tried_again(launched, settings, mail_server):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    send_batch(launched.pk)
    send_batch(launched.pk)
    send = Send.objects.get(pk=launched.pk)
    assert send.failures == 1
    assert set(states(launched).values()) == {"pending"}
    settings.EMAIL_PORT = port
    send_all(launched)
    assert set(states(launched).values()) == {"sent"}


def test_after_the_dot_without_an_answer_it_is_unknown_and_never_sent_again(launched, mail_server):
    mail_server.script.add("dot", "drop", to=address("b"))
    send_all(launched)
    row = row_of(launched, "b")
    assert row.state == "unknown"
    assert row.note.startswith("No answer came after the message was handed over")
    assert launched.state == "completed"
    recover_lost()
    send_all(launched)
    assert Counter(mail_server.recipients) == Counter(address(letter) for letter in "abc")
    assert progress_of(launched).states == {"sent": 2, "unknown": 1}


def test_a_hanging_answer_is_unknown(launched, settings, mail_server):
    settings.EMAIL_MESSAGE_TIMEOUT = 0.3
    mail_server.pause = 1
    send_batch(launched.pk)
    assert Counter(states(launched).values())["unknown"] >= 1
    assert len(set(mail_server.recipients)) == len(mail_server.recipients)


def test_an_address_mail_cannot_carry_is_left_out_with_its_reason(
    mailing, marketer, people, as_actor, mail_server
):
    type(people[1]).objects.filter(pk=people[1].pk).update(email="jürgen@x.example")
    launch(marketer, as_actor, mailing)
    send_all(mailing)
    row = Recipient.objects.get(address="jürgen@x.example")
    assert (row.state, row.reason) == ("skipped", "bad_address")
    assert sorted(mail_server.recipients) == [address("a"), address("c")]


# Faults of workers


def test_a_claim_that_ran_out_is_claimed_anew(launched, mail_server):
    lost = claim_batch(launched.pk)
    assert [row.state for row in lost.rows] == ["claimed"] * 3
    Recipient.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert recover_lost() == (3, 0)
    send_all(launched)
    assert len(mail_server.taken) == 3
    assert all(intend(row, "<x@y>") is False for row in lost.rows)


def test_an_intent_without_a_result_becomes_unknown(launched, mail_server):
    row = claim_batch(launched.pk).rows[0]
    assert intend(row, "<x@y>") is True
    Recipient.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert recover_lost() == (2, 1)
    send_all(launched)
    row.refresh_from_db()
    assert (row.state, row.address in mail_server.recipients) == ("unknown", False)
    assert launched.state == "completed"


def test_what_two_workers_claim_differs(launched):
    Send.objects.update(next_claim_at=Now())
    launched.rate_per_minute = 1
    type(launched).objects.filter(pk=launched.pk).update(rate_per_minute=12)
    first = claim_batch(launched.pk)
    Send.objects.update(next_claim_at=Now())
    second = claim_batch(launched.pk)
    assert (len(first.rows), len(second.rows)) == (1, 1)
    assert first.rows[0].pk != second.rows[0].pk
    assert release(first.claim) == 1


def test_doubled_tasks_and_sweeps_change_nothing(launched, mail_server, monkeypatch):
    monkeypatch.setattr(work_on_mailing, "delay", work_on_mailing)
    for _ in range(3):
        Send.objects.update(next_claim_at=Now())
        sweep_mailings()
        work_on_mailing(launched.pk)
    launched.refresh_from_db()
    assert Counter(mail_server.recipients) == Counter(address(letter) for letter in "abc")
    assert launched.state == "completed"


# Pace


def test_the_rate_holds_the_next_batch_back(marketer, as_actor, mail_server):
    give_address()
    many = [make_contact(marketer, email=address(f"p{number}")) for number in range(6)]
    mailing = make_mailing(marketer, make_list(marketer, *many))
    launch(marketer, as_actor, mailing, rate_per_minute=24)
    wait = send_batch(mailing.pk)
    assert len(mail_server.taken) == 2
    assert 3 < wait <= 5
    assert send_batch(mailing.pk) is None
    assert len(mail_server.taken) == 2
    assert due_mailings() == []
    change_rate(actor=as_actor(marketer), record_id=mailing.pk, rate_per_minute=6000)
    Send.objects.update(next_claim_at=Now())
    send_batch(mailing.pk)
    assert len(mail_server.taken) == 6


def test_a_pause_ends_before_the_next_message(launched, marketer, as_actor, mail_server):
    batch = claim_batch(launched.pk)
    pause_mailing(actor=as_actor(marketer), record_id=launched.pk)
    assert intend(batch.rows[0], "<x@y>") is False
    release(batch.claim)
    send_all(launched)
    assert (mail_server.taken, launched.state) == ([], "paused")
    assert set(states(launched).values()) == {"pending"}
    resume_mailing(actor=as_actor(marketer), record_id=launched.pk)
    send_all(launched)
    assert len(mail_server.taken) == 3


def test_canceling_leaves_the_rest_out(launched, marketer, as_actor, mail_server):
    sending = claim_batch(launched.pk).rows[0]
    intend(sending, "<x@y>")
    canceled = cancel_mailing(actor=as_actor(marketer), record_id=launched.pk)
    assert canceled.state == "canceled"
    send_all(launched)
    assert mail_server.taken == []
    assert Counter(states(launched).values()) == Counter({"skipped": 2, "sending": 1})
    assert set(Recipient.objects.filter(state="skipped").values_list("reason", flat=True)) == {
        "canceled"
    }


def test_a_suspended_campaign_is_not_resumed_in_part(launched, marketer, as_actor):
    pause_mailing(actor=as_actor(marketer), record_id=launched.pk)
    Campaign.objects.filter(pk=launched.campaign_id).update(state="suspended")
    with pytest.raises(RuleViolation):
        resume_mailing(actor=as_actor(marketer), record_id=launched.pk)


# Unknown ones are for a person to decide


@pytest.fixture
def unknown(launched, mail_server):
    mail_server.script.add("dot", "drop", to=address("b"))
    send_all(launched)
    mail_server.taken.clear()
    return launched


@pytest.mark.parametrize("verdict", ["sent", "failed"])
def test_a_verdict_is_written_down(verdict, unknown, marketer, as_actor, mail_server):
    assert settle(marketer, as_actor, unknown, verdict) == 1
    send_all(unknown)
    assert row_of(unknown, "b").state == verdict
    assert (mail_server.taken, unknown.state) == ([], "completed")


def settle(user, as_actor, mailing, verdict, **values):
    return resolve_unknown(actor=as_actor(user), record_id=mailing.pk, verdict=verdict, **values)


def test_only_a_person_has_it_sent_again(unknown, marketer, as_actor, mail_server):
    row = row_of(unknown, "b")
    assert settle(marketer, as_actor, unknown, "again", recipient_id=row.pk) == 1
    unknown.refresh_from_db()
    assert unknown.state == "running"
    send_all(unknown)
    assert mail_server.recipients == [address("b")]
    assert parsed(mail_server.taken[0])["Message-ID"] == row.message_id
    assert (row_of(unknown, "b").state, unknown.state) == ("sent", "completed")


def test_a_late_result_does_not_overrule_a_person(launched, marketer, as_actor):
    row = claim_batch(launched.pk).rows[0]
    intend(row, "<x@y>")
    Recipient.objects.filter(pk=row.pk).update(lease_until=Now() - timedelta(seconds=1))
    recover_lost()
    settle(marketer, as_actor, launched, "failed")
    finish(row, "sent", "")
    row.refresh_from_db()
    assert row.state == "failed"


def test_readers_do_not_decide(unknown, owner, as_actor):
    with pytest.raises(AccessDenied):
        settle(owner, as_actor, unknown, "again")
    assert row_of(unknown, "b").state == "unknown"
