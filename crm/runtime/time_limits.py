"""How long a statement may run and wait for a lock, by kind of work.

A request holds a thread of the web server: a row lock that somebody forgot must cost the people
who want that row a clear answer, and nobody else anything. Background work may wait longer, and
commands such as migrations as long as they need.

The limits reach the database in two ways: for every operation as settings of its transaction
(`crm.operations`), which works behind a transaction pooler as well; and for reads outside of
operations as settings of a new connection, which a pooler would lend on to others and which
therefore is left out where `PREPARE_QUERIES` is off.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponseBase
from psycopg.errors import (
    DeadlockDetected,
    LockNotAvailable,
    QueryCanceled,
    SerializationFailure,
)


@dataclass(frozen=True)
class TimeLimits:
    """In milliseconds, as PostgreSQL counts them; 0 sets no limit."""

    lock_timeout: int = 0
    statement_timeout: int = 0


UNLIMITED = TimeLimits()

_current: ContextVar[TimeLimits] = ContextVar("time_limits", default=UNLIMITED)


def current_limits() -> TimeLimits:
    """The limits of the work under way in this thread; none outside of requests and tasks."""
    return _current.get()


@contextmanager
def limited_to(limits: TimeLimits) -> Iterator[None]:
    token = _current.set(limits)
    try:
        yield
    finally:
        _current.reset(token)


def ran_into_limit(error: BaseException) -> bool:
    """Whether a database error says that a lock is held elsewhere or a statement ran too long.

    A deadlock counts too: of two transactions that wait for each other the server ends one.
    """
    return isinstance(error.__cause__, LockNotAvailable | QueryCanceled | DeadlockDetected)


def transient_reason(error: BaseException) -> str:
    """Why the server ended a transaction of which the same may work at once; '' for another."""
    if isinstance(error.__cause__, DeadlockDetected):
        return "deadlock"
    return "serialization failure" if isinstance(error.__cause__, SerializationFailure) else ""


def limit_tasks() -> None:
    """For a worker: what this process does from now on is background work."""
    _current.set(TimeLimits(**settings.TASK_TIME_LIMITS))


class TimeLimitsMiddleware:
    """Gives the work of a request the limits of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with limited_to(TimeLimits(**settings.REQUEST_TIME_LIMITS)):
            return self.get_response(request)


def set_on_connection(sender: object, connection: Any, **_: object) -> None:
    """Receiver of `connection_created`: the limits of a new connection's first kind of work."""
    limits = current_limits()
    if limits == UNLIMITED or not settings.PREPARE_QUERIES:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, false),"
            " set_config('statement_timeout', %s, false)",
            [str(limits.lock_timeout), str(limits.statement_timeout)],
        )


connection_created.connect(set_on_connection, dispatch_uid="time_limits")
