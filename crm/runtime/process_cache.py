"""What a process keeps from one request to the next.

Each thing is kept under a key that holds everything it depends on, stamps above all, so it is
never out of date: it only stops being asked for, and is thrown away when there is no more room.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_all: list["Kept[Any]"] = []


class Kept(Generic[T]):
    """At most `size` things; what was not asked for longest makes room."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()
        _all.append(self)

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """What is kept under `key`, else what `read` gives, which is kept from now on."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        found = read()
        self.put(key, found)
        return found

    def find(self, key: Hashable) -> T | None:
        with self._lock:
            if key not in self._known:
                return None
            self._known.move_to_end(key)
            return self._known[key]

    def put(self, key: Hashable, thing: T) -> None:
        with self._lock:
            self._known[key] = thing
            while len(self._known) > self._size:
                self._known.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._known.clear()


def forget_all() -> None:
    """Begins anew, as a process just started does."""
    for kept in _all:
        kept.forget()
