"""Cases and queues, declared."""

from cases.record_types import case, queue

__all__ = ["case", "queue"]
