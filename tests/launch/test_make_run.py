"""`make run` for real: fresh data, servers of its own, a second start, and nothing left behind."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from crm.launch.children import stop
from crm.launch.postgres import THROW_AWAY, EmbeddedPostgres
from crm.launch.valkey import EmbeddedValkey, free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
# The goals are 60 s and 8 s on a machine that does nothing else; here other tests run meanwhile.
SLOWEST_FIRST_START = 120
SLOWEST_START = 16
GIVE_UP = 180


@dataclass
class Run:
    """One `make run`, with what it printed."""

    home: Path
    port: int = field(default_factory=free_port)
    extra: dict[str, str] = field(default_factory=dict)

    def start(self) -> "Run":
        self.output = self.home.parent / f"output-{self.port}.txt"
        self.began = time.monotonic()
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                ["make", "run"],
                cwd=ROOT,
                env=bare_environment(CRM_HOME=str(self.home), PORT=str(self.port), **self.extra),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def wait_for(self, text: str) -> None:
        while text not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < self.began + GIVE_UP, self.output.read_text()
            time.sleep(0.05)

    def wait_ready(self) -> "Run":
        self.wait_for("Ready:")
        self.took = time.monotonic() - self.began
        return self

    def stop(self) -> None:
        """As `kill` does: the signal reaches make alone."""
        self.process.terminate()
        self.process.wait(60)

    def press_ctrl_c(self) -> None:
        """As a terminal does: the signal reaches the whole group at once."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(60)

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        return connection.getresponse().status

    def is_healthy(self) -> bool:
        try:
            return self.status("/healthz") == 200
        except OSError:
            return False

    def query(self, sql: str) -> list[tuple[object, ...]]:
        url = EmbeddedPostgres(self.home).url("crm")
        with psycopg.connect(url) as connection:
            return connection.execute(sql).fetchall()


def bare_environment(**extra: str) -> dict[str, str]:
    ours = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "EMAIL_URL")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "PYTHON": sys.executable, "VENV": sys.prefix, **extra}


def processes_of(home: Path) -> list[str]:
    """Whoever was given this CRM_HOME, or data in it on its command line."""
    return [
        folder.name
        for folder in Path("/proc").glob("[0-9]*")
        if f"CRM_HOME={home}" in words(folder / "environ")
        or any(word.startswith(str(home)) for word in words(folder / "cmdline"))
    ]


