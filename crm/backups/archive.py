"""A backup is a folder: the dump, the files of people, and the manifest.

The dump and the figures of the manifest come from one snapshot of the database, so people go on
working meanwhile. The folder gets its name when everything is in it: what is called so is whole.
"""

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from crm import clock
from crm.backups.facts import (
    Difference,
    checksum,
    database_facts,
    differences,
    file_facts,
    files_in,
    tables,
)
from crm.backups.postgres_tools import run_tool

FORMAT = 1
DUMP, FILES, MANIFEST = "database.dump", "files.tar", "manifest.json"


class BackupTrouble(Exception):
    """Why a backup can't be made or used. The text is for people."""


def make_backup(folder: Path) -> dict[str, Any]:
    """Writes the backup to `folder`, which must not exist; returns its manifest.

    Raises BackupTrouble and ToolTrouble.
    """
    if folder.exists():
        raise BackupTrouble(f"{folder} exists already.")
    partial = folder.with_name(f"{folder.name}.partial")
    partial.mkdir(mode=0o700, parents=True)
    with snapshot() as name:
        dump = str(partial / DUMP)
        run_tool("pg_dump", "--format=custom", f"--snapshot={name}", f"--file={dump}")
        facts = database_facts()
    stored = pack(Path(settings.MEDIA_ROOT), partial / FILES)
    manifest = {
        "format": FORMAT,
        "made_at": clock.now().isoformat(),
        "database": facts,
        "files": stored,
        "parts": {part: checksum(partial / part) for part in (DUMP, FILES)},
    }
    (partial / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False))
    partial.rename(folder)
    return manifest


@contextmanager
def snapshot() -> Iterator[str]:
    """A state of the database that other connections can read as well, while this is open."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def pack(folder: Path, archive: Path) -> dict[str, Any]:
    """Facts of what was packed. A file that is deleted meanwhile is left out."""
    facts: dict[str, Any] = {}
    with tarfile.open(archive, "w") as tar:
        for path in files_in(folder):
            name = str(path.relative_to(folder))
            try:
                tar.add(path, arcname=name)
                facts[name] = {"bytes": path.stat().st_size, "sha256": checksum(path)}
            except FileNotFoundError:
                facts.pop(name, None)
    return facts


def read_manifest(folder: Path) -> dict[str, Any]:
    """Of a backup whose parts are as they were written. Raises BackupTrouble."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise BackupTrouble(f"{folder} holds no backup: {error}") from error
    if manifest.get("format") != FORMAT:
        raise BackupTrouble(f"{folder} was made by another release of the CRM; use that one.")
    for part, expected in manifest["parts"].items():
        path = folder / part
        if not path.exists() or checksum(path) != expected:
            raise BackupTrouble(f"{path} is damaged: its checksum is not the manifest's.")
    return manifest


def restore_backup(folder: Path) -> list[Difference]:
    """Fills an empty database and an empty folder of files, all or nothing of the database.

    Returns what differs from the manifest. Raises BackupTrouble and ToolTrouble.
    """
    read_manifest(folder)
    files = Path(settings.MEDIA_ROOT)
    if tables():
        raise BackupTrouble("The database is not empty. Name another one in DATABASE_URL.")
    if files.exists() and any(files.iterdir()):
        raise BackupTrouble(f"{files} is not empty. Name another folder in FILES_DIR.")
    place = connection.settings_dict["NAME"]
    run_tool(
        "pg_restore",
        *("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"),
        *(f"--dbname={place}", str(folder / DUMP)),
    )
    files.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / FILES) as tar:
        tar.extractall(files, filter="data")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return compare(folder)


def compare(folder: Path) -> list[Difference]:
    """What differs between the backup and this installation. Raises BackupTrouble."""
    manifest = read_manifest(folder)
    if not tables():
        raise BackupTrouble("The database is empty.")
    with transaction.atomic():
        found = database_facts()
    return [
        *differences(manifest["database"], found),
        *differences(manifest["files"], file_facts(Path(settings.MEDIA_ROOT)), "file"),
    ]
