"""What a process keeps between requests."""

import pytest

from crm.runtime.process_cache import ProcessCache, clear_process_caches


def counting():
    """A reader that gives 1, then 2, ..."""
    given = []

    def read():
        given.append(None)
        return len(given)

    return read


def test_what_is_kept_is_read_once_for_each_key():
    kept, read = ProcessCache(size=10), counting()
    assert [kept.get(key, read) for key in ("a", "a", "b", "a", "b")] == [1, 1, 2, 1, 2]


def test_what_was_not_asked_for_longest_makes_room():
    kept, read = ProcessCache(size=2), counting()
    for key in ("a", "b", "a", "c"):
        kept.get(key, read)
    assert kept.get("a", read) == 1
    assert kept.get("b", read) == 4


def test_what_could_not_be_read_is_not_kept():
    kept = ProcessCache(size=2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: "there") == "there"


def test_everything_can_be_forgotten():
    kept, read = ProcessCache(size=2), counting()
    kept.get("a", read)
    clear_process_caches()
    assert kept.get("a", read) == 2
