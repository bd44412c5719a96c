"""E-mails about notifications: chosen, in the reader's language, of what they may see, once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import translation

from crm import clock
from crm.access.actor import Actor
from crm.mail.transport import NotNow, OutcomeUnknown, Refused, ServerTrouble
from crm.models import CompanySettings, Notification, User
from crm.models.levels import Privilege
from crm.notifications import mailing
from crm.notifications.kinds import kind_of
from crm.notifications.mailing import claim_next, send_waiting
from crm.notifications.reading import says
from crm.notifications.services import choose_ways, mark_read
from crm.notifications.tasks import mail_notifications
from crm.records.history.undo import undo_operation
from crm.records.services import assign_records, share_record
from crm.registry.registry import registry
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db

ACCOUNTS = registry.get("account")


@pytest.fixture
def by_mail(teammate, as_actor):
    choose_ways(actor=as_actor(teammate), ways={"assigned": "mail", "shared": "mail"})


def give(actor, owner, to, name="Nordfjord Energi"):
    account = make_account(owner, name=name)
    assign_records(actor=actor, record_type=ACCOUNTS, ids=[account.pk], owner_id=to.pk)
    return account


def states():
    return list(Notification.objects.order_by("pk").values_list("mail", flat=True))


def test_nobody_gets_a_mail_who_did_not_choose_so(owner, teammate, as_actor):
    give(as_actor(owner), owner, teammate)
    mail_notifications()
    assert (states(), mail.outbox) == ([""], [])


def test_a_mail_says_who_did_what_and_where(owner, teammate, as_actor, by_mail, settings):
    settings.SITE_URL = "https://crm.example.test/"
    CompanySettings.objects.update_or_create(
        pk=1, defaults={"name": "Halden Labs", "email": "hello@halden.example"}
    )
    account = give(as_actor(owner), owner, teammate)
    mail_notifications()
    (message,) = mail.outbox
    assert message.subject == "Owner assigned this account to you: Nordfjord Energi"
    assert message.from_email == "Halden Labs <hello@halden.example>"
    assert message.to == ["Teammate <teammate@example.test>"]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.body == (
        "Owner assigned this account to you\n"
        "Nordfjord Energi\n"
        f"https://crm.example.test/accounts/{account.pk}/\n\n"
        "You chose to hear of this by e-mail. Your preferences change that. "
        "https://crm.example.test/preferences/\n"
    )
    assert states() == ["sent"]
    mail_notifications()
    assert len(mail.outbox) == 1


def test_what_waits_for_a_person_leaves_as_one_mail(owner, teammate, as_actor, by_mail):
    for name in ("First", "Second", "Third"):
        give(as_actor(owner), owner, teammate, name)
    assert send_waiting() == 1
    (message,) = mail.outbox
    assert message.subject == "3 notifications"
    assert [name in message.body for name in ("First", "Second", "Third")] == [True] * 3
    assert "http" not in message.body
    assert states() == ["sent"] * 3


def test_a_mail_is_in_the_reader_s_language(owner, teammate, as_actor, by_mail):
    User.objects.filter(pk=teammate.pk).update(language="fr")
    for name in ("First", "Second"):
        give(as_actor(owner), owner, teammate, name)
    row = Notification.objects.first()
    with translation.override("fr"):
        expected = says(row, kind_of("assigned"))
    send_waiting()
    assert expected in mail.outbox[0].body


def test_what_was_read_needs_no_mail(owner, teammate, as_actor, by_mail):
    give(as_actor(owner), owner, teammate)
    mark_read(actor=as_actor(teammate), notification_id=Notification.objects.get().pk)
    send_waiting()
    assert (states(), mail.outbox) == ([""], [])


def test_what_was_undone_needs_no_mail(owner, teammate, as_actor, by_mail):
    give(as_actor(owner), owner, teammate)
    undo_operation(actor=as_actor(owner), operation_id=Notification.objects.get().operation)
    send_waiting()
    assert (states(), mail.outbox) == ([], [])


def test_a_mail_holds_nothing_its_reader_may_no_longer_see(owner, stranger, as_actor, settings):
    choose_ways(actor=as_actor(stranger), ways={"shared": "mail"})
    hidden, seen = make_account(owner, name="Zyxwut Quorble"), make_account(owner, name="Seen")
    for account in (hidden, seen):
        given = {"record_type": ACCOUNTS, "principal_id": stranger.pk}
        share_record(
            actor=as_actor(owner), record_id=account.pk, privileges=[Privilege.READ], **given
        )
    share_record(actor=as_actor(owner), record_id=hidden.pk, privileges=[], **given)
    send_waiting()
    (message,) = mail.outbox
    assert "Seen" in message.body
    assert "Quorble" not in message.body + message.subject
    share_record(actor=as_actor(owner), record_id=seen.pk, privileges=[], **given)
    Notification.objects.update(mail="pending")
    send_waiting()
    assert len(mail.outbox) == 1
    assert states() == ["", ""]


def test_who_left_meanwhile_gets_no_mail(owner, teammate, as_actor, by_mail):
    give(as_actor(owner), owner, teammate)
    User.objects.filter(pk=teammate.pk).update(is_active=False)
    send_waiting()
    assert (states(), mail.outbox) == ([""], [])


class Server:
    """A mail server that answers each message as it was told to."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return None

    def deliver(self, _message):
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Refused("550"), "failed"),
        (OutcomeUnknown("lost"), "failed"),
        (NotNow("451"), "pending"),
        (ServerTrouble("421"), "pending"),
    ],
)
def test_no_answer_of_a_server_makes_a_second_mail_of_one(
    owner, teammate, as_actor, by_mail, monkeypatch, answer, state
):
    server = Server(answer)
    monkeypatch.setattr(mailing, "open_transport", lambda: server)
    give(as_actor(owner), owner, teammate)
    send_waiting()
    send_waiting()
    assert (server.asked, states()) == (1, [state])
    with clock.held(clock.now() + timedelta(minutes=6)):
        send_waiting()
    assert (server.asked, states()) == ((2, ["sent"]) if state == "pending" else (1, ["failed"]))


def test_a_worker_that_died_while_sending_leaves_a_mail_that_is_not_repeated(
    owner, teammate, as_actor, by_mail
):
    give(as_actor(owner), owner, teammate)
    assert claim_next(actor=Actor.system()) is not None
    assert claim_next(actor=Actor.system()) is None
    send_waiting()
    assert states() == ["sending"]
    with clock.held(clock.now() + timedelta(minutes=16)):
        send_waiting()
    assert (states(), mail.outbox) == (["failed"], [])


def test_what_is_a_day_old_is_no_news_any_more(owner, teammate, as_actor, by_mail):
    give(as_actor(owner), owner, teammate)
    with clock.held(clock.now() + timedelta(days=1, minutes=1)):
        send_waiting()
    assert (states(), mail.outbox) == (["failed"], [])


def test_a_title_breaks_no_header(owner, teammate, as_actor, by_mail):
    give(as_actor(owner), owner, teammate, "Firm\r\nBcc: everybody@example.test")
    send_waiting()
    (message,) = mail.outbox
    assert message.subject.endswith("Firm Bcc: everybody@example.test")
    assert message.recipients() == ["Teammate <teammate@example.test>"]
