"""A cache that may be gone: then it is empty, everything is read anew, and nobody waits for it.

What could not be written or deleted meanwhile is owed, and deleted before anything else is asked:
a session that was ended stays ended when the server comes back with what it knew before. What is
only counted here rests as well: the throttle of the log-in.
"""

import logging
import time
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import RedisError

logger = logging.getLogger(__name__)

T = TypeVar("T")

REST = 10.0  # seconds for which a server that did not answer is left alone


class Absence:
    """What this process knows of the server being away; its threads share it."""

    def __init__(self) -> None:
        self.until = 0.0
        self.owed: set[str] = set()
        self.lock = Lock()

    @property
    def is_on(self) -> bool:
        return time.monotonic() < self.until

    def begin(self) -> None:
        self.until = time.monotonic() + REST

    def owe(self, keys: Iterable[str]) -> None:
        with self.lock:
            self.owed.update(keys)

    def owing(self) -> tuple[str, ...]:
        with self.lock:
            return tuple(self.owed)

    def paid(self, keys: Iterable[str]) -> None:
        with self.lock:
            self.owed.difference_update(keys)


absence = Absence()


class ForgivingClient(RedisCacheClient):
    """Answers as an empty cache would while the server gives no answer."""

    def _ask(self, ask: Callable[[], T], *, otherwise: T, changes: Iterable[str] = ()) -> T:
        """The server's answer; `changes` are the keys whose old value must not come back."""
        if not absence.is_on:
            try:
                self._pay()
                return ask()
            except RedisError as error:
                absence.begin()
                logger.warning("The cache does not answer: %s", error)
        absence.owe(changes)
        return otherwise

    def _pay(self) -> None:
        owing = absence.owing()
        if owing:
            super().delete_many(owing)
            absence.paid(owing)

    def get(self, key: str, default: Any) -> Any:
        get = super().get
        return self._ask(lambda: get(key, default), otherwise=default)

    def get_many(self, keys: Iterable[str]) -> Any:
        get, nothing = super().get_many, dict[Any, Any]()
        return self._ask(lambda: get(keys), otherwise=nothing)

    def has_key(self, key: str) -> bool:
        has = super().has_key
        return self._ask(lambda: bool(has(key)), otherwise=False)

    def add(self, key: str, value: Any, timeout: Any) -> bool:
        """Nothing stands in the way meanwhile: who takes a key for a lock goes on without one."""
        add = super().add
        return self._ask(lambda: bool(add(key, value, timeout)), otherwise=True)

    def set(self, key: str, value: Any, timeout: Any) -> None:
        put = super().set
        self._ask(lambda: put(key, value, timeout), otherwise=None, changes=[key])

    def set_many(self, data: Any, timeout: Any) -> None:
        put = super().set_many
        self._ask(lambda: put(data, timeout), otherwise=None, changes=data)

    def touch(self, key: str, timeout: Any) -> bool:
        touch = super().touch
        return self._ask(lambda: bool(touch(key, timeout)), otherwise=False)

    def incr(self, key: str, delta: int) -> int:
        """Counts nothing while the server is gone, like a key that is not there."""
        incr = super().incr
        counted: int | None = self._ask(lambda: incr(key, delta), otherwise=None)
        if counted is None:
            raise ValueError(f"Key '{key}' not found.")
        return counted

    def delete(self, key: str) -> bool:
        delete = super().delete
        return self._ask(lambda: bool(delete(key)), otherwise=False, changes=[key])

    def delete_many(self, keys: Iterable[str]) -> None:
        known, delete = tuple(keys), super().delete_many
        self._ask(lambda: delete(known), otherwise=None, changes=known)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, without which every page still works."""

    def __init__(self, server: Any, params: Any) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
