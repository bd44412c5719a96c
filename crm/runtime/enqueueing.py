"""Enqueueing tasks. What is to be done stands in a row; a task only lets a worker see it sooner."""

import logging
import time
from typing import Any

from celery import current_app
from django.db import transaction
from kombu import Connection, pools
from kombu.exceptions import LimitExceeded, OperationalError

logger = logging.getLogger(__name__)

# A broker that hangs must not hold a request: seconds it gets to answer, and seconds for which this
# process then leaves it alone. The scheduler finds the rows meanwhile.
PATIENCE = 0.5
REST = 10.0


class _Broker:
    """What this process knows of a broker that did not answer; its threads share it."""

    rests_until = 0.0


def enqueue(task: Any, *args: Any) -> None:
    """Enqueues a task once the transaction under way is committed.

    A broker that is gone or hangs costs at most a moment and nothing else.
    """
    transaction.on_commit(lambda: _publish(task, args))


def _publish(task: Any, args: tuple[Any, ...]) -> None:
    if time.monotonic() < _Broker.rests_until:
        return
    try:
        with pools.producers[_connection()].acquire(block=True, timeout=PATIENCE) as producer:
            task.apply_async(args=args, producer=producer, retry=False)
    except (OperationalError, LimitExceeded, OSError) as error:
        _Broker.rests_until = time.monotonic() + REST
        logger.warning("The broker does not answer (%s): %s waits.", error, task.name)


def _connection() -> Connection:
    """The broker with time-outs of its own: a worker that waits for tasks needs longer ones."""
    connection = current_app.connection_for_write()
    connection.transport_options = {
        **connection.transport_options,
        "socket_connect_timeout": PATIENCE,
        "socket_timeout": PATIENCE,
        "max_retries": 0,
    }
    return connection
