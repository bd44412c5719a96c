"""The versions of settings that many pages read and few writes change: labels, access, types.

A trigger raises a version with every change, and caches hold the version in their keys
(`crm.runtime.process_cache`). Every request reads all versions in one query; the version of what
its reader may and the number of unread notifications come along, and cost no query of their own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from django.db import OperationalError, connection

UNREAD_SHOWN = 9  # more are counted as one more

_TABLE = "crm_stamp"
_VERSIONS = f"SELECT name, version FROM {_TABLE}"  # noqa: S608  (parts of our own)
_OWN_ACCESS = "own access"
_OF_READER = f"""
{_VERSIONS}
UNION ALL SELECT '{_OWN_ACCESS}', version FROM crm_accessversion WHERE user_id = %(reader)s
UNION ALL SELECT 'unread', count(*) FROM (
    SELECT FROM crm_notification WHERE recipient_id = %(reader)s AND read_at IS NULL
    LIMIT {UNREAD_SHOWN + 1}
) AS unread
"""  # noqa: S608  (parts of our own)

_reader: ContextVar[int | None] = ContextVar("cache_versions_reader", default=None)
_seen: ContextVar[dict[str, int] | None] = ContextVar("cache_versions", default=None)


def reset_cache_versions(reader_id: int | None = None) -> None:
    """Called where a request or a task begins: the next look-up reads the table again."""
    _seen.set(None)
    _reader.set(reader_id)


def cache_version(name: str) -> int:
    """The version of `name`, 0 before its first change; one query per request for all of them."""
    return _versions().get(name, 0)


def access_version(user_id: int | None) -> tuple[str, int]:
    """The version of what a user may.

    The reader of this request has one of their own; for anybody else that of all users counts.
    """
    if user_id is not None and user_id == _reader.get():
        return _OWN_ACCESS, _versions().get(_OWN_ACCESS, 0)
    return "access", cache_version("access")


def unread_count() -> int:
    """How many notifications the reader of this request has not read; at most one above nine."""
    return _versions().get("unread", 0)


@contextmanager
def without_cache_versions() -> Iterator[None]:
    """Within it every version is 0 and no query reads them: for code that runs where no connection
    may be opened, as in a server that has still to fork."""
    before = _seen.get()
    _seen.set({})
    try:
        yield
    finally:
        _seen.set(before)


def _versions() -> dict[str, int]:
    versions = _seen.get()
    if versions is None:
        versions = _read() if _has_table() else {}
        _seen.set(versions)
    return versions


def _read() -> dict[str, int]:
    reader_id = _reader.get()
    with connection.cursor() as cursor:
        if reader_id is None:
            cursor.execute(_VERSIONS)
        else:
            cursor.execute(_OF_READER, {"reader": reader_id})
        return dict(cursor.fetchall())


def _has_table() -> bool:
    """System checks and the first migration ask before there is a database, or the table."""
    try:
        _look_up_table()
    except LookupError:
        return False
    return True


@cache
def _look_up_table() -> None:
    """Raises LookupError as long as there is no table; that it is there is looked up once."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise LookupError("There is no database yet.") from error
    if _TABLE not in connection.introspection.table_names():
        raise LookupError("The table does not exist yet.")
