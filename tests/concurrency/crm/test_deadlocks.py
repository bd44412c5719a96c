"""Of two operations that wait for each other one is ended, and repeated by itself, once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connections
from psycopg.errors import DeadlockDetected, SerializationFailure

from accounts.models import Account
from crm.access.actor import Actor
from crm.errors import Busy
from crm.operations import arguments_again, current, operation
from crm.runtime.metrics import RETRIES
from tests.factories.accounts import make_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.unannounced]


def retries(reason="deadlock"):
    return RETRIES.labels(reason=reason)._value.get()


def test_both_of_two_operations_that_wait_for_each_other_are_done(owner):
    first, second = make_account(owner), make_account(owner)
    meet = threading.Barrier(2)
    tries = []

    @operation
    def lengthen(*, actor, ids):
        tries.append(ids)
        for position, account_id in enumerate(ids):
            account = Account.objects.select_for_update().get(pk=account_id)
            if position == 0 and len(tries) <= 2:
                meet.wait()
            Account.objects.filter(pk=account_id).update(name=account.name + "!")

    def work(ids):
        try:
            lengthen(actor=Actor.system(), ids=ids)
        finally:
            connections.close_all()

    before = retries()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [[first.pk, second.pk], [second.pk, first.pk]]))
    assert len(tries) == 3
    assert retries() == before + 1
    for account in (first, second):
        account.refresh_from_db()
        assert account.name.endswith("!!")
        assert not account.name.endswith("!!!")


def failing(cause, *, times):
    """A service that the server ends so often, as what it was given and its operations tell."""
    seen = []

    @operation
    def service(*, actor, **given):
        seen.append((current().id, {**given}))
        for value in given.values():
            if isinstance(value, list):
                value.append("touched")
        if len(seen) <= times:
            raise OperationalError from cause()
        return "done"

    return service, seen


@pytest.mark.parametrize("cause", [DeadlockDetected, SerializationFailure])
def test_a_second_try_begins_with_what_the_first_began_with(cause):
    service, seen = failing(cause, times=1)
    assert service(actor=Actor.system(), ids=[1], name="x") == "done"
    (first, _), (second, given) = seen
    assert first != second
    assert given["ids"] == [1, "touched"]


def test_the_second_failure_is_told():
    service, seen = failing(DeadlockDetected, times=2)
    with pytest.raises(Busy):
        service(actor=Actor.system())
    assert len(seen) == 2


def test_an_operation_inside_another_is_not_repeated_alone():
    inner, seen = failing(DeadlockDetected, times=1)

    @operation
    def outer(*, actor, file):
        return inner(actor=actor)

    with pytest.raises(Busy):
        outer(actor=Actor.system(), file=iter(()))
    assert len(seen) == 1


def test_what_a_first_try_may_have_used_up_is_not_repeated(owner):
    account = make_account(owner)
    for given in (account, iter([1]), [account], {"a": [1]}, open, [[1]]):
        assert arguments_again((), {"actor": Actor.system(), "given": given}) is None
        service, seen = failing(DeadlockDetected, times=1)
        with pytest.raises(Busy):
            service(actor=Actor.system(), given=given)
        assert len(seen) == 1
