"""Icons: every name that stands in a template or declaration is one that exists."""

import re
from pathlib import Path

import pytest

from crm.settings.apps import ROOMS
from crm.ui.icons import UnknownIcon, icon_names, icon_svg

ROOT = Path(__file__).resolve().parents[3]
IN_TEMPLATES = re.compile(r'{%\s*icon "([a-z0-9-]+)"|{%\s*pill \S+ "[^"]*" "([a-z0-9-]+)"')
IN_DECLARATIONS = re.compile(r'\bicon="([a-z0-9-]+)"')


def names_used():
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for found in IN_TEMPLATES.finditer(path.read_text()):
            yield path.name, found[1] or found[2]
    for app in ROOMS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for found in IN_DECLARATIONS.finditer(path.read_text()):
                yield path.name, found[1]


def test_every_icon_named_exists():
    known = {*icon_names(), "stage-1", "stage-2", "stage-3", "stage-4"}
    assert sorted({used for used in names_used() if used[1] not in known}) == []


def test_an_unknown_icon_fails_loudly():
    with pytest.raises(UnknownIcon):
        icon_svg("no-such-icon")


def test_an_icon_takes_classes_and_says_nothing_to_those_who_listen():
    drawn = icon_svg("phone", "i-14")
    assert drawn.startswith('<svg class="i i-14" viewBox="0 0 24 24" aria-hidden="true"><path ')


def test_a_stage_dial_fills_by_quarters():
    assert icon_svg("stage-2").count("<path") == 1
    assert icon_svg("stage-4").count("<circle") == 2
