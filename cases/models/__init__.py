"""Cases and the queues they wait in."""

from cases.models.case import Case
from cases.models.queue import Queue, QueueItem

__all__ = ["Case", "Queue", "QueueItem"]
