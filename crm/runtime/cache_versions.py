"""Which version of the labels and of the access settings is in force.

Every request asks for that once; how much a signed-in reader has to be told comes along, so that
the bell above every page costs no query of its own.
"""

from contextvars import ContextVar

from django.db import connection

UNREAD_SHOWN = 9  # more are counted as one more

_STAMPS = "SELECT name, version FROM crm_stamp"
_WITH_UNREAD = f"""
{_STAMPS} UNION ALL SELECT 'unread', count(*) FROM (
    SELECT FROM crm_notification WHERE recipient_id = %s AND read_at IS NULL
    LIMIT {UNREAD_SHOWN + 1}
) AS unread
"""  # noqa: S608  (parts of our own)

_reader: ContextVar[int | None] = ContextVar("stamps_reader", default=None)
_seen: ContextVar[dict[str, int] | None] = ContextVar("stamps", default=None)


def forget_stamps(reader_id: int | None = None) -> None:
    """Called where a request or a task begins: the next look-up reads the table again."""
    _seen.set(None)
    _reader.set(reader_id)


def stamp_of(name: str) -> int:
    """The version of `name`; one query per request for all stamps together."""
    return _stamps().get(name, 0)


def unread_count() -> int:
    """How many notifications the reader of this request has not read; at most one above nine."""
    return _stamps().get("unread", 0)


def _stamps() -> dict[str, int]:
    stamps = _seen.get()
    if stamps is None:
        reader_id = _reader.get()
        with connection.cursor() as cursor:
            if reader_id is None:
                cursor.execute(_STAMPS)
            else:
                cursor.execute(_WITH_UNREAD, [reader_id])
            stamps = dict(cursor.fetchall())
        _seen.set(stamps)
    return stamps
