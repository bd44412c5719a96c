"""Caches in a process's memory that live from one request to the next.

Every entry stands under a key that holds all it depends on, cache versions above all
(`crm.runtime.cache_versions`), so an entry is never stale: it only stops being looked up, and is
evicted when the cache is full.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_caches: list["ProcessCache[Any]"] = []


class ProcessCache(Generic[T]):
    """At most `size` entries, shared by the threads of a process; LRU eviction."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()
        _caches.append(self)

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """The entry under `key`; on a miss what `read` returns, which is stored."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key]
        value = read()
        self.put(key, value)
        return value

    def find(self, key: Hashable) -> T | None:
        """The entry under `key`, or None."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key]

    def put(self, key: Hashable, value: T) -> None:
        with self._lock:
            self._entries[key] = value
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


def clear_process_caches() -> None:
    """Empties every cache of this process, as if it had just started. For tests."""
    for cache in _caches:
        cache.clear()
