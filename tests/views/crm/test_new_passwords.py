"""A forgotten password: a link to whoever logs in here, and not a sign to anybody else."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.celery import app
from crm.frame.tasks import send_password_reset
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "a staple for the battery"


@pytest.fixture
def enqueued(monkeypatch):
    """What was handed to the worker, which is not running."""
    calls = []
    monkeypatch.setattr("crm.frame.sign_in.enqueue", lambda task, *args: calls.append((task, args)))
    return calls


def ask(client, email):
    return client.post("/user/password/reset/", {"email": email})


def test_an_outsider_sees_the_same_for_any_address(owner, client, enqueued):
    known, unknown = ask(client, owner.email), ask(client, "nobody@else.example")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [task for task, _args in enqueued] == [send_password_reset] * 2
    assert mail.outbox == []  # nothing is sent while somebody waits for the answer


def test_asking_looks_nobody_up(owner, client, enqueued):
    client.get("/user/password/reset/")
    counts = []
    for email in (owner.email, "nobody@else.example"):
        with CaptureQueriesContext(connection) as asked:
            ask(client, email)
        counts.append([query["sql"] for query in asked.captured_queries])
    assert counts[0] == counts[1]


@pytest.mark.parametrize("address", ["nobody@else.example", "", "owner@example.test, x@y.example"])
def test_nobody_else_is_written_to(owner, address):
    send_password_reset(address, "https://crm.example/", "en")
    assert mail.outbox == []


def test_who_is_inactive_gets_nothing(owner):
    owner.is_active = False
    owner.save()
    send_password_reset(owner.email, "https://crm.example/", "en")
    assert mail.outbox == []


def test_the_link_sets_a_new_password(owner, client):
    send_password_reset(owner.email.upper(), "https://crm.example/", "fr")
    (sent,) = mail.outbox
    assert sent.to == [owner.email]
    path = re.search(r"https://crm\.example(/user/password/reset/key/\S+)", sent.body)[1]
    form = client.get(path)["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert client.post("/user/login/", {"login": "owner", "password": PASSWORD}).status_code == 200
    assert client.post("/user/login/", {"login": "owner", "password": NEW}).status_code == 302


def test_a_new_password_ends_the_waiting(owner, client):
    for _try in range(6):
        client.post("/user/login/", {"login": "owner", "password": "wrong"})
    send_password_reset(owner.email, "https://crm.example/", "en")
    path = re.search(r"https://crm\.example(\S+)", mail.outbox[0].body)[1]
    client.post(client.get(path)["Location"], {"password1": NEW, "password2": NEW})
    assert client.post("/user/login/", {"login": "owner", "password": NEW}).status_code == 302


def test_the_fourth_link_in_a_quarter_of_an_hour_is_refused_with_a_page(owner, client, enqueued):
    answers = [ask(client, owner.email) for _time in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "Wait a few minutes" in answers[-1].content.decode()
    assert len(enqueued) == 3


def test_the_worker_knows_the_task():
    app.loader.import_default_modules()
    assert "crm.frame.tasks.send_password_reset" in app.tasks


def test_a_link_that_no_longer_works_says_how_to_get_another(client, db):
    page = client.get("/user/password/reset/key/1-abc/").content.decode()
    assert "This link no longer works" in page
    assert 'href="/user/password/reset/"' in page
