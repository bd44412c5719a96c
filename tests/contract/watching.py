"""Whether anything at all changed: every row of every table, mail, and work that was queued."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core import mail
from django.db import connection

# A visit leaves these behind, also one that is refused.
VISITS = {"django_session", "crm_recentrecord", "usersessions_usersession", "django_migrations"}


def everything() -> dict[str, tuple[int, str]]:
    """Table -> number of rows and what they say together."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - VISITS)
        parts = [
            f"SELECT '{table}', count(*),"  # noqa: S608  (names of our own tables)
            f" md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))"
            f' FROM "{table}" AS t'
            for table in tables
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return {table: (count, said) for table, count, said in cursor.fetchall()}


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Fails when a row, a mail or a queued task came, went or changed."""
    rows, mails, queued = everything(), len(mail.outbox), len(connection.run_on_commit)
    yield
    now = everything()
    changed = {table: now[table] for table in now if now[table] != rows[table]}
    assert changed == {}, changed
    assert len(mail.outbox) == mails
    assert len(connection.run_on_commit) == queued
