"""Leaving mailings: by POST only, without logging in, for good."""

import pytest
from django.core import signing
from django.urls import reverse

from crm.models import JournalEntry
from marketing.audience import count_audience
from marketing.message.addresses import address_hash
from marketing.message.links import PURPOSE, TEST, token_of
from marketing.models import Recipient, Suppression
from tests.factories.accounts import make_account, make_contact
from tests.factories.marketing import make_list, make_mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia(marketer):
    return make_contact(marketer, email="Nadia@x.example")


@pytest.fixture
def row(marketer, nadia):
    return Recipient.objects.create(
        activity=make_mailing(marketer),
        record_type="contact",
        record_id=nadia.pk,
        name="Nadia Belkacem",
        address=nadia.email,
        address_key="nadia@x.example",
    )


def page(token):
    return reverse("marketing:unsubscribe", args=[token])


def test_looking_changes_nothing(client, row, nadia):
    response = client.get(page(token_of(row.key)))
    assert response.status_code == 200
    assert b"Nadia@x.example" in response.content
    assert Suppression.objects.count() == JournalEntry.objects.count() == 0
    row.refresh_from_db()
    assert row.unsubscribed_at is None


def test_one_click_blocks_the_address_and_marks_the_record(client, row, nadia):
    answer = client.post(page(token_of(row.key)), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    block = Suppression.objects.get()
    assert (block.address_hash, block.reason, block.activity_id) == (
        address_hash("nadia@x.example"),
        "unsubscribed",
        row.activity_id,
    )
    row.refresh_from_db()
    nadia.refresh_from_db()
    assert (row.unsubscribed_at is None, nadia.do_not_bulk_email) == (False, True)
    entry = JournalEntry.objects.get(record_type="contact", record_id=nadia.pk)
    assert (entry.verb, entry.actor_id) == ("unsubscribed", None)


def test_it_works_without_a_csrf_token(row, nadia):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post(page(token_of(row.key)))
    assert (answer.status_code, Suppression.objects.count()) == (200, 1)


def test_twice_is_once(client, row):
    for _ in range(3):
        assert client.post(page(token_of(row.key))).status_code == 200
    assert Suppression.objects.count() == 1
    assert JournalEntry.objects.filter(verb="unsubscribed").count() == 1


def test_the_block_outlives_the_record(client, row, nadia, marketer, as_actor):
    client.post(page(token_of(row.key)))
    nadia.delete()
    Recipient.objects.all().delete()
    again = make_account(marketer, email="nadia@X.EXAMPLE")
    mailing = make_mailing(marketer, make_list(marketer, again))
    audience = count_audience(as_actor(marketer), mailing)
    assert (audience.reached, audience.left_out) == (0, {"unsubscribed": 1})
    assert client.post(page(token_of(row.key))).status_code == 404


def test_a_record_that_moved_to_another_address_is_not_marked(client, row, nadia):
    type(nadia).objects.filter(pk=nadia.pk).update(email="new@x.example")
    client.post(page(token_of(row.key)))
    nadia.refresh_from_db()
    assert (nadia.do_not_bulk_email, Suppression.objects.count()) == (False, 1)


@pytest.mark.parametrize(
    "forge",
    [
        lambda key: key.hex,
        lambda key: f"{key.hex}:x",
        lambda key: signing.Signer(salt="another purpose").sign(key.hex),
        lambda key: signing.Signer(salt=PURPOSE).sign("not a key"),
        lambda key: token_of(key)[:-1],
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_does_nothing(client, row, forge, method):
    response = getattr(client, method)(page(forge(row.key)))
    assert response.status_code == 404
    assert Suppression.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_link_of_a_test_mail_does_nothing(client, row, method):
    response = getattr(client, method)(page(token_of(TEST)))
    assert response.status_code == 200
    assert Suppression.objects.count() == 0
