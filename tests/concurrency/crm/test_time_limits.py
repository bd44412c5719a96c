"""A row lock, a slow statement or a lost database costs its own users a clear answer."""

import threading
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper

from accounts.models import Account
from crm.errors import Busy
from crm.records.services import update_record
from crm.registry.links import action_url, list_url
from crm.registry.registry import registry
from crm.runtime.time_limits import TimeLimits, current_limits, limited_to
from tests.concurrency.crm.test_one_record_at_once import actor_of
from tests.contract.filling import form_for, sent
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db(transaction=True)

SHORT = TimeLimits(lock_timeout=150, statement_timeout=5_000)


@contextmanager
def locked(record):
    """Another session holds the row, as a forgotten transaction would."""
    is_locked, may_end = threading.Event(), threading.Event()

    def hold_row():
        try:
            with transaction.atomic():
                list(type(record)._base_manager.select_for_update().filter(pk=record.pk))
                is_locked.set()
                may_end.wait(timeout=30)
        finally:
            connection.close()

    thread = threading.Thread(target=hold_row)
    thread.start()
    assert is_locked.wait(timeout=10)
    try:
        yield
    finally:
        may_end.set()
        thread.join()


def test_an_operation_that_waits_for_a_locked_row_is_refused_as_busy(owner):
    account = make_account(owner, name="Nordfjord")
    with locked(account), limited_to(SHORT), pytest.raises(Busy):
        update_record(
            actor=actor_of(owner),
            record_type=registry.get("account"),
            record_id=account.pk,
            version=None,
            values={"name": "Sydfjord"},
        )
    account.refresh_from_db()
    assert account.name == "Nordfjord"


def test_a_form_over_a_locked_row_answers_with_everything_that_was_typed(client, owner, settings):
    settings.REQUEST_TIME_LIMITS = {"lock_timeout": 150, "statement_timeout": 5_000}
    account = make_account(owner, name="Nordfjord")
    form = form_for(registry.get("account"), actor_of(owner), account)
    typed = {**sent(form), "name": "Sydfjord", "version": account.version}
    client.force_login(owner)
    with locked(account):
        answer = client.post(action_url(account, "edit"), typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody is changing this at the moment. Try again." in page
    assert "Sydfjord" in page
    account.refresh_from_db()
    assert account.name == "Nordfjord"


def test_a_row_locked_elsewhere_keeps_nobody_from_reading_or_from_other_rows(client, owner):
    locked_one, free = make_account(owner, name="Nordfjord"), make_account(owner, name="Sydfjord")
    client.force_login(owner)
    with locked(locked_one):
        assert client.get(list_url("account")).status_code == 200
        update_record(
            actor=actor_of(owner),
            record_type=registry.get("account"),
            record_id=free.pk,
            version=None,
            values={"name": "Vestfjord"},
        )
    assert Account.objects.get(pk=free.pk).name == "Vestfjord"


def test_requests_carry_their_limits_and_nothing_outside_of_them_does(client, owner, settings):
    assert current_limits() == TimeLimits(lock_timeout=0, statement_timeout=0)
    client.force_login(owner)
    connections["default"].close()
    client.get(list_url("account"))
    assert current_limits() == TimeLimits(lock_timeout=0, statement_timeout=0)


def test_a_statement_of_a_page_that_runs_too_long_is_answered_in_words(client, owner, monkeypatch):
    client.force_login(owner)

    def sleep(*_args, **_kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 50")
            try:
                cursor.execute("SELECT pg_sleep(5)")
            finally:
                cursor.execute("SET statement_timeout = 0")

    monkeypatch.setattr("crm.pages.list.context", sleep)
    answer = client.get(list_url("account"))
    assert answer.status_code == 409
    assert "This takes too long at the moment." in answer.content.decode()


def test_a_database_that_is_gone_answers_503_and_when_to_come_back(client, owner, monkeypatch):
    client.force_login(owner)
    client.raise_request_exception = False
    address = list_url("account")
    connections["default"].close()

    def refuse(*_args, **_kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(DatabaseWrapper, "connect", refuse)
    answer = client.get(address)
    monkeypatch.undo()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "The database does not answer" in answer.content.decode()
