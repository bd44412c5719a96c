"""What a database and a folder of files hold, in figures two of them can be compared by."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import sql

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""
# Every amount of money is numeric; so are rates and quantities, which may be added up as well.
_NUMERIC = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type = 'numeric' ORDER BY table_name, column_name
"""
_LAST_ENTRY = """
SELECT id, verb, record_type, record_id, at::text FROM crm_journalentry ORDER BY id DESC LIMIT 1
"""
_MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Difference:
    """One figure that is not what the manifest says."""

    what: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.what}: {self.expected} in the backup, {self.found} here"


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall()]


def database_facts() -> dict[str, Any]:
    """Rows per table, sums of numeric columns, the last journal entry and what is migrated."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMERIC)
        numeric: dict[str, list[str]] = defaultdict(list)
        for table, column in cursor.fetchall():
            numeric[table].append(column)
        counted = {name: _of_table(cursor, name, numeric[name]) for name in tables()}
        cursor.execute(_LAST_ENTRY)
        entry = cursor.fetchone()
        cursor.execute(_MIGRATIONS)
        migrations = [name for (name,) in cursor.fetchall()]
    return {
        "tables": counted,
        "journal": list(entry) if entry else None,
        "migrations": migrations,
    }


def _of_table(cursor: Any, table: str, columns: list[str]) -> dict[str, Any]:
    sums = [
        sql.SQL("coalesce(sum({}), 0)::text").format(sql.Identifier(column)) for column in columns
    ]
    cursor.execute(
        sql.SQL("SELECT {} FROM public.{}").format(
            sql.SQL(", ").join([sql.SQL("count(*)"), *sums]), sql.Identifier(table)
        )
    )
    rows, *added = cursor.fetchone()
    return {"rows": rows, "sums": dict(zip(columns, added, strict=True))}


def file_facts(folder: Path) -> dict[str, Any]:
    """Size in bytes and SHA-256 of each file, by its path inside the folder."""
    return {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": checksum(path)}
        for path in files_in(folder)
    }


def files_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def checksum(path: Path) -> str:
    made = hashlib.sha256()
    with path.open("rb") as content:
        while chunk := content.read(CHUNK):
            made.update(chunk)
    return made.hexdigest()


def differences(expected: Any, found: Any, what: str = "") -> list[Difference]:
    """Every leaf that differs, is missing or is new."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            difference
            for key in sorted({*expected, *found})
            for difference in differences(
                expected.get(key), found.get(key), f"{what} {key}".strip()
            )
        ]
    return [] if expected == found else [Difference(what, expected, found)]
