"""The mailbox that stands in for a mail server."""

from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection, send_mail

from crm import clock
from crm.models import LocalMessage


@pytest.fixture(autouse=True)
def local_mailbox(settings, db):
    settings.EMAIL_BACKEND = "crm.mail.local.LocalMailboxBackend"


def test_a_message_can_be_read_as_it_would_have_left():
    message = EmailMultiAlternatives(
        subject="Spring prices – now",
        body="Dear Zoé,\nthe prices.",
        from_email="Sales <sales@example.test>",
        to=["Zoé <zoe@example.test>"],
        bcc=["archive@example.test"],
        headers={"List-Unsubscribe": "<https://crm.example.test/u/1>"},
    )
    message.attach_alternative("<p>Dear Zoé, the prices.</p>", "text/html")
    with clock.held() as now:
        assert message.send() == 1

    row = LocalMessage.objects.get()
    assert row.sender == "Sales <sales@example.test>"
    assert row.recipients == ["Zoé <zoe@example.test>", "archive@example.test"]
    assert row.subject == "Spring prices – now"
    assert row.text == "Dear Zoé,\nthe prices."
    assert row.html == "<p>Dear Zoé, the prices.</p>"
    assert row.headers["List-Unsubscribe"] == "<https://crm.example.test/u/1>"
    assert row.created_at == now
    parsed = message_from_bytes(bytes(row.raw), policy=policy.default)
    assert parsed["Subject"] == "Spring prices – now"
    assert "archive" not in str(parsed["To"])


def test_an_html_message_without_text_keeps_its_html():
    message = EmailMessage("Hello", "<b>Hello</b>", "a@example.test", ["b@example.test"])
    message.content_subtype = "html"
    assert message.send() == 1
    row = LocalMessage.objects.get()
    assert (row.text, row.html) == ("", "<b>Hello</b>")


def test_a_message_to_nobody_is_not_kept():
    assert EmailMessage("Hello", "Hello", "a@example.test", []).send() == 0
    message = EmailMessage("Hello", "Hello", "a@example.test", [])
    assert get_connection().send_messages([message]) == 0
    assert LocalMessage.objects.count() == 0


def test_a_line_break_in_a_header_is_refused_and_nothing_kept():
    with pytest.raises(ValueError, match="Header values can't contain newlines"):
        send_mail("Hello\nBcc: all@example.test", "Hi", "a@example.test", ["b@example.test"])
    assert LocalMessage.objects.count() == 0


def test_the_newest_message_is_first():
    for subject in ("first", "second", "third"):
        send_mail(subject, "Hi", "a@example.test", ["b@example.test"])
    assert list(LocalMessage.objects.values_list("subject", flat=True)) == [
        "third",
        "second",
        "first",
    ]
