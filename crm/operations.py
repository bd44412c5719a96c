"""The transaction boundary of every write.

The outermost `@operation` opens the transaction and gives everything that happens in it one
id; services called inside join it. Inside, the order is always: lock, authorise, check
rules, write, journal and emit, return a small value. The triggers that write field history
read the operation and the actor from the transaction's settings.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from crm import clock
from crm.access.actor import Actor
from crm.errors import Busy
from crm.models import JournalEntry, Record
from crm.runtime.metrics import RETRIES
from crm.runtime.time_limits import current_limits, ran_into_limit, transient_reason
from crm.runtime.work import request_id

logger = logging.getLogger(__name__)

# What nobody can change.
_PLAIN = (str, int, float, Decimal, date, time, timedelta, uuid.UUID, Enum, type(None), bytes)

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class LeftAlone:
    """A record that an operation would have changed, and the sentence that says why it did not."""

    record: Record
    reason: object


@dataclass(frozen=True)
class Operation:
    """What is under way: its id, who does it, and the one moment it happens at."""

    actor: Actor
    at: datetime
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    left_alone: list[LeftAlone] = field(default_factory=list)


_current: ContextVar[Operation | None] = ContextVar("operation", default=None)
_called: ContextVar[uuid.UUID | None] = ContextVar("operation_called", default=None)
_subscribers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def current() -> Operation:
    """The operation under way; LookupError outside of one."""
    operation_ = _current.get()
    if operation_ is None:
        raise LookupError("A write happened outside of an operation.")
    return operation_


def named(record: Any) -> str:
    """The name of a record as far as who carries out the operation may know it: for refusals.

    LookupError outside of an operation.
    """
    return current().actor.name_of(record)


@contextmanager
def operation_called(operation_id: uuid.UUID) -> Iterator[None]:
    """Operations begun inside share this id: one deed in several transactions."""
    token = _called.set(operation_id)
    try:
        yield
    finally:
        _called.reset(token)


def operation(service: Callable[P, R]) -> Callable[P, R]:
    """Runs a service `(*, actor, ...)` in one transaction, joining the one under way.

    The outermost is repeated once when the server ends its transaction for a deadlock or a
    serialization failure, where `arguments_again` finds that safe: nothing of it was kept, and
    what it enqueued is only enqueued after the commit. Raises Busy when that fails as well.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _current.get() is not None:
            with transaction.atomic():
                return service(*args, **kwargs)
        again = arguments_again(args, kwargs)
        try:
            return _run_outermost(service, args, kwargs)
        except OperationalError as error:
            reason = transient_reason(error)
            if again is None or not reason or connection.in_atomic_block:
                refuse_busy(error)
                raise
        RETRIES.labels(reason=reason).inc()
        logger.warning("%s is repeated after a %s", service.__qualname__, reason)
        try:
            return _run_outermost(service, *again)
        except OperationalError as error:
            refuse_busy(error)
            raise

    return run


def _run_outermost(service: Callable[..., R], args: Sequence[Any], kwargs: Mapping[str, Any]) -> R:
    begun = Operation(actor=kwargs["actor"], at=clock.now(), id=_called.get() or uuid.uuid4())
    token = _current.set(begun)
    try:
        with transaction.atomic():
            _set_up_transaction(begun)
            result = service(*args, **kwargs)
            _name_nothing()
            return result
    finally:
        _current.reset(token)


def refuse_busy(error: OperationalError) -> None:
    if ran_into_limit(error):
        raise Busy from error


def arguments_again(
    args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Sequence[Any], Mapping[str, Any]] | None:
    """Arguments for a second try, copied before the first; None where there can't be one.

    A service may be repeated when it begins with what it began with: values that don't change,
    and lists of some. A record might carry what the first try made of it, and a file is read to
    its end.
    """
    if not all(map(_is_value, (*args, *kwargs.values()))):
        return None
    return args, {name: copy(value) for name, value in kwargs.items()}


def _is_value(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(one, _PLAIN) for one in value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return all(isinstance(one, _PLAIN) for one in value)
    return isinstance(value, (*_PLAIN, Actor))


def _set_up_transaction(begun: Operation) -> None:
    """What the history's triggers write down, and how long this kind of work may wait and run."""
    limits = current_limits()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('crm.operation', %s, true), set_config('crm.actor', %s, true),"
            " set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true),"
            " set_config('application_name', %s, true)",
            [
                str(begun.id),
                str(begun.actor.id or ""),
                str(limits.lock_timeout),
                str(limits.statement_timeout),
                f"crm {request_id()}".rstrip(),
            ],
        )


def _name_nothing() -> None:
    """Inside a surrounding transaction the settings would outlive the operation."""
    if len(connection.savepoint_ids) > 0:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('crm.operation', '', true), set_config('crm.actor', '', true)"
            )


def journal(verb: str, record: Record, *, is_final: bool = False, **data: Any) -> None:
    """Writes down that the actor did `verb` to the record; shown in its timeline.

    `is_final` says that nothing of the operation may be taken back with Undo: a posted invoice,
    or a change to rows that no field history covers.
    """
    journal_all(verb, [record], is_final=is_final, **data)


def journal_all(
    verb: str, records: Iterable[Record], *, is_final: bool = False, **data: Any
) -> None:
    """As `journal`, one line per record, written together.

    A record in `data`, or a list of some, is stored as a reference and named when the entry is
    read, as far as its reader may see it: the journal is kept for ever, and read by many.
    """
    under_way = current()
    stored = {name: _stored(value) for name, value in data.items()}
    JournalEntry.objects.bulk_create(
        [
            JournalEntry(
                operation=under_way.id,
                verb=verb,
                record_type=record.type_key(),
                record_id=record.pk,
                actor_id=under_way.actor.id,
                at=under_way.at,
                data=stored,
                is_final=is_final,
            )
            for record in records
        ],
        batch_size=500,
    )


def reference(record: Record) -> dict[str, Any]:
    """How the journal stores which record is meant."""
    return {"type": record.type_key(), "id": record.pk}


def _stored(value: Any) -> Any:
    if isinstance(value, Record):
        return reference(value)
    if isinstance(value, list | tuple):
        return [_stored(one) for one in value]
    return value


def leave_alone(record: Record, reason: object) -> None:
    """Says of a record the operation was to change that it stays as it is, and why."""
    current().left_alone.append(LeftAlone(record, reason))


def subscribe(event: type, handler: Callable[[Any], None]) -> None:
    """Registers a handler that runs in the transaction of whoever emits the event."""
    _subscribers[event].append(handler)


def emit(event: object) -> None:
    for handler in _subscribers[type(event)]:
        handler(event)
