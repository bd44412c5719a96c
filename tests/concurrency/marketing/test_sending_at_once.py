"""Several workers, killed at any moment: nobody is written to twice, nobody is lost."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.db.models.functions import Now

from crm.access.actor import Actor
from crm.errors import CrmError
from crm.models import JournalEntry, User
from marketing.models import CampaignActivity, Recipient, Send
from marketing.reports import progress_of
from marketing.services import launch_mailing, pause_mailing, resume_mailing, unsubscribe
from marketing.services.sending import claim_batch, complete_mailings, recover_lost, send_batch
from tests.factories.accounts import make_contact
from tests.factories.marketing import give_address, make_list, make_mailing
from tests.servers import address_of

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
FAST = 6000
PATIENCE = 60


def actor_of(user: User) -> Actor:
    return Actor(user=User.objects.get(pk=user.pk))


def launched(user: User, count: int, **values: Any) -> CampaignActivity:
    give_address()
    people = [make_contact(user, email=f"p{number}@x.example") for number in range(count)]
    mailing = make_mailing(user, make_list(user, *people), **values)
    return launch_mailing(
        actor=actor_of(user),
        record_id=mailing.pk,
        version=None,
        site_url="https://crm.example/",
        rate_per_minute=FAST,
    )


def at_once(*works: Any) -> list[Any]:
    start = threading.Barrier(len(works))

    def one(work: Any) -> Any:
        try:
            start.wait()
            return work()
        except CrmError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def work_until_done(mailing: CampaignActivity) -> None:
    until = time.monotonic() + PATIENCE
    while Recipient.objects.filter(activity=mailing, state="pending").exists():
        assert time.monotonic() < until, progress_of(mailing).states
        Send.objects.filter(pk=mailing.pk).update(next_claim_at=Now())
        send_batch(mailing.pk)


def test_four_workers_send_everything_once(marketer, mail_server):
    mailing = launched(marketer, 60)
    at_once(*[lambda: work_until_done(mailing)] * 4)
    complete_mailings()
    mailing.refresh_from_db()
    assert Counter(mail_server.recipients) == Counter(
        f"p{number}@x.example" for number in range(60)
    )
    assert progress_of(mailing).states == {"sent": 60}
    assert mailing.state == "completed"
    assert JournalEntry.objects.filter(verb="mailing_completed").count() == 1


def test_ten_people_launch_and_there_is_one_launch(marketer):
    give_address()
    person = make_contact(marketer, email="a@x.example")
    mailing = make_mailing(marketer, make_list(marketer, person))
    results = at_once(
        *[
            lambda: launch_mailing(
                actor=actor_of(marketer), record_id=mailing.pk, version=None, site_url="https://x/"
            )
        ]
        * 10
    )
    assert results == [mailing] * 10
    assert (Recipient.objects.count(), Send.objects.count()) == (1, 1)
    assert JournalEntry.objects.filter(verb="mailing_launched").count() == 1


def test_no_row_is_claimed_by_two(marketer):
    mailing = launched(marketer, 40)

    def claim() -> list[int]:
        ids = []
        for _ in range(6):
            Send.objects.filter(pk=mailing.pk).update(next_claim_at=Now())
            batch = claim_batch(mailing.pk)
            ids += [row.pk for row in batch.rows] if batch else []
        return ids

    claimed = [pk for ids in at_once(*[claim] * 4) for pk in ids]
    assert len(claimed) == len(set(claimed))


def test_pausing_and_leaving_while_it_runs(marketer, mail_server):
    mailing = launched(marketer, 40)
    mail_server.pause = 0.005

    def interrupt() -> None:
        for _ in range(3):
            time.sleep(0.1)
            try:
                pause_mailing(actor=actor_of(marketer), record_id=mailing.pk)
                taken = len(mail_server.taken)
                time.sleep(0.2)
                # What was on its way when the pause began may still arrive, one per worker.
                assert len(mail_server.taken) <= taken + 2
                resume_mailing(actor=actor_of(marketer), record_id=mailing.pk)
            except CrmError:
                return

    def leave() -> set[str]:
        gone = set()
        for row in Recipient.objects.filter(activity=mailing).order_by("-pk")[:10]:
            if unsubscribe(actor=Actor.system(), key=row.key):
                gone.add(row.address)
        return gone

    _done, _again, _interrupted, gone = at_once(
        lambda: work_until_done(mailing), lambda: work_until_done(mailing), interrupt, leave
    )
    left = progress_of(mailing)
    assert left.total == 40
    assert set(left.states) <= {"sent", "skipped"}
    assert max(Counter(mail_server.recipients).values()) == 1
    skipped = set(Recipient.objects.filter(state="skipped").values_list("address", flat=True))
    assert skipped <= gone
    assert not skipped & set(mail_server.recipients)


def start_worker(mail_server: Any) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": address_of(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "crm.settings.dev",
        "SECRET_KEY": django_settings.SECRET_KEY,
        "EMAIL_URL": f"smtp://127.0.0.1:{django_settings.EMAIL_PORT}",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("mailing_worker.py"))],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def test_kill_9_of_sending_workers_at_any_moment(marketer, mail_server):
    """Each kill may make one recipient per worker unknown; nobody gets it twice."""
    count, kills = 120, 4
    mailing = launched(marketer, count)
    suppressed = Recipient.objects.filter(activity=mailing).order_by("pk").last()
    unsubscribe(actor=Actor.system(), key=suppressed.key)
    mail_server.pause = 0.03  # the answer takes a while: kills hit between the dot and the answer
    rng = random.Random(7)
    for _ in range(kills):
        workers = [start_worker(mail_server) for _ in range(2)]
        mail_server.arrived.clear()
        assert mail_server.arrived.wait(PATIENCE), _errors(workers)
        time.sleep(rng.uniform(0.0, 0.4))
        for worker in workers:
            worker.kill()
            worker.wait()
        Recipient.objects.filter(state__in=("claimed", "sending")).update(lease_until=Now())
        recover_lost()
    mail_server.pause = 0.0
    work_until_done(mailing)
    recover_lost()
    complete_mailings()
    mailing.refresh_from_db()
    counted = progress_of(mailing).states
    taken = Counter(mail_server.recipients)
    unknown = set(Recipient.objects.filter(state="unknown").values_list("address", flat=True))
    sent = set(Recipient.objects.filter(state="sent").values_list("address", flat=True))
    assert max(taken.values()) == 1
    assert sent <= set(taken)
    assert set(taken) - sent <= unknown
    assert set(counted) <= {"sent", "unknown", "skipped"}
    assert sum(counted.values()) == count
    assert counted["skipped"] == 1
    assert suppressed.address not in taken
    assert 0 <= counted.get("unknown", 0) <= kills * 2
    assert mailing.state == "completed"


def _errors(workers: list[subprocess.Popen[bytes]]) -> str:
    return "\n".join(
        worker.stderr.read().decode() for worker in workers if worker.poll() is not None
    )


def test_a_cut_database_connection_loses_nobody(marketer, mail_server):
    mailing = launched(marketer, 30)
    mail_server.pause = 0.01

    def cut() -> None:
        for _ in range(5):
            time.sleep(0.15)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    worker = start_worker(mail_server)
    assert mail_server.arrived.wait(PATIENCE), _errors([worker])
    cut()
    worker.kill()
    worker.wait()
    Recipient.objects.filter(state__in=("claimed", "sending")).update(lease_until=Now())
    recover_lost()
    work_until_done(mailing)
    counted = progress_of(mailing).states
    assert max(Counter(mail_server.recipients).values()) == 1
    assert sum(counted.values()) == 30
    assert set(counted) <= {"sent", "unknown"}
