"""A mistyped word in a declaration stops the server with a sentence that names it."""

import importlib
from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

import crm.wsgi
from crm.pages import urls
from crm.records.checks import problems
from crm.registry.declaration import Action, Column, NamedView, Panel, Place
from crm.registry.links import BUILT_IN_SEGMENTS
from crm.registry.registry import registry

WORD = "tpyo"
CASE = registry.get("case")
STATUS = CASE.status
PANEL = Panel(key="x", label="X", template="records/side_panel.html", load=lambda actor, record: {})
ACTION = Action(key="x", label="X", icon="x", service="crm.activities.services.complete_activity")
VIEW = NamedView(key="x", label="X", select=lambda rows, actor: rows)


def with_column(**values):
    return {"columns": (*CASE.columns, Column(name="resolution_note", **values))}


TYPOS = {
    "a column kind": with_column(accessor="title", kind=WORD),
    "a key field": {"key_fields": (*CASE.key_fields, Column(name=WORD))},
    "a subtitle": {"subtitle": (WORD,)},
    "a link of the record page": {"related": (*CASE.related, WORD)},
    "a link of a column": with_column(accessor="title", related=(WORD,)),
    "rolls_up_to": {"rolls_up_to": (WORD,)},
    "an import field": {"import_fields": (WORD,)},
    "a view's sort": {"views": (*CASE.views, replace(VIEW, sort=f"-{WORD}"))},
    "a panel's place": {"panels": (*CASE.panels, replace(PANEL, place=WORD))},
    "what a panel reads": {"panels": (*CASE.panels, replace(PANEL, reads=WORD))},
    "a place's area": {"places": (Place(area=WORD, group="service"),)},
    "a place's group": {"places": (Place(area="service", group=WORD),)},
    "a colour": {"colour": WORD},
    "an icon": {"icon": WORD},
    "an action's icon": {"actions": (*CASE.actions, replace(ACTION, icon=WORD))},
    "a status' tone": {"status": replace(STATUS, tones={"new": (WORD, "circle")})},
    "a status of the tones": {"status": replace(STATUS, tones={WORD: ("good", "circle")})},
    "a closed state": {"status": replace(STATUS, closed=frozenset({WORD}))},
    "a board's field": {"board": replace(CASE.board, field=WORD)},
    "Column.reads": with_column(accessor="title", reads=(WORD,)),
    "an action's state": {"actions": (*CASE.actions, replace(ACTION, states=(WORD,)))},
    "two actions with one key": {
        "actions": (*CASE.actions, replace(ACTION, key=WORD), replace(ACTION, key=WORD))
    },
    "two views with one key": {
        "views": (*CASE.views, replace(VIEW, key=WORD), replace(VIEW, key=WORD))
    },
    "an action on a built-in page": {"actions": (*CASE.actions, replace(ACTION, key="edit"))},
    "a filter through no relation": {"filters": (*CASE.filters, f"{WORD}__name")},
    "a filter through a field that is no relation": {"filters": (*CASE.filters, f"title__{WORD}")},
    "a field of a section": {"sections": (replace(CASE.sections[0], fields=(WORD,)),)},
    "a dotted function": {"form": f"cases.forms.{WORD}"},
    "a template": {"record_template": f"cases/{WORD}.html"},
}


@pytest.mark.parametrize("changes", TYPOS.values(), ids=TYPOS)
def test_a_typo_is_named_with_file_type_and_word(changes):
    found = list(problems(replace(CASE, **changes)))
    word = "edit" if changes is TYPOS["an action on a built-in page"] else WORD
    assert found
    assert all(one.startswith("cases/record_types/case.py: case: ") for one in found)
    assert any(word in one for one in found)


def test_the_declarations_that_stand_have_no_problem():
    assert [problem for record_type in registry for problem in problems(record_type)] == []


@pytest.mark.parametrize(
    ("column", "argument"),
    [
        (Column(name="title", kind="text"), "kind"),
        (Column(name="owner", related=("owner",)), "related"),
        (Column(name="title", sort="title"), "sort"),
        (Column(name="title", accessor="title"), "accessor"),
    ],
)
def test_what_the_model_says_already_is_refused(column, argument):
    others = tuple(one for one in CASE.columns if one.name != column.name)
    found = list(problems(replace(CASE, columns=(*others, column))))
    assert any(f"column '{column.name}' says {argument}=" in one for one in found)


def test_the_web_server_does_not_start_with_a_wrong_declaration(monkeypatch):
    monkeypatch.setitem(registry.declared, "case", replace(CASE, icon=WORD))
    with pytest.raises(ImproperlyConfigured, match=f"cases/record_types/case.py: case: .*{WORD}"):
        importlib.reload(crm.wsgi)


def test_every_built_in_page_of_a_record_keeps_its_address_from_actions():
    get_resolver()
    prefix = "<type:record_type>/<int:record_id>/"
    built_in = {
        str(pattern.pattern).removeprefix(prefix).split("/")[0]
        for pattern in urls.urlpatterns
        if str(pattern.pattern).startswith(prefix)
    }
    assert built_in - {"", "<slug:action>"} == BUILT_IN_SEGMENTS
