"""An app registers by its declaration alone."""

import ast
from pathlib import Path

from django.conf import settings

from crm.extensions import collecting
from crm.settings.apps import APPS

ROOT = Path(settings.BASE_DIR)


def imported(path):
    """The names a file imports, as 'module.name'."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_app_calls_what_fills_a_registry():
    filling = {name for name in imported(Path(collecting.__file__)) if ".add_" in name}
    filling |= {"crm.operations.subscribe", "crm.records.merging.pointers.set_on_merge"}
    assert len(filling) == 13
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for name in imported(path)
        if name in filling
    ]
    assert found == []


def test_the_configuration_of_an_app_registers_nothing():
    found = [app for app in APPS if "def ready" in (ROOT / app / "apps.py").read_text()]
    assert found == []
