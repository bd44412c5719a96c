"""What an import tells: its end to who began it, and once to everybody who got something."""

import io

import pytest
from django.db import DatabaseError

from accounts.models import Account
from crm.exchange.imports.services import (
    check_rows,
    request_check,
    request_run,
    run_import,
    stage_file,
    undo_import,
)
from crm.exchange.imports.tasks import work_on_import
from crm.models import ImportJob, Notification
from crm.notifications.services import mark_read
from crm.records.history.tasks import undo_in_batches

pytestmark = pytest.mark.django_db


def told():
    fields = ("recipient__username", "kind", "record_type", "count", "data__is_stopped")
    return sorted(Notification.objects.values_list(*fields), key=str)


@pytest.fixture
def staged(manager, teammate, as_actor):
    """A file of the manager's in which most rows are the teammate's."""
    rows = [f"Firm {n},{'teammate' if n else 'manager'}" for n in range(6)]
    content = "\n".join(["name,owner", *rows]).encode()
    return stage_file(
        actor=as_actor(manager),
        target_key="account",
        file_name="firms.csv",
        file=io.BytesIO(content),
        size=len(content),
    )


def test_an_import_tells_its_owner_and_who_got_records(staged, manager, as_actor, monkeypatch):
    monkeypatch.setattr("crm.exchange.imports.services.CHUNK", 2)
    check_rows(actor=as_actor(manager), job_id=staged.pk)
    assert told() == []
    run_import(actor=as_actor(manager), job_id=staged.pk)
    assert Account.objects.filter(owner__name="Teammate").count() == 5
    expected = [
        ("manager", "import_ended", "account", 1, False),
        ("teammate", "assigned", "account", 5, None),
    ]
    assert told() == expected
    run_import(actor=as_actor(manager), job_id=staged.pk)
    assert told() == expected


def test_an_import_that_stops_says_so_once(staged, manager, as_actor, monkeypatch):
    def break_down(**_given):
        raise DatabaseError("The disk is full")

    request_check(actor=as_actor(manager), job_id=staged.pk)
    work_on_import(staged.pk)
    request_run(actor=as_actor(manager), job_id=staged.pk)
    monkeypatch.setattr("crm.exchange.imports.tasks.run_import", break_down)
    work_on_import(staged.pk)
    work_on_import(staged.pk)
    job = ImportJob.objects.get(pk=staged.pk)
    assert (job.state, job.failure) == ("failed", "The disk is full")
    assert told() == [("manager", "import_ended", "account", 1, True)]


def test_taking_an_import_back_takes_along_what_nobody_has_read(
    staged, manager, teammate, as_actor
):
    run_import(actor=as_actor(manager), job_id=staged.pk)
    read = Notification.objects.get(recipient=manager)
    mark_read(actor=as_actor(manager), notification_id=read.pk)
    undo_in_batches(undo_import(actor=as_actor(manager), job_id=staged.pk).undo_id)
    assert told() == [("manager", "import_ended", "account", 1, False)]
