"""The check for forgotten apps."""

import tomllib
from pathlib import Path

import pytest

from crm.settings.apps import APPS
from tests.checks.app_list import faults, folders, main

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_lists_that_stand_are_equal():
    assert main() == 0


def test_an_app_on_disk_that_nobody_lists_is_named(project):
    found = {*folders(ROOT), "fleet"}
    assert list(faults(project, found, APPS)) == [
        "fleet/ has an apps.py and is not in APPS of crm/settings/apps.py."
    ]


def test_a_list_that_leaves_an_app_out_is_named(project):
    told = list(faults(project, {*APPS, "fleet"}, (*APPS, "fleet")))
    assert "import-linter's root_packages in pyproject.toml leaves out fleet." in told
    assert "mypy's files in pyproject.toml leaves out fleet." in told
    assert "the layers of 'Import down' in pyproject.toml leaves out fleet." in told
