"""Without Redis pages work and nothing is lost; when it is back, the work is done."""

import io
import signal
import socket
import threading
import time
from contextlib import suppress

import pytest
from django.core.cache import cache, caches

from accounts.models import Account
from crm.activities.tasks import send_pending_mail
from crm.celery import app
from crm.exchange.imports.services import stage_file
from crm.exchange.imports.tasks import resume_imports, work_on_import
from crm.launch.valkey import EmbeddedValkey
from crm.models import Activity, BulkJob, ImportJob
from crm.records.bulk.tasks import resume_jobs, work_on_job
from crm.runtime import cache as forgiving
from crm.runtime import enqueueing
from crm.runtime.cache_versions import reset_cache_versions
from crm.settings import base
from marketing.models import CampaignActivity
from marketing.services.sending import due_mailings
from tests.factories.accounts import make_account, make_contact
from tests.factories.marketing import give_address, make_list, make_mailing
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

NOBODY = "redis://127.0.0.1:1/0"  # a port on which nobody listens


def cache_at(url):
    options = {"socket_connect_timeout": 1, "socket_timeout": 1}
    backend = "crm.runtime.cache.ForgivingRedisCache"
    return {"default": {"BACKEND": backend, "LOCATION": url, "OPTIONS": options}}


@pytest.fixture(autouse=True)
def _no_absence(monkeypatch):
    """Every test begins without a memory of earlier ones, and does not wait long."""
    monkeypatch.setattr(forgiving, "absence", forgiving.Absence())
    monkeypatch.setattr(forgiving, "REST", 0.05)


@pytest.fixture
def redis_gone(settings):
    """Neither broker nor cache answers."""
    settings.CACHES = cache_at(NOBODY)
    before = {name: getattr(app.conf, name) for name in BROKER}
    use_broker(NOBODY, base.CELERY_BROKER_TRANSPORT_OPTIONS)
    reset_cache_versions()
    yield
    use_broker(*before.values())


BROKER = ("broker_url", "broker_transport_options")


def use_broker(*values):
    for name, value in zip(BROKER, values, strict=True):
        setattr(app.conf, name, value)
    app.amqp._producer_pool = None


