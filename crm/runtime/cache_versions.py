"""The versions of settings that many pages read and few writes change: labels, access, settings.

A trigger raises a version with every change, and caches hold the version in their keys
(`crm.runtime.process_cache`). Every request reads all versions in one query; the number of unread
notifications comes along, so that the bell above every page costs no query of its own.
"""

from contextvars import ContextVar

from django.db import connection

UNREAD_SHOWN = 9  # more are counted as one more

_VERSIONS = "SELECT name, version FROM crm_stamp"
_WITH_UNREAD = f"""
{_VERSIONS} UNION ALL SELECT 'unread', count(*) FROM (
    SELECT FROM crm_notification WHERE recipient_id = %s AND read_at IS NULL
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
    """The version of `name`; one query per request for all of them."""
    return _versions().get(name, 0)


def unread_count() -> int:
    """How many notifications the reader of this request has not read; at most one above nine."""
    return _versions().get("unread", 0)


def _versions() -> dict[str, int]:
    versions = _seen.get()
    if versions is None:
        reader_id = _reader.get()
        with connection.cursor() as cursor:
            if reader_id is None:
                cursor.execute(_VERSIONS)
            else:
                cursor.execute(_WITH_UNREAD, [reader_id])
            versions = dict(cursor.fetchall())
        _seen.set(versions)
    return versions
