"""Two schedulers, two workers, two colleagues: everybody hears of everything once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection

from crm import clock
from crm.access.actor import Actor
from crm.activities.services import log_activity
from crm.models import Activity, Notification, User
from crm.notifications.mailing import send_waiting
from crm.notifications.services import choose_ways
from crm.notifications.tasks import remind_people
from crm.records.services import assign_records
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4


def at_once(*works):
    """Runs the functions in threads that start together."""
    start = Barrier(len(works))

    def one(work):
        reset_cache_versions()
        try:
            start.wait(timeout=30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_several_schedulers_remind_of_each_date_once(owner, teammate):
    due = clock.now()
    with clock.held(due - timedelta(hours=1)):
        for user in (owner, teammate):
            for number in range(10):
                values = {"kind": "task", "subject": f"Task {number}", "due_at": due}
                log_activity(actor=Actor(user=user), regarding=None, values=values)
    at_once(*[remind_people] * AT_ONCE)
    told = Notification.objects.values_list("recipient_id", "record_id")
    assert sorted(told) == sorted(Activity.objects.values_list("owner_id", "pk"))


def test_several_workers_write_to_each_person_once(owner, teammate, manager):
    people = (owner, teammate, manager)
    for user in people:
        choose_ways(actor=Actor(user=user), ways={"shared": "mail"})
        account = make_account(user, name=f"Firm of {user}")
        Notification.objects.bulk_create(
            Notification(
                recipient=user,
                kind="shared",
                record_type="account",
                record_id=account.pk,
                at=clock.now(),
                mail="pending",
            )
            for _n in range(5)
        )
    at_once(*[send_waiting] * AT_ONCE)
    assert set(Notification.objects.values_list("mail", flat=True)) == {"sent"}
    for user in people:
        theirs = [letter.body for letter in mail.outbox if user.email in letter.to[0]]
        assert sum(body.count(f"Firm of {user}") for body in theirs) == 5


def test_two_colleagues_give_to_the_same_person_without_waiting_in_a_circle(
    owner, manager, teammate
):
    accounts = {
        user.pk: [make_account(user, name=f"{user} {n}") for n in range(20)]
        for user in (owner, manager)
    }

    def give(user):
        actor = Actor(user=User.objects.get(pk=user.pk))
        ids = [account.pk for account in accounts[user.pk]]
        given = {"record_type": registry.get("account"), "owner_id": teammate.pk}
        return assign_records(actor=actor, ids=ids, **given).done

    assert at_once(lambda: give(owner), lambda: give(manager)) == [20, 20]
    counts = Notification.objects.values_list("actor_id", "count")
    assert sorted(counts) == sorted([(owner.pk, 20), (manager.pk, 20)])
