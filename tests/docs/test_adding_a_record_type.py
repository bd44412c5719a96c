"""Follows docs/adding-a-record-type.md to the letter, in a temporary app of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.servers import address_of

ROOT = Path(settings.BASE_DIR)
GUIDE = ROOT / "docs/adding-a-record-type.md"
SETTINGS = """
from crm.settings.test import *

INSTALLED_APPS = [name for name in INSTALLED_APPS if name != "crm.apps.DeclarationsConfig"]
INSTALLED_APPS += ["fleet", "crm.apps.DeclarationsConfig"]
"""


def files_of(guide):
    """The files the guide spells out: path -> content."""
    return dict(re.findall(r"`(fleet/\w+\.py)`\n\n```python\n(.*?)```", guide, re.S))


def run(folder, *words):
    """A command that sees the new app; the database server is the one the tests use."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "fleet_settings",
        "DATABASE_URL": address_of("postgres"),
        "TEST_DB_NAME": f"test_fleet_{os.getpid()}",
    }
    for name in [name for name in environment if name.startswith("PYTEST_XDIST")]:
        del environment[name]
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def fleet(tmp_path):
    (tmp_path / "fleet").mkdir()
    (tmp_path / "fleet/__init__.py").touch()
    (tmp_path / "fleet_settings.py").write_text(SETTINGS)
    for name, content in files_of(GUIDE.read_text()).items():
        (tmp_path / name).write_text(content)
    return tmp_path


@pytest.mark.slow
@pytest.mark.django_db
def test_five_files_give_a_type_its_list_page_form_export_search_and_access(fleet):
    assert set(files_of(GUIDE.read_text())) == {
        "fleet/models.py",
        "fleet/forms.py",
        "fleet/record_types.py",
    }
    made = run(fleet, "manage.py", "makemigrations", "fleet")
    assert made.returncode == 0, made.stderr
    migration = fleet / "fleet/migrations/0001_initial.py"
    text = migration.read_text()
    assert "CreateModel" in text
    text = "from crm.database.series import add_number_series\n" + text.replace(
        "operations = [", "operations = [\n        *add_number_series('vehicle', 'VEH-'),", 1
    )
    migration.write_text(text)
    tested = run(
        fleet, "-m", "pytest", "tests/contract", "-k", "vehicle", "-n", "0", "-q", "--create-db"
    )
    assert tested.returncode == 0, tested.stdout[-3000:] + tested.stderr[-2000:]
    passed = re.search(r"(\d+) passed", tested.stdout)
    assert passed is not None
    assert int(passed[1]) >= 50
