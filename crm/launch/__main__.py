"""Start everything a working CRM needs, and stop all of it again: `make run`."""

import errno
import fcntl
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import TextIO

from crm.celery import SETTINGS_NAMED
from crm.launch import application, servers
from crm.launch.children import Child, Command, Fork, Program, last_words, wait_until
from crm.launch.console import LogReader, say, step
from crm.launch.faults import LaunchError, StopRequested
from crm.launch.postgres import EmbeddedPostgres
from crm.launch.translations import compile_translations
from crm.launch.valkey import EmbeddedValkey

DATABASE = "crm"
LOGS = ("postgres", "valkey", "demo", "migrate", "web", "worker", "scheduler")


class Launch:
    """One run, from the first check to the last process stopped."""

    def __init__(self) -> None:
        self.home = Path(os.environ.get("CRM_HOME") or application.ROOT / "var").resolve()
        self.address = os.environ.get("HOST") or "127.0.0.1"
        self.port = port_of(os.environ.get("PORT") or "8000")
        self.wants_demo = os.environ.get("DEMO") != "no"
        self.stop_requested = False
        self.servers: list[EmbeddedPostgres | EmbeddedValkey] = []
        self.children: list[Child] = []

    def request_stop(self, *_: object) -> None:
        self.stop_requested = True

    def stopping(self) -> bool:
        return self.stop_requested

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.request_stop)
        refuse_taken_port(self.address, self.port)
        with ExitStack() as stack:
            stack.enter_context(only_start_of(self.home))
            stack.callback(self.stop)
            self.start()
            self.watch()

    def start(self) -> None:
        say("Starting the CRM")
        self.fresh_logs()
        with step("Database and queue"):
            self.start_servers()
        self.mention_opened_folders()
        self.prepare_data()
        with step("Web server, worker and scheduler"):
            self.start_services()
        self.announce()

    def fresh_logs(self) -> None:
        for name in LOGS:
            log = self.home / "logs" / f"{name}.log"
            if log.exists():
                log.replace(log.with_suffix(".log.1"))
        (self.home / "logs").mkdir(exist_ok=True)

    def start_servers(self) -> None:
        """Both begin at once, and the application loads while they get ready."""
        self.begin_postgres()
        self.begin_valkey()
        if not SETTINGS_NAMED:
            os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings.dev"
        os.environ.setdefault("DEBUG", "false")
        os.environ["CRM_HOME"] = str(self.home)
        os.environ["HEALTH_NEEDS_WORKER"] = "true"
        compile_translations()
        application.set_up()
        application.load_services()
        for server in self.servers:
            server.wait_ready(stopping=self.stopping)
            if isinstance(server, EmbeddedPostgres):
                server.create_database(DATABASE)

    def begin_postgres(self) -> None:
        if os.environ.get("DATABASE_URL"):
            servers.check_postgres(os.environ["DATABASE_URL"])
            return
        postgres = EmbeddedPostgres(self.home)
        postgres.begin()
        self.servers.append(postgres)
        os.environ["DATABASE_URL"] = postgres.url(DATABASE)

    def begin_valkey(self) -> None:
        if os.environ.get("REDIS_URL"):
            servers.check_redis(os.environ["REDIS_URL"])
            return
        valkey = EmbeddedValkey(self.home)
        valkey.begin()
        self.servers.append(valkey)
        os.environ["REDIS_URL"] = valkey.url()

    def mention_opened_folders(self) -> None:
        for server in self.servers:
            if isinstance(server, EmbeddedPostgres) and server.opened:
                folders = ", ".join(str(folder) for folder in server.opened)
                say(f"  PostgreSQL cannot run as root; its user may now pass through {folders}")

    def prepare_data(self) -> None:
        if application.has_unapplied_migrations():
            with step("Migrations") as tell:
                self.finish_command("migrate", "--verbosity", "0", tell=tell)
        if self.wants_demo and not application.has_users():
            with step("A demo company to look at, only this once") as tell:
                self.finish_command("demo", "--size", "small", tell=tell)
        application.let_go_of_the_database()

    def finish_command(self, name: str, *arguments: str, tell: Callable[[str], None]) -> None:
        log = self.home / "logs" / f"{name}.log"
        child = Program(
            Command(
                name=name,
                arguments=[*application.MANAGE, name, *arguments],
                environment={"PYTHONUNBUFFERED": "1"},
                log=log,
            )
        )
        self.children.append(child)
        reader = LogReader(log)
        while child.exit_code() is None:
            if self.stop_requested:
                raise StopRequested
            time.sleep(0.05)
            for line in reader.new_lines():
                tell(line)
        self.children.remove(child)
        if child.exit_code():
            raise LaunchError(f"manage.py {name} failed; {log} says why.\n{last_words(child)}")

    def start_services(self) -> None:
        for service in application.services(address=self.address, port=self.port, home=self.home):
            log = self.home / "logs" / service.log
            self.children.append(Fork(name=service.name, log=log, work=service.work))
        wait_until(
            self.healthy,
            children=self.children,
            seconds=60,
            what="The web server",
            stopping=self.stopping,
        )

    def healthy(self) -> bool:
        host = "127.0.0.1" if self.address == "0.0.0.0" else self.address  # noqa: S104
        connection = http.client.HTTPConnection(host, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def announce(self) -> None:
        demo_users = application.demo_users()
        has_users = application.has_users()
        application.let_go_of_the_database()
        say()
        say(f"  Ready: http://localhost:{self.port}/")
        if demo_users:
            say(f"  Log in as {', '.join(demo_users)}; the password is demo.")
        if not has_users:
            self.explain_first_user()
        say(f"  Data and logs: {self.home}")
        say("  Stop with Ctrl-C.")

    def explain_first_user(self) -> None:
        """A database of ours is at an address nobody can guess; one of theirs they know."""
        ours = any(isinstance(server, EmbeddedPostgres) for server in self.servers)
        variables = [f"DJANGO_SETTINGS_MODULE={os.environ['DJANGO_SETTINGS_MODULE']}"]
        if ours:
            variables.append(f"DATABASE_URL='{os.environ['DATABASE_URL']}'")
        say("  Nobody can log in yet. In another terminal:")
        say(f"  {' '.join(variables)} {sys.executable} manage.py createsuperuser")

    def watch(self) -> None:
        """Nothing restarts by itself: what ends early has something to say."""
        while not self.stop_requested:
            for child in (*self.children, *(server.child for server in self.servers)):
                if child.exit_code() is not None and not self.stop_requested:
                    raise LaunchError(
                        f"{child.name} ended unexpectedly; {child.log} says why.\n"
                        f"{last_words(child)}"
                    )
            time.sleep(0.2)

    def stop(self) -> None:
        """The processes first, together; the servers they use last."""
        self.stop_requested = True
        if self.children or self.servers:
            say("\nStopping")
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.wait()
        for server in reversed(self.servers):
            server.stop()


def port_of(text: str) -> int:
    highest = 65535
    if not text.isdecimal() or not 0 < int(text) <= highest:
        raise LaunchError(f"PORT must be a number from 1 to {highest}, not {text}.")
    return int(text)


def refuse_taken_port(address: str, port: int) -> None:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise LaunchError(
                f"Port {port} is taken. Stop what uses it, or choose another: "
                f"make run PORT={port + 1}"
            ) from None
        raise LaunchError(f"Cannot listen on {address}:{port}: {error.strerror}.") from None


def only_start_of(home: Path) -> TextIO:
    """Two starts on one data folder would tear at the same database."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "launch.lock").open("w")
    except OSError as error:
        raise LaunchError(f"Cannot write to {home}: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise LaunchError(
            f"A CRM with its data in {home} is running already. "
            "Set CRM_HOME to another folder for a second one."
        ) from None
    return lock


def main() -> int:
    try:
        Launch().run()
    except StopRequested:
        return 0
    except LaunchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
