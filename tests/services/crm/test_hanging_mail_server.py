"""A mail server that hangs costs one message its time, and nobody else anything."""

import time
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage

from crm import clock
from crm.activities.sending import send_pending
from crm.activities.services import log_activity
from crm.mail.transport import OutcomeUnknown, ServerTrouble, open_transport
from crm.models import Activity, Notification

pytestmark = pytest.mark.django_db

Delivery = Activity.Delivery
HANGS = 30  # seconds; whoever takes longer hangs with the server
SILENT, CHATTY = b"", b"220-wait\r\n"


def mail_to(address="a@x.example"):
    return EmailMessage("Hello", "There", "me@x.example", [address])


def write_mail(actor, subject):
    values = {"kind": "email", "subject": subject, "recipients": ["a@x.example"]}
    return log_activity(actor=actor, regarding=None, values=values)


def delivered():
    rows = Activity.objects.order_by("pk").values_list("subject", "delivery", "delivery_note")
    return [(subject, delivery, bool(note)) for subject, delivery, note in rows]


@pytest.mark.parametrize("trickle", [SILENT, CHATTY, b"2"], ids=["silent", "chatty", "by byte"])
def test_a_message_ends_in_time_whatever_the_server_does(hanging_mail_server, trickle):
    hanging_mail_server(trickle)
    began = time.monotonic()
    with open_transport() as transport, pytest.raises(ServerTrouble):
        transport.deliver(mail_to())
    assert time.monotonic() - began < HANGS


@pytest.mark.parametrize("option", ["EMAIL_USE_SSL", "EMAIL_USE_TLS"])
def test_an_encrypted_conversation_ends_in_time_too(hanging_mail_server, settings, option):
    hanging_mail_server(b"220 hello\r\n" if option == "EMAIL_USE_TLS" else SILENT)
    setattr(settings, option, True)
    began = time.monotonic()
    with open_transport() as transport, pytest.raises(ServerTrouble):
        transport.deliver(mail_to())
    assert time.monotonic() - began < HANGS


def test_no_answer_to_the_final_dot_is_an_unknown_outcome(mail_server, settings):
    settings.EMAIL_MESSAGE_TIMEOUT = 0.3
    mail_server.pause = 1
    with open_transport() as transport, pytest.raises(OutcomeUnknown, match="took too long"):
        transport.deliver(mail_to())


def test_a_slow_answer_to_the_final_dot_is_waited_for(mail_server, settings):
    """Servers examine a message before they answer; patience with single answers is shorter."""
    settings.EMAIL_TIMEOUT = 0.2
    mail_server.pause = 0.5
    with open_transport() as transport:
        transport.deliver(mail_to())
    assert mail_server.recipients == ["a@x.example"]


def test_a_server_that_limits_messages_per_connection_is_called_again_at_once(mail_server):
    mail_server.per_connection = 2
    with open_transport() as transport:
        for number in range(7):
            transport.deliver(mail_to(f"{number}@x.example"))
    assert mail_server.recipients == [f"{number}@x.example" for number in range(7)]
    assert mail_server.connections == 4


def test_a_connection_that_broke_after_a_message_is_made_anew(mail_server):
    with open_transport() as transport:
        transport.deliver(mail_to("a@x.example"))
        mail_server.script.add("mail", "drop")
        transport.deliver(mail_to("b@x.example"))
    assert mail_server.recipients == ["a@x.example", "b@x.example"]


def test_a_server_that_refuses_a_new_connection_too_is_in_trouble(mail_server):
    with open_transport() as transport:
        transport.deliver(mail_to("a@x.example"))
        mail_server.script.add("mail", "421 closing", "421 closing")
        with pytest.raises(ServerTrouble, match="421 closing"):
            transport.deliver(mail_to("b@x.example"))
    assert mail_server.connections == 2


def test_mails_wait_while_the_server_hangs_and_leave_when_it_is_back(
    owner, as_actor, hanging_mail_server, request
):
    hanging = hanging_mail_server()
    for subject in ("first", "second"):
        write_mail(as_actor(owner), subject)
    assert send_pending() == 1
    assert len(hanging.connections) == 1
    assert delivered() == [("first", "pending", True), ("second", "pending", False)]
    assert send_pending() == 1
    assert delivered() == [("first", "pending", True), ("second", "pending", True)]
    assert send_pending() == 0

    server = request.getfixturevalue("mail_server")
    with clock.held(clock.now() + timedelta(minutes=6)):
        assert send_pending() == 2
    assert delivered() == [("first", "sent", False), ("second", "sent", False)]
    assert len(server.taken) == 2


def test_a_mail_that_nobody_takes_for_a_day_has_failed(owner, as_actor, hanging_mail_server):
    hanging_mail_server()
    write_mail(as_actor(owner), "first")
    send_pending()
    with clock.held(clock.now() + timedelta(days=1, minutes=1)):
        send_pending()
    assert delivered() == [("first", "failed", True)]
    assert Notification.objects.filter(kind="mail_failed", recipient=owner).count() == 1


def test_a_refused_mail_does_not_keep_the_next_one(owner, as_actor, mail_server):
    for subject in ("first", "second", "third"):
        write_mail(as_actor(owner), subject)
    mail_server.script.add("rcpt", "550 unknown", "451 later")
    assert send_pending() == 3
    assert delivered() == [
        ("first", "failed", True),
        ("second", "pending", True),
        ("third", "sent", False),
    ]