def words(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").split("\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


def refused(**extra: str) -> list[str]:
    """The lines a start prints that must not succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "crm.launch"],
        cwd=ROOT,
        env=bare_environment(**extra),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr.splitlines()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "crm-home"


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., Run]]:
    """Starts a run, and stops it if the test did not."""
    runs = []

    def started(**extra: str) -> Run:
        runs.append(Run(home, extra=extra).start())
        return runs[-1]

    yield started
    for run in runs:
        if run.process.poll() is None:
            run.stop()


@pytest.fixture(scope="module")
def empty_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A run without the demo company, for tests that leave it as it is."""
    run = Run(tmp_path_factory.mktemp("empty") / "crm-home", extra={"DEMO": "no"}).start()
    try:
        yield run.wait_ready()
    finally:
        run.stop()


def test_a_start_finishes_what_was_interrupted_and_the_next_finds_the_data(start, home):
    interrupted = start()
    interrupted.wait_for("Migrations")
    interrupted.press_ctrl_c()
    assert "Ready" not in interrupted.output.read_text()
    assert processes_of(home) == []

    first = start().wait_ready()
    assert first.took < SLOWEST_FIRST_START
    said = first.output.read_text()
    assert f"  Ready: http://localhost:{first.port}/\n" in said
    assert "  Log in as rep, rep2, agent, marketer, manager, admin; the password is demo.\n" in said
    assert first.status("/healthz") == 200
    assert first.status("/user/login/") == 200

    with psycopg.connect(EmbeddedPostgres(home).url("crm")) as connection:
        connection.execute("CREATE TABLE kept_between_starts AS SELECT 42 AS answer")
    assert len(processes_of(home)) > 6
    first.stop()
    assert processes_of(home) == []

    second = start().wait_ready()
    assert second.took < SLOWEST_START
    assert "demo company" not in second.output.read_text()
    assert second.query("SELECT answer FROM kept_between_starts") == [(42,)]
    assert second.status("/healthz") == 200
    second.press_ctrl_c()
    assert processes_of(home) == []


def test_a_second_start_on_the_same_data_is_refused(empty_run):
    lines = refused(CRM_HOME=str(empty_run.home), PORT=str(free_port()))
    assert len(lines) == 1
    assert lines[0].startswith(f"A CRM with its data in {empty_run.home} is running already. ")
    assert empty_run.status("/healthz") == 200


def test_a_taken_port_is_named(empty_run, tmp_path):
    lines = refused(CRM_HOME=str(tmp_path), PORT=str(empty_run.port))
    assert len(lines) == 1
    assert lines[0].startswith(f"Port {empty_run.port} is taken. ")
    assert list(tmp_path.iterdir()) == []


def test_without_a_demo_company_the_first_user_is_yours_to_create(empty_run):
    said = empty_run.output.read_text()
    assert "demo company" not in said
    assert "Log in as" not in said
    assert "manage.py createsuperuser" in said


def test_killed_outright_the_launcher_leaves_nothing_behind(start, home):
    run = start(DEMO="no").wait_ready()
    launcher = next(
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if parent_of(folder) == run.process.pid
    )
    os.kill(launcher, signal.SIGKILL)
    run.process.wait(30)
    deadline = time.monotonic() + 30
    while processes_of(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(home) == []


def parent_of(folder: Path) -> int | None:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def test_servers_of_the_environment_are_used_and_left_running(start, home, tmp_path):
    server = EmbeddedPostgres(tmp_path / "elsewhere", settings=THROW_AWAY)
    queue = EmbeddedValkey(tmp_path / "elsewhere", durable=False)
    server.start()
    queue.start()
    try:
        server.create_database("customers")
        addresses = {"DATABASE_URL": server.url("customers"), "REDIS_URL": queue.url()}
        run = start(DEMO="no", **addresses).wait_ready()
        assert run.status("/healthz") == 200
        run.stop()
        assert processes_of(home) == []
        assert not (home / "postgres").exists()
        assert not (home / "valkey").exists()
        assert server.answers()
        assert queue.answers()
    finally:
        stop(queue.child)
        stop(server.child)


def test_output_that_nobody_reads_any_more_disturbs_neither_start_nor_stop(home):
    port = free_port()
    piped = subprocess.Popen(
        ["make", "run"],
        cwd=ROOT,
        env=bare_environment(CRM_HOME=str(home), PORT=str(port), DEMO="no"),
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert piped.stdout is not None
    piped.stdout.readline()
    piped.stdout.close()
    run = Run(home, port=port)
    deadline = time.monotonic() + GIVE_UP
    while not run.is_healthy():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    piped.terminate()
    piped.wait(60)
    assert processes_of(home) == []


def test_an_unreachable_database_is_one_line_without_the_password(tmp_path):
    lines = refused(
        CRM_HOME=str(tmp_path),
        PORT=str(free_port()),
        DATABASE_URL="postgresql://crm:secret@127.0.0.1:1/crm",
    )
    assert len(lines) == 1
    assert lines[0].startswith("DATABASE_URL: PostgreSQL at 127.0.0.1:1 refused: ")
    assert "secret" not in lines[0]


def test_an_unreachable_redis_is_one_line_without_the_password(tmp_path):
    lines = refused(
        CRM_HOME=str(tmp_path),
        PORT=str(free_port()),
        REDIS_URL="redis://:secret@127.0.0.1:1/0",
    )
    assert len(lines) == 1
    assert lines[0].startswith("REDIS_URL: Redis at 127.0.0.1:1 refused: ")
    assert "secret" not in lines[0]


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    lines = refused(CRM_HOME=str(tmp_path), PORT=port)
    assert lines == [f"PORT must be a number from 1 to 65535, not {port}."]
