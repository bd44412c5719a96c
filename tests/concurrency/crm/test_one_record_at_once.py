"""Many requests for one thing, on real connections."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Account
from crm.access.actor import Actor
from crm.activities.sending import send_pending
from crm.activities.services import log_activity
from crm.models import Activity, User
from crm.records.services import create_record, update_record
from crm.records.services.once import make_once
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions

THREADS = 8

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work):
    """Runs `work(number)` in threads that start together; returns results and errors."""
    start = Barrier(THREADS)

    def one(number):
        reset_cache_versions()
        try:
            start.wait(timeout=30)
            return work(number)
        except Exception as error:  # noqa: BLE001  (the test looks at whatever came)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def actor_of(user):
    return Actor(user=User.objects.get(pk=user.pk))


def test_one_form_sent_many_times_at_once_makes_one_record(owner):
    token = uuid.uuid4()

    def send(_number):
        actor = actor_of(owner)
        return make_once(
            actor=actor,
            token=token,
            make=lambda: create_record(
                actor=actor, record_type=registry.get("account"), values={"name": "Nordfjord"}
            ),
        )

    results = at_once(send)
    assert Account.objects.count() == 1
    assert {record.pk for record, _is_new in results} == {Account.objects.get().pk}
    assert sum(is_new for _record, is_new in results) == 1


def test_many_editors_of_different_fields_lose_nothing(owner):
    actor = actor_of(owner)
    account = create_record(
        actor=actor, record_type=registry.get("account"), values={"name": "Nordfjord"}
    )
    fields = ("city", "phone", "line1", "postcode", "name", "description", "region", "employees")

    def edit(number):
        name = fields[number]
        value = 12 if name == "employees" else f"1{number}"
        return update_record(
            actor=actor_of(owner),
            record_type=registry.get("account"),
            record_id=account.pk,
            version=1,
            values={name: value},
        )

    results = at_once(edit)
    assert [type(result).__name__ for result in results] == ["Account"] * THREADS
    account.refresh_from_db()
    assert account.version == THREADS + 1
    assert (account.city, account.employees) == ("10", 12)


def test_several_workers_send_each_mail_once(owner):
    actor = actor_of(owner)
    for number in range(20):
        log_activity(
            actor=actor,
            regarding=None,
            values={
                "kind": "email",
                "subject": f"Mail {number}",
                "body": "Hello",
                "recipients": ["a@example.test"],
            },
        )
    sent = []
    at_once(lambda _number: send_pending(lambda activity: sent.append(activity.pk)))
    assert len(sent) == len(set(sent)) == 20
    assert Activity.objects.filter(delivery=Activity.Delivery.SENT).count() == 20
