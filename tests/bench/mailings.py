"""A mailing sent by one worker and by two, against messages built and sent in a loop."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db.models import Max, Min

from accounts.models import Contact
from crm.access.actor import Actor
from crm.models import User
from marketing.models import CampaignActivity, Recipient
from marketing.services import launch_mailing
from tests.bench.measuring import Result
from tests.factories.marketing import give_address, make_list, make_mailing

RECIPIENTS = {"small": 150, "medium": 1500, "large": 20_000}
SINK, SENDER, LOOP = "mail_sink.py", "mail_sender.py", "mail_loop.py"


def mailings(user: User, size: str) -> Iterator[Result]:
    give_address()
    count = RECIPIENTS[size]
    with sink() as port:
        floor = _loop(_launched(user, count), port)
        one = _sent(_launched(user, count), port, workers=1)
        again = _loop(_launched(user, count), port)
        two = _sent(_launched(user, count), port, workers=2)
    goal = "at least 70 % of mail floor"
    floor = (floor + again) / 2
    yield Result("send a mailing, one worker", count, one, "mails/s", floor, goal, 0.7)
    goal = "at least 1.8 x one worker"
    yield Result("send a mailing, two workers", count, two, "mails/s", one, goal, 1.8)


@contextmanager
def sink() -> Iterator[str]:
    process = _start(SINK, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=20)


def _start(name: str, *arguments: str, port: str = "", **more: object) -> subprocess.Popen[str]:
    script = str(Path(__file__).with_name(name))
    environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}" if port else ""}
    return subprocess.Popen([sys.executable, script, *arguments], env=environment, **more)


def _launched(user: User, count: int) -> CampaignActivity:
    """A mailing to people who may all be written to, launched, with no one sending yet."""
    reachable = Contact.objects.alive().exclude(email="")
    allowed = reachable.filter(do_not_email=False, do_not_bulk_email=False).order_by("pk")
    people = make_list(user, *allowed[:count])
    mailing = make_mailing(user, people, quiet_days=0)
    return launch_mailing(
        actor=Actor.system(),
        record_id=mailing.pk,
        version=None,
        site_url="http://localhost:8000/",
        rate_per_minute=6000,
    )


def _loop(mailing: CampaignActivity, port: str) -> float:
    """Mails a second of one process with one connection, without a word to the database."""
    process = _start(LOOP, str(mailing.pk), port=port, stdout=subprocess.PIPE, text=True)
    told, _errors = process.communicate()
    CampaignActivity.objects.filter(pk=mailing.pk).update(state="canceled")
    return float(told.strip().splitlines()[-1])


def _sent(mailing: CampaignActivity, port: str, *, workers: int) -> float:
    processes = [_start(SENDER, str(mailing.pk), port=port) for _worker in range(workers)]
    if any(process.wait() for process in processes):
        raise RuntimeError("A process that sends mail failed.")
    rows = Recipient.objects.filter(activity=mailing, state="sent")
    span = rows.aggregate(first=Min("handed_over_at"), last=Max("finished_at"))
    return rows.count() / (span["last"] - span["first"]).total_seconds()