@pytest.fixture
def at_commit(django_capture_on_commit_callbacks):
    """What follows a commit follows."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_pages_open_and_forms_are_saved(owner, sign_in, redis_gone):
    client = sign_in(owner)
    account = make_account(owner, name="Alder Labs")
    for address in ("/", "/accounts/", f"/accounts/{account.pk}/", "/search/?q=alder"):
        assert client.get(address).status_code == 200, address
    values = {"name": "Birch Foods", "relationship": "customer", "owner": owner.pk}
    answer = client.post("/accounts/new/", values)
    assert answer.status_code == 302
    assert Account.objects.filter(name="Birch Foods").exists()


def test_one_can_sign_in_and_out(owner, client, redis_gone):
    answer = client.post("/user/login/", {"login": "owner", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/accounts/").status_code == 200
    client.post("/user/logout/")
    assert client.get("/accounts/").status_code == 302


def test_an_import_asked_for_is_done_by_the_scheduler_later(
    owner, as_actor, sign_in, redis_gone, at_commit, monkeypatch
):
    content = b"name\nAlder Labs\nBirch Foods\n"
    job = stage_file(
        actor=as_actor(owner),
        target_key="account",
        file_name="firms.csv",
        file=io.BytesIO(content),
        size=len(content),
    )
    client = sign_in(owner)
    monkeypatch.setattr(work_on_import, "delay", work_on_import)
    for step, waiting, then in (
        ("check", ImportJob.State.CHECKING, ImportJob.State.CHECKED),
        ("run", ImportJob.State.RUNNING, ImportJob.State.DONE),
    ):
        with at_commit():
            answer = client.post(f"/imports/{job.pk}/{step}/")
        assert answer.status_code == 302
        job.refresh_from_db()
        assert job.state == waiting
        resume_imports()
        job.refresh_from_db()
        assert job.state == then
    assert sorted(Account.objects.values_list("name", flat=True)) == ["Alder Labs", "Birch Foods"]


def test_the_scheduler_takes_up_what_was_not_hurried(settings):
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {
        "crm.exchange.imports.tasks.resume_imports",
        "crm.activities.tasks.send_pending_mail",
        "crm.records.bulk.tasks.resume_jobs",
        "marketing.tasks.sweep_mailings",
        "service.tasks.move_contracts_by_calendar",
    } <= scheduled
    app.loader.import_default_modules()
    assert scheduled <= set(app.tasks)


def test_a_launched_mailing_is_due_for_the_sweep(marketer, sign_in, redis_gone, at_commit):
    give_address()
    people = [make_contact(marketer, first_name=n, email=f"{n}@x.example") for n in "abc"]
    mailing = make_mailing(marketer, make_list(marketer, *people))
    with at_commit():
        answer = sign_in(marketer).post(
            f"/campaign-activities/{mailing.pk}/review/",
            {"version": mailing.version, "rate_per_minute": 60},
        )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    mailing.refresh_from_db()
    assert mailing.state == CampaignActivity.State.RUNNING
    assert mailing.pk in due_mailings()


def test_a_written_mail_waits_for_the_scheduler(owner, sign_in, redis_gone, at_commit, mailoutbox):
    contact = make_contact(owner, email="jane@alder.example")
    with at_commit():
        answer = sign_in(owner).post(
            f"/contacts/{contact.pk}/compose/",
            {
                "kind": "email",
                "subject": "Hello",
                "body": "A word.",
                "recipients": "jane@alder.example",
            },
        )
    assert answer.status_code in (200, 302)
    assert mailoutbox == []
    send_pending_mail()
    assert [mail.to for mail in mailoutbox] == [["jane@alder.example"]]


def test_a_bulk_change_is_done_at_once(owner, sign_in, redis_gone, at_commit):
    accounts = [make_account(owner, name=f"Firm {n}") for n in range(3)]
    data = {"ids": [one.pk for one in accounts], "do": "1"}
    with at_commit():
        assert sign_in(owner).post("/accounts/bulk/delete/", data).status_code == 302
    assert Account.objects.alive().count() == 0


def test_a_change_to_very_many_rows_waits_for_the_scheduler(
    owner, sign_in, redis_gone, at_commit, monkeypatch
):
    monkeypatch.setattr("crm.pages.bulk.IN_REQUEST", 2)
    accounts = [make_account(owner, name=f"Firm {n}") for n in range(4)]
    data = {"ids": [one.pk for one in accounts], "do": "1"}
    with at_commit():
        assert sign_in(owner).post("/accounts/bulk/delete/", data).status_code == 302
    assert Account.objects.alive().count() == 4
    monkeypatch.setattr(work_on_job, "delay", work_on_job)
    resume_jobs()
    assert BulkJob.objects.get().state == BulkJob.State.DONE
    assert Account.objects.alive().count() == 0


@pytest.fixture
def valkey(tmp_path):
    server = EmbeddedValkey(tmp_path, durable=False)
    server.start()
    yield server
    server.stop()


@pytest.mark.slow
def test_a_session_ended_meanwhile_stays_ended_when_the_cache_is_back(
    owner, sign_in, settings, valkey
):
    settings.CACHES = cache_at(valkey.url())
    client = sign_in(owner)
    assert client.get("/accounts/").status_code == 200
    key = client.cookies["sessionid"].value
    stored = f"django.contrib.sessions.cached_db{key}"
    assert stored in cache
    valkey.child.process.send_signal(signal.SIGSTOP)  # SIGSTOP: it hangs, with all it knows
    client.post("/user/logout/")
    assert client.get("/accounts/").status_code == 302
    valkey.child.process.send_signal(signal.SIGCONT)
    time.sleep(0.1)
    client.cookies["sessionid"] = key
    assert client.get("/accounts/").status_code == 302
    assert stored not in caches["default"]


@pytest.fixture
def redis_hanging(monkeypatch):
    """A server that accepts connections and never answers; gives the list of connections."""
    listener, accepted = socket.create_server(("127.0.0.1", 0)), []

    def accept():
        with suppress(OSError):
            while True:
                accepted.append(listener.accept()[0])

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    before = {name: getattr(app.conf, name) for name in BROKER}
    address = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    use_broker(address, base.CELERY_BROKER_TRANSPORT_OPTIONS)
    monkeypatch.setattr(enqueueing._Broker, "rests_until", 0.0)
    yield accepted
    use_broker(*before.values())
    listener.close()
    for connection in accepted:
        connection.close()


def test_a_broker_that_hangs_is_asked_once_and_the_row_is_written(
    owner, sign_in, redis_hanging, at_commit
):
    account = make_account(owner, name="Alder Labs")
    mail = {"kind": "email", "subject": "Hello", "body": "There", "recipients": "a@x.example"}
    client = sign_in(owner)
    for _number in range(3):
        with at_commit():
            answer = client.post(f"/accounts/{account.pk}/compose/", mail)
        assert answer.status_code == 302
    waiting = Activity.objects.filter(kind="email", delivery=Activity.Delivery.PENDING)
    assert waiting.count() == 3
    assert len(redis_hanging) == 1
