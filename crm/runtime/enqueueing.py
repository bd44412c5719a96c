"""Waking a worker. What is to be done stands in a row; the message only hurries it."""

import logging
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def enqueue(task: Any, *args: Any) -> None:
    """Queues a task once the transaction under way is committed.

    A broker that is gone costs time and nothing else: the scheduler finds the row later.
    """
    transaction.on_commit(lambda: _wake(task, args))


def _wake(task: Any, args: tuple[Any, ...]) -> None:
    try:
        task.apply_async(args=args, retry=False)
    except OperationalError:
        logger.warning("The broker is gone: %s waits for the scheduler.", task.name)
