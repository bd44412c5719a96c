"""Tables made bare for a large COPY: what would be done row by row is done once for all of them.

Indexes and foreign keys are dropped and made anew from their own definitions, and the triggers of
records rest; what these would have written is written by `Fill`. All of it in one transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

from crm.models import FieldChange

RESTING = ("history", "keep_unit", "number")
SECONDARY = """
SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_index i WHERE i.indrelid = %(table)s::regclass AND NOT i.indisunique
"""
FOREIGN_KEYS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype = 'f'
"""
TRIGGERS = """
SELECT format('ALTER TABLE %%s DISABLE TRIGGER %%I', tgrelid::regclass, tgname),
       format('ALTER TABLE %%s ENABLE TRIGGER %%I', tgrelid::regclass, tgname)
FROM pg_trigger WHERE tgrelid = %(table)s::regclass AND tgname ~ %(resting)s
"""


@contextmanager
def bare(model: type[models.Model], last: list[str]) -> Iterator[frozenset[str]]:
    """Gives the names of the record triggers that rest meanwhile.

    `last` takes the statements that make the foreign keys anew, to be run when all tables are
    full: lines may come before their documents.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    resting = f"^pgtrigger_({'|'.join(RESTING)})_"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        undone: list[str] = []
        for query, later in ((TRIGGERS, undone), (SECONDARY, undone), (FOREIGN_KEYS, last)):
            cursor.execute(query, {"table": table, "resting": resting})
            for take_away, put_back in cursor.fetchall():
                cursor.execute(take_away)
                later.append(put_back)
    yield frozenset(name for name in RESTING if any(f"pgtrigger_{name}_" in one for one in undone))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for put_back in undone:
            cursor.execute(put_back)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def link_up(last: list[str]) -> None:
    """Makes the foreign keys anew, each checked by one join."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        while last:
            cursor.execute(last.pop(0))


def write_history(first_keys: dict[type[Any], int]) -> None:
    """The lines the history trigger would have written for what was copied."""
    with bare(FieldChange, []), connection.cursor() as cursor:
        for model, first in first_keys.items():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                "INSERT INTO crm_fieldchange (record_type, record_id, version, event, changes, at) "  # noqa: S608
                f"SELECT %s, id, version, 'insert', '{{}}', created_at FROM {table} "
                "WHERE id >= %s ORDER BY id",
                [model._meta.model_name, first],
            )
