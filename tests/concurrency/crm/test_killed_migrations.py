"""A migration without a transaction that was killed at any step goes on at the next `migrate`."""

import threading

import psycopg
import pytest
from django.contrib.postgres.operations import ValidateConstraint
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AlterField

from crm.database.repeatable import AddCheckNotValid, BuildIndex, DropCheck, DropIndex
from crm.settings.apps import ROOMS
from tests.copies import new_database, working_in
from tests.servers import address_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.unannounced]

# An AlterField among them may change nothing in the database, such as choices.
REPEATABLE = (AddCheckNotValid, AlterField, BuildIndex, DropCheck, DropIndex, ValidateConstraint)
WAITS = """
SELECT pid FROM pg_stat_activity
WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'
  AND datname = current_database()
"""


def loader():
    return MigrationLoader(None)


def without_transaction():
    found = loader().disk_migrations
    return [key for key, migration in found.items() if key[0] in ROOMS and not migration.atomic]


def apply(key):
    """Carries out a migration whether or not it is noted as applied, as after a kill."""
    migrations = loader()
    state = migrations.project_state([key], at_end=False)
    with connection.schema_editor(atomic=False) as editor:
        migrations.disk_migrations[key].apply(state, editor)


CATALOGUE = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid
FROM pg_index JOIN pg_class c ON c.oid = indexrelid
WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""
INVALIDATE = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)"


def catalogue():
    """Every index with its definition and validity, every check with whether it was validated."""
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE)
        return sorted(cursor.fetchall())


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def names(key, kind):
    found = [one for one in loader().disk_migrations[key].operations if isinstance(one, kind)]
    return [one.index.name if kind is BuildIndex else one.constraint.name for one in found]


@pytest.mark.parametrize("key", sorted(without_transaction()), ids=".".join)
def test_every_step_of_a_migration_without_a_transaction_can_be_repeated(key):
    wrong = [
        one for one in loader().disk_migrations[key].operations if not isinstance(one, REPEATABLE)
    ]
    assert wrong == []


def test_whatever_was_done_before_the_kill_the_end_is_the_same():
    with new_database(connection.settings_dict["NAME"]) as copy, working_in(copy):
        expected = catalogue()
        for key in sorted(without_transaction()):
            apply(key)  # all was done, and not noted
            for name in names(key, BuildIndex):
                run(INVALIDATE, name)
            apply(key)  # killed while it built
            for name in names(key, BuildIndex):
                run(f"DROP INDEX {name}")
            apply(key)  # killed before
        assert catalogue() == expected


def test_a_killed_build_is_begun_anew():
    key = ("accounts", "0003_covering_indexes")
    with new_database(connection.settings_dict["NAME"]) as copy, working_in(copy):
        expected = catalogue()
        run("DROP INDEX account_industry")
        with psycopg.connect(address_of(copy)) as writer:
            writer.execute("LOCK TABLE accounts_account IN ROW EXCLUSIVE MODE")
            killer = threading.Thread(target=kill_the_build, args=(copy,))
            killer.start()
            with pytest.raises(OperationalError):
                apply(key)
            killer.join()
        connection.close()
        invalid = [name for name, _definition, is_valid in catalogue() if not is_valid]
        assert invalid == ["account_industry"]
        apply(key)
        assert catalogue() == expected


def kill_the_build(database):
    """As soon as it waits for the writer."""
    with psycopg.connect(address_of(database), autocommit=True) as other:
        while (found := other.execute(WAITS).fetchone()) is None:
            pass
        other.execute("SELECT pg_terminate_backend(%s)", found)
