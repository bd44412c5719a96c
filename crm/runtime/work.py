"""What this thread works on: a request or a task, under one id wherever it leaves a trace.

The id stands in every line of the log, in a comment of each SQL statement, in the application's
name of a transaction that writes, in a header of each mail, in tasks that a request enqueued, and
on the page that says that something went wrong.
"""

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponseBase

from crm.runtime.metrics import REQUEST_SECONDS, REQUESTS

HEADER = "X-Request-ID"
MAIL_HEADER = "X-CRM-Request"
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
NO_ROUTE = "-"
STRANGE = re.compile(r"[^A-Za-z0-9:._-]")  # nothing of it may end a comment or be a placeholder

logger = logging.getLogger("crm.requests")


@dataclass
class Work:
    """A request or a task under way. `route` is the name of its URL pattern, or of the task."""

    id: str
    route: str = NO_ROUTE
    user_id: int | None = None
    began: float = field(default_factory=time.perf_counter)

    @property
    def milliseconds(self) -> float:
        return round((time.perf_counter() - self.began) * 1000, 1)


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def current_work() -> Work | None:
    return _current.get()


def request_id() -> str:
    """The id of the work under way; '' outside of any."""
    work = _current.get()
    return work.id if work else ""


def new_id() -> str:
    return uuid.uuid4().hex[:16]


@contextmanager
def working(work: Work) -> Iterator[Work]:
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)


def begin_work(work: Work | None) -> None:
    """For a worker, which is told of a task's beginning and end by signals."""
    _current.set(work)


def note_user(user_id: int) -> None:
    work = _current.get()
    if work is not None:
        work.user_id = user_id


class RequestIdMiddleware:
    """Gives a request its id: the proxy's where one is trusted, else a new one; logs its end.

    A body that is streamed, such as an export, is sent after the line is written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with working(Work(given_id(request) or new_id())) as work:
            response = self.get_response(request)
            response[HEADER] = work.id
            count_request(work, response.status_code)
            if work.route != NO_ROUTE or response.status_code >= HTTPStatus.BAD_REQUEST:
                log_request(work, request, response.status_code)
            return response

    def process_view(self, request: HttpRequest, *_args: Any) -> None:
        work = _current.get()
        if work is not None and request.resolver_match is not None:
            work.route = request.resolver_match.view_name or NO_ROUTE


def given_id(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "")
    return given if settings.TRUSTED_PROXIES and GIVEN.fullmatch(given) else ""


def count_request(work: Work, status: int) -> None:
    REQUESTS.labels(route=work.route, status=str(status)).inc()
    REQUEST_SECONDS.labels(route=work.route).observe(work.milliseconds / 1000)


def log_request(work: Work, request: HttpRequest, status: int) -> None:
    """Without the query string: people search for names."""
    level = logging.INFO if status < HTTPStatus.INTERNAL_SERVER_ERROR else logging.ERROR
    logger.log(
        level,
        "%s %s %s in %s ms",
        request.method,
        request.path,
        status,
        work.milliseconds,
        extra={
            "method": request.method,
            "route": work.route,
            "status": status,
            "duration_ms": work.milliseconds,
        },
    )


class WorkFilter(logging.Filter):
    """Adds to every record of the log the request or task it was written in."""

    def filter(self, record: logging.LogRecord) -> bool:
        work = _current.get()
        record.request_id = work.id if work else NO_ROUTE
        record.user_id = work.user_id if work else None
        if not hasattr(record, "route"):
            record.route = work.route if work else NO_ROUTE
        return True


def comment_sql(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """An execute wrapper: the work's id behind each statement.

    Django's own statements carry their values in their text, so none is prepared under its text.
    Those of `crm.access.prepared` are, and stay as they are.
    """
    work = _current.get()
    is_prepared = isinstance(context["cursor"].cursor, ServerBindingCursor)
    if work is not None and not is_prepared and isinstance(sql, str):
        route = STRANGE.sub("", work.route)
        sql = f"{sql} /*request_id='{work.id}',route='{route}'*/"
    return execute(sql, params, many, context)


def comment_connection(sender: object, connection: Any, **_: object) -> None:
    """Receiver of `connection_created`."""
    if comment_sql not in connection.execute_wrappers:
        connection.execute_wrappers.append(comment_sql)


connection_created.connect(comment_connection, dispatch_uid="work")
