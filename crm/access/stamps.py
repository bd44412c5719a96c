"""Which version of the labels and of the access settings is in force."""

from contextvars import ContextVar

from django.db import connection

_seen: ContextVar[dict[str, int] | None] = ContextVar("stamps", default=None)


def forget_stamps() -> None:
    """Called where a request or a task begins: the next look-up reads the table again."""
    _seen.set(None)


def stamp_of(name: str) -> int:
    """The version of `name`; one query per request for all stamps together."""
    stamps = _seen.get()
    if stamps is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, version FROM crm_stamp")
            stamps = dict(cursor.fetchall())
        _seen.set(stamps)
    return stamps.get(name, 0)
