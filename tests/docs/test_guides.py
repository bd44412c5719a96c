"""The guides of docs/ work when they are followed to the letter."""

import os
import shutil
import tomllib

import psycopg
import pytest

from crm.settings.apps import APPS
from tests.checks.app_list import faults
from tests.docs.guides import ROOT, SETTINGS, apps_of, follow, run, run_tests, text_of
from tests.servers import address_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
TYPE_GUIDE = "adding-a-record-type.md"


@pytest.fixture(scope="module")
def database():
    """Made by the first run of tests, used by the others: verbs and panels migrate nothing."""
    name = f"test_fleet_{os.getpid()}"
    yield name
    with psycopg.connect(address_of("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def fleet_with_type(tmp_path_factory, database):
    """The app as the guide to record types leaves it."""
    folder = tmp_path_factory.mktemp("guides") / "fleet"
    guide = text_of(TYPE_GUIDE)
    follow(guide, folder)
    (folder / "fleet/__init__.py").touch()
    (folder / "conftest.py").write_text("from tests.conftest import *")
    (folder / "fleet_settings.py").write_text(SETTINGS.format(APPS=apps_of(guide)))
    made = run(folder, "manage.py", "makemigrations", "fleet", database=database)
    assert made.returncode == 0, made.stderr
    assert (folder / "fleet/migrations/0001_initial.py").exists()
    return folder


@pytest.fixture
def fleet(fleet_with_type, tmp_path):
    return shutil.copytree(fleet_with_type, tmp_path / "fleet")


def test_six_files_give_a_type_its_list_page_form_export_search_and_access(fleet, database):
    assert run_tests(fleet, "tests/contract", "-k", "vehicle", database=database) >= 50


def test_the_checks_name_the_lists_a_new_app_is_missing_from():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found = list(faults(project, {*APPS, "fleet"}, (*APPS, "fleet")))
    assert "the layers of 'Import down' in pyproject.toml leaves out fleet." in found


def test_an_app_without_a_declaration_does_not_start(fleet, database):
    (fleet / "fleet/app.py").unlink()
    refused = run(fleet, "manage.py", "check", database=database)
    assert refused.returncode == 1
    assert (
        "fleet/app.py: fleet: the app has no declaration, and needs APP = App(...)."
        in refused.stderr
    )


def test_a_verb_has_its_dialog_rights_conflicts_and_sentence(fleet, database):
    files = follow(text_of("adding-a-verb.md"), fleet)
    tests = [str(fleet / name) for name in files if name.startswith("tests/")]
    assert run_tests(fleet, *tests, database=database) == 4
    contract = ("tests/contract/test_stale_versions.py", "tests/contract/test_app_declarations.py")
    assert run_tests(fleet, *contract, "-k", "repair or stand_have", database=database) >= 2


def test_a_panel_stands_on_the_page_of_a_type_below(fleet, database):
    files = follow(text_of("adding-a-panel.md"), fleet)
    tests = [str(fleet / name) for name in files if name.startswith("tests/")]
    assert run_tests(fleet, *tests, database=database) == 2
    contract = "tests/contract/test_declarations.py"
    assert run_tests(fleet, contract, "-k", "stand_have", database=database) == 1
