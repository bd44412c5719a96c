"""An import whose worker is killed goes on where it was."""

import io
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import Account
from crm.access.actor import Actor
from crm.exchange.imports.services import run_import, stage_file
from crm.models import FieldChange, ImportJob, User
from tests.servers import address_of

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
ROWS, KILLS, PATIENCE = 6000, 2, 60
EACH_TWICE = 100  # the last lines repeat the first


def content():
    lines = [f"Firm {number},{number % 900}" for number in range(ROWS)]
    return "\n".join(["name,employees", *lines, *lines[:EACH_TWICE]]).encode()


def start_worker(job, program="import_worker.py"):
    environment = {
        **os.environ,
        "DATABASE_URL": address_of(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "crm.settings.dev",
        "SECRET_KEY": django_settings.SECRET_KEY,
        "PYTHONPATH": str(ROOT),
    }
    worker = Path(__file__).with_name(program)
    return subprocess.Popen(
        [sys.executable, str(worker), str(job.pk)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def rows_done(job):
    return job.rows.filter(is_done=True).count()


def test_kill_9_of_the_importing_worker_at_any_moment(owner):
    actor = Actor(user=User.objects.get(pk=owner.pk))
    file = content()
    job = stage_file(
        actor=actor,
        target_key="account",
        file_name="firms.csv",
        file=io.BytesIO(file),
        size=len(file),
    )
    rng = random.Random(3)
    for _kill in range(KILLS):
        before, until = rows_done(job), time.monotonic() + PATIENCE
        worker = start_worker(job)
        while rows_done(job) == before and worker.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(rng.uniform(0.0, 0.2))
        worker.kill()
        errors = worker.communicate()[1].decode()
        assert not errors, errors
    run_import(actor=actor, job_id=job.pk)
    assert ImportJob.objects.get(pk=job.pk).state == ImportJob.State.DONE
    names = Account.objects.values_list("name", "employees")
    assert sorted(names) == sorted((f"Firm {number}", number % 900) for number in range(ROWS))
    assert FieldChange.objects.filter(record_type="account", event="insert").count() == ROWS
    assert set(job.rows.filter(line__gt=ROWS + 1).values_list("verdict", flat=True)) == {
        "duplicate"
    }
    assert job.rows.filter(verdict="new").count() == ROWS
