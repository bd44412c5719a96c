"""Which version of the labels and of the access settings is in force."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from crm.models.stamp import Stamp

T = TypeVar("T")

_seen: ContextVar[dict[str, int] | None] = ContextVar("stamps", default=None)
_kept: ContextVar[dict[str, Any] | None] = ContextVar("kept", default=None)


def forget_stamps() -> None:
    """Called where a request or a task begins: the next look-up reads the table again."""
    _seen.set(None)
    _kept.set(None)


def once(key: str, read: Callable[[], T]) -> T:
    """What `read` gives, asked for once per request or task."""
    kept = _kept.get()
    if kept is None:
        kept = {}
        _kept.set(kept)
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found


def stamp_of(name: str) -> int:
    """The version of `name`; one query per request for all stamps together."""
    stamps = _seen.get()
    if stamps is None:
        stamps = dict(Stamp.objects.values_list("name", "version"))
        _seen.set(stamps)
    return stamps.get(name, 0)
