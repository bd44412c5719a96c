"""Every static check: `make check`. All of them run, also after one has failed.

`--quick` leaves out those that load the application: `make quick`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crm.launch.children import stop
from crm.launch.console import say
from crm.launch.postgres import THROW_AWAY, EmbeddedPostgres
from crm.settings.apps import ROOMS
from tests.checks.advisories import NOT_CHECKED

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
TEST_SETTINGS = {"DJANGO_SETTINGS_MODULE": "crm.settings.test", "LOG_LEVEL": "WARNING"}
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "crm.settings.production",
    "SECRET_KEY": "only for this check: long enough, of many different letters 0123456789",
    "ALLOWED_HOSTS": "crm.example.com",
    "EMAIL_URL": "smtp://localhost",
}


@dataclass(frozen=True)
class Check:
    title: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def checks() -> Iterator[Check]:
    templates = [str(path) for path in sorted(ROOT.glob("templates/**/*.html"))]
    yield Check("Layout of the code", [tool("ruff"), "format", "--check", "--quiet", "."])
    yield Check("Lint", [tool("ruff"), "check", "--quiet", "."])
    yield Check(
        "Layout of the templates", [tool("djade"), "--target-version=5.2", "--check", *templates]
    )
    yield Check("Templates hold no code", module("tests.checks.templates"))
    yield Check("Scripts and styles", module("tests.checks.biome"))
    yield Check("Request data stays out of queries", module("tests.checks.request_data"))
    yield Check("Versions are looked at", module("tests.checks.unused_version"))
    yield Check("No type is cached for good", module("tests.checks.cached_types"))
    yield Check("Every app is listed", module("tests.checks.app_list"))
    yield Check("What documents name exists", module("tests.checks.documents"))
    yield Check("Dead code", module("tests.checks.dead_code"))
    yield Check("Length of files", module("tests.checks.file_length"))
    yield Check("Known vulnerabilities", module("tests.checks.advisories"))
    yield Check("Which way imports run", [tool("lint-imports"), "--no-logo"])
    yield Check("Types", [tool("mypy")], TEST_SETTINGS)
    yield Check(
        "Models match migrations", manage("makemigrations", "--check", "--dry-run"), TEST_SETTINGS
    )
    yield Check(
        "Migrations are safe",
        manage("lintmigrations", "--no-cache", "--include-apps", *ROOMS),
        TEST_SETTINGS,
    )
    yield Check(
        "Ready to deploy", manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION
    )


def tool(name: str) -> str:
    return str(BIN / name)


def module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


@contextmanager
def database() -> Iterator[None]:
    """Two checks ask a server how it would write SQL; any will do."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    home = Path(tempfile.mkdtemp(prefix="crm-checks-"))
    server = EmbeddedPostgres(home, settings=THROW_AWAY)
    server.start()
    os.environ["DATABASE_URL"] = server.url("postgres")
    try:
        yield
    finally:
        stop(server.child)
        shutil.rmtree(home)


def passes(check: Check) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **check.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.monotonic() - began
    verdict = "ok" if done.returncode == 0 else "FAILED"
    if done.returncode == 0 and NOT_CHECKED in done.stdout:
        verdict = "?"
    say(f"{check.title:.<45} {verdict:>6} {took:6.1f} s")
    if verdict == "?":
        say(done.stdout.strip())
    if done.returncode:
        say(f"$ {' '.join(str(word) for word in check.command[:6])}")
        say(f"{done.stdout}{done.stderr}")
    return done.returncode == 0


def main(arguments: Sequence[str] = ()) -> int:
    if "--quick" in arguments:
        verdicts = [passes(check) for check in checks() if not check.environment]
    else:
        with database():
            verdicts = [passes(check) for check in checks()]
    failed = verdicts.count(False)
    say(f"{failed} of {len(verdicts)} checks failed." if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
