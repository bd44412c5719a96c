"""The one place that asks what time it is. Inside it is UTC; a person's zone is applied outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo

_held: ContextVar[datetime | None] = ContextVar("held_moment", default=None)


def now() -> datetime:
    """This moment in UTC, or the one that is held."""
    return _held.get() or datetime.now(UTC)


def today(zone: tzinfo) -> date:
    """The day it is for somebody in `zone`."""
    return now().astimezone(zone).date()


@contextmanager
def held(moment: datetime | None = None) -> Iterator[datetime]:
    """Every reading inside gives the same moment: `moment`, or the one at which this began."""
    at = now() if moment is None else moment
    if at.tzinfo is None:
        raise ValueError("A moment without a zone is nobody's.")
    token = _held.set(at.astimezone(UTC))
    try:
        yield at.astimezone(UTC)
    finally:
        _held.reset(token)
