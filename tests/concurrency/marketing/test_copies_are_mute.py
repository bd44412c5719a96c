"""A database copied in the middle of a mailing sends nothing until an administrator says so."""

from collections import Counter

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.db.models.functions import Now

from crm import clock
from crm.activities.sending import send_pending
from crm.frame.tasks import send_password_reset
from crm.mail.holding import mail_is_held
from crm.models import Activity, Notification
from crm.notifications.mailing import send_waiting
from marketing.models import Recipient, Send
from marketing.services.sending import due_mailings, send_batch
from marketing.tasks import sweep_mailings
from tests.concurrency.marketing.test_sending_at_once import launched
from tests.copies import new_database, working_in
from tests.factories.accounts import make_contact

pytestmark = pytest.mark.django_db(transaction=True)


def send_everything(mailing):
    """All that beat would call, whatever is due."""
    Send.objects.update(next_claim_at=Now())
    sweep_mailings()
    send_batch(mailing.pk)
    send_pending()
    send_waiting()


def waiting_mail(owner):
    contact = make_contact(owner, email="c@x.example")
    return Activity.objects.create(
        kind="email",
        subject="Offer",
        happened_at=clock.now(),
        owner=owner,
        delivery=Activity.Delivery.PENDING,
        recipients=["c@x.example"],
        regarding_type="contact",
        regarding_id=contact.pk,
    )


@pytest.mark.unannounced
def test_a_copy_is_mute_until_an_administrator_lets_it_speak(
    marketer, admin, client, mail_server, settings
):
    settings.SITE_URL = "https://crm.example"
    waiting_mail(marketer)
    mailing = launched(marketer, 60)
    Notification.objects.create(
        recipient=marketer,
        kind="assigned",
        record_type="contact",
        mail=Notification.Mail.PENDING,
        at=mailing.created_at,
    )
    send_batch(mailing.pk)
    before = list(mail_server.recipients)
    assert 0 < len(before) < 60
    with new_database(connection.settings_dict["NAME"]) as copy, working_in(copy):
        assert mail_is_held()
        send_everything(mailing)
        send_password_reset(admin.email, "https://crm.example/", "en")
        assert mail_server.recipients == before
        assert due_mailings() == []
        assert Recipient.objects.filter(state="pending").count() == 60 - len(before)
        assert Activity.objects.get(subject="Offer").delivery == Activity.Delivery.PENDING
        assert Notification.objects.filter(mail=Notification.Mail.PENDING).exists()

        check_who_may_release(client, marketer, admin)
        assert not mail_is_held()
        send_everything(mailing)
        assert "c@x.example" in mail_server.recipients
        while Recipient.objects.filter(state="pending").exists():
            send_everything(mailing)
    assert max(Counter(r for r in mail_server.recipients if r.startswith("p")).values()) == 1
    assert len({r for r in mail_server.recipients if r.startswith("p")}) == 60
    assert not mail_is_held()  # the original never was


def check_who_may_release(client, marketer, admin):
    client.force_login(marketer, backend="django.contrib.auth.backends.ModelBackend")
    assert "/settings/mail/" not in client.get("/").content.decode()
    assert client.post("/settings/mail/").status_code == 403
    assert mail_is_held()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    assert "/settings/mail/" in client.get("/").content.decode()
    assert "let mail go" in client.get("/settings/mail/").content.decode()
    client.post("/settings/mail/")
    assert LogEntry.objects.filter(user=admin, change_message="Let held mail go.").count() == 1
    assert "/settings/mail/" not in client.get("/").content.decode()
    client.post("/settings/mail/")
    assert LogEntry.objects.filter(change_message="Let held mail go.").count() == 1
