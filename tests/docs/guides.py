"""Follows the guides of docs/ in a folder of its own, over the code as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests.servers import address_of

ROOT = Path(settings.BASE_DIR)
SETTINGS = """
from pathlib import Path

import tests.factories
from crm.settings import apps

{APPS}
apps.APPS = APPS

from crm.settings.test import *

HERE = Path(__file__).parent
TEMPLATES[0]["DIRS"] = [HERE / "templates", *TEMPLATES[0]["DIRS"]]
tests.factories.__path__.append(str(HERE / "tests/factories"))
"""
BLOCK = r"\n\n```\w+\n(.*?)```"


def text_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def apps_of(guide: str) -> str:
    """The line the guide writes into crm/settings/apps.py."""
    return re.search(r"^APPS = .*$", guide, re.M)[0]


def follow(guide: str, folder: Path) -> list[str]:
    """Writes the files a guide spells out and makes the changes it says; returns the files."""
    files = re.findall(rf"^`(\S+)`{BLOCK}", guide, re.S | re.M)
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    for name, line, added in re.findall(
        rf"^In `(\S+)`, below `([^`]+)`{BLOCK}", guide, re.S | re.M
    ):
        path = folder / name
        content = path.read_text()
        assert content.count(f"{line}\n") == 1, line
        path.write_text(content.replace(f"{line}\n", f"{line}\n{added}"))
    for name, added in re.findall(rf"^In `(\S+)`, at the end{BLOCK}", guide, re.S | re.M):
        path = folder / name
        path.write_text(path.read_text() + added)
    return [name for name, _content in files]


def run(folder: Path, *words: str, database: str) -> "subprocess.CompletedProcess[str]":
    """A command that sees the new app; the database server is the one the tests use."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "fleet_settings",
        "DATABASE_URL": address_of("postgres"),
        "TEST_DB_NAME": database,
    }
    for name in [name for name in environment if name.startswith("PYTEST_XDIST")]:
        del environment[name]
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


def run_tests(folder: Path, *words: str, database: str) -> int:
    """Runs tests, of the project or of `folder`; returns how many passed, which must be all."""
    done = run(
        folder,
        *("-m", "pytest", "-n", "0", "-q", "--reuse-db", "--rootdir", str(ROOT)),
        *("-c", str(ROOT / "pyproject.toml"), *words),
        database=database,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    return int(passed[1])
