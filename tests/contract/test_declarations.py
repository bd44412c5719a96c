"""A mistyped word in a declaration stops the server with a sentence that names it."""

import importlib
from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Value
from django.urls import get_resolver

import crm.wsgi
from crm.pages import urls
from crm.records.checks import problems
from crm.registry.declaration import (
    Action,
    Chart,
    Column,
    Deadline,
    NamedView,
    Panel,
    Place,
    Status,
)
from crm.registry.links import BUILT_IN_SEGMENTS
from crm.registry.registry import Addition, Registry, registry

WORD = "tpyo"
CASE = registry.get("case")
STATUS = CASE.status
PANEL = Panel(key="x", label="X", template="records/side_panel.html", load=lambda actor, record: {})
ACTION = Action(key="x", label="X", icon="x", service="crm.activities.services.complete_activity")
VIEW = NamedView(key="x", label="X", select=lambda rows, actor: rows)


def with_column(**values):
    return {"columns": (*CASE.columns, Column(name="resolution_note", **values))}


TYPOS = {
    "a column kind": (
        with_column(accessor="title", kind=WORD),
        (
            "the kind of column 'resolution_note' says 'tpyo', which is none of 'text', 'link', "
            "'money', 'number', 'percent', 'date', 'moment', 'choice', 'pill', 'stage', 'person', "
            "'record', 'bool', 'email', 'web', 'many'."
        ),
    ),
    "a key field": (
        {"key_fields": (*CASE.key_fields, Column(name=WORD))},
        "column 'tpyo' shows 'tpyo', which is no field.",
    ),
    "an accessor": (
        with_column(accessor=f"account.{WORD}"),
        "column 'resolution_note' shows 'account.tpyo', which is no field.",
    ),
    "an accessor beside a template": (
        with_column(accessor=WORD, template="cases/priority.html"),
        "column 'resolution_note' shows 'tpyo', which is no field.",
    ),
    "an accessor beside what it reads": (
        with_column(accessor=WORD, reads=("title",)),
        "column 'resolution_note' shows 'tpyo', which is no field.",
    ),
    "an accessor beside an annotation": (
        with_column(accessor=WORD, annotate=lambda rows: rows.annotate(typo=Value(1))),
        "column 'resolution_note' shows 'tpyo', which is no field.",
    ),
    "a deadline's field": (
        with_column(accessor="title", deadline=Deadline(field=WORD, values=frozenset())),
        "column 'resolution_note' reads 'tpyo', which is no field.",
    ),
    "a deadline's value": (
        with_column(accessor="title", deadline=Deadline(field="state", values=frozenset({WORD}))),
        "the deadline of column 'resolution_note' names 'tpyo', which is no choice of 'state'.",
    ),
    "a subtitle": ({"subtitle": (WORD,)}, "the subtitle names 'tpyo', which is no field."),
    "a link of the record page": (
        {"related": (*CASE.related, WORD)},
        "related names 'tpyo', which is no link.",
    ),
    "a link of a column": (
        with_column(accessor="title", related=(WORD,)),
        "related of column 'resolution_note' names 'tpyo', which is no link.",
    ),
    "rolls_up_to": (
        {"rolls_up_to": (WORD,)},
        "rolls_up_to names 'tpyo', which is no link to a record.",
    ),
    "an import field": (
        {"import_fields": (WORD,)},
        "import_fields names 'tpyo', which is no field.",
    ),
    "a view's sort": (
        {"views": (*CASE.views, replace(VIEW, sort=f"-{WORD}"))},
        "view 'x' sorts by '-tpyo', which no column can be sorted by.",
    ),
    "a panel's place": (
        {"panels": (*CASE.panels, replace(PANEL, place=WORD))},
        "the place of panel 'x' says 'tpyo', which is none of 'top', 'main', 'side', 'tab'.",
    ),
    "what a panel reads": (
        {"panels": (*CASE.panels, replace(PANEL, reads=WORD))},
        "panel 'x' reads 'tpyo', which is no record type.",
    ),
    "a panel's template": (
        {"panels": (*CASE.panels, replace(PANEL, template=f"cases/{WORD}.html"))},
        "the template 'cases/tpyo.html' does not exist.",
    ),
    "a place's area": (
        {"places": (Place(area=WORD, group="service"),)},
        "the area of a place says 'tpyo', which is none of 'sales', 'service', 'marketing'.",
    ),
    "a place's group": (
        {"places": (Place(area="service", group=WORD),)},
        (
            "the group of a place says 'tpyo', which is none of 'work', 'customers', 'sales', "
            "'collateral', 'service', 'knowledge', 'marketing'."
        ),
    ),
    "a colour": (
        {"colour": WORD},
        (
            "the colour says 'tpyo', which is none of 'account', 'activity', 'campaign', 'case', "
            "'contact', 'lead', 'opportunity', 'product', 'quote'."
        ),
    ),
    "an icon": (
        {"icon": WORD},
        "the type has the icon 'tpyo', and there is none of this name.",
    ),
    "an action's icon": (
        {"actions": (*CASE.actions, replace(ACTION, icon=WORD))},
        "action 'x' has the icon 'tpyo', and there is none of this name.",
    ),
    "a status without choices": (
        {"status": Status(field="title")},
        "the status is 'title', which is no field with choices.",
    ),
    "a status that is no field": (
        {"status": Status(field=WORD)},
        "the status is 'tpyo', which is no field with choices.",
    ),
    "a status' tone": (
        {"status": replace(STATUS, tones={"on_hold": (WORD, "circle")})},
        (
            "the tone of status 'on_hold' says 'tpyo', which is none of '', 'accent', 'good', "
            "'warn', 'bad'."
        ),
    ),
    "a status of the tones": (
        {"status": replace(STATUS, tones={WORD: ("good", "circle")})},
        "status tones name 'tpyo', which is no choice of 'reason'.",
    ),
    "a closed state": (
        {"status": replace(STATUS, closed=frozenset({WORD}))},
        "closed states name 'tpyo', which is no choice of 'reason'.",
    ),
    "a board's field": (
        {"board": replace(CASE.board, field=WORD)},
        "the board names 'tpyo', which is no field.",
    ),
    "Column.reads": (
        with_column(accessor="title", reads=(WORD,)),
        "column 'resolution_note' reads 'tpyo', which is no field.",
    ),
    "an action's state": (
        {"actions": (*CASE.actions, replace(ACTION, states=(WORD,)))},
        "action 'x' names the state 'tpyo', which is no choice.",
    ),
    "two actions with one key": (
        {"actions": (*CASE.actions, replace(ACTION, key=WORD), replace(ACTION, key=WORD))},
        "two actions have the key 'tpyo'.",
    ),
    "two views with one key": (
        {"views": (*CASE.views, replace(VIEW, key=WORD), replace(VIEW, key=WORD))},
        "two views have the key 'tpyo'.",
    ),
    "an action on a built-in page": (
        {"actions": (*CASE.actions, replace(ACTION, key="edit"))},
        "action 'edit' has the address of a built-in page; call it otherwise.",
    ),
    "a filter through no relation": (
        {"filters": (*CASE.filters, f"{WORD}__name")},
        "filters name 'tpyo__name', which leads to no field.",
    ),
    "a filter through a field that is no relation": (
        {"filters": (*CASE.filters, f"title__{WORD}")},
        "filters name 'title__tpyo', which leads to no field.",
    ),
    "a field of a section": (
        {"sections": (replace(CASE.sections[0], fields=(WORD,)),)},
        "section 'case' names 'tpyo', which is no field.",
    ),
    "a dotted function": (
        {"form": f"cases.forms.{WORD}"},
        (
            "'cases.forms.tpyo' cannot be imported: "
            'Module "cases.forms" does not define a "tpyo" attribute/class'
        ),
    ),
    "what a chart counts only": (
        {"charts": (Chart(key="x", by="reason", only={WORD: "x"}),)},
        "The chart 'x' of case needs the filter 'tpyo'.",
    ),
}


@pytest.mark.parametrize(("changes", "sentence"), TYPOS.values(), ids=TYPOS)
def test_a_typo_is_named_with_file_type_and_word(changes, sentence):
    found = list(problems(replace(CASE, **changes)))
    assert found == [f"cases/record_types/case.py: case: {sentence}"]


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        (
            replace(PANEL, icon=WORD),
            "panel 'x' has the icon 'tpyo', and there is none of this name.",
        ),
        (replace(ACTION, key="resolve"), "two actions have the key 'resolve'."),
    ],
)
def test_what_is_wrong_with_an_addition_is_said_of_the_file_that_adds_it(
    monkeypatch, part, sentence
):
    additions = [*registry.additions_to("case"), Addition("service/record_types/article.py", part)]
    monkeypatch.setitem(registry._additions, "case", additions)
    found = list(problems(additions[-1].added_to(CASE)))
    assert found == [f"service/record_types/article.py: case: {sentence}"]


def test_every_addition_names_the_file_that_adds_it():
    files = {one.file for one in registry.additions_to("case")}
    assert files == {
        "service/record_types/article.py",
        "service/record_types/contract.py",
        "crm/records/merging/merged_records.py",
    }


def test_an_addition_to_no_record_type_stops_the_start():
    emptied = Registry()
    emptied.add_panel(WORD, PANEL)
    with pytest.raises(ImproperlyConfigured) as refused:
        emptied.freeze()
    assert str(refused.value) == (
        "tests/contract/test_declarations.py: 'x' is added to 'tpyo', which is no record type."
    )


def test_a_type_or_slug_that_is_declared_twice_stops_the_start():
    twice = Registry()
    twice.register(CASE)
    with pytest.raises(ImproperlyConfigured) as refused:
        twice.register(replace(registry.declared["lead"], slug=CASE.slug))
    assert str(refused.value) == (
        "tests/contract/test_declarations.py: lead: the slug 'cases' is declared in "
        "tests/contract/test_declarations.py already."
    )


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
    with pytest.raises(ImproperlyConfigured) as refused:
        importlib.reload(crm.wsgi)
    assert str(refused.value) == (
        "cases/record_types/case.py: case: the type has the icon 'tpyo', "
        "and there is none of this name."
    )


def test_every_built_in_page_of_a_record_keeps_its_address_from_actions():
    get_resolver()
    prefix = "<type:record_type>/<int:record_id>/"
    built_in = {
        str(pattern.pattern).removeprefix(prefix).split("/")[0]
        for pattern in urls.urlpatterns
        if str(pattern.pattern).startswith(prefix)
    }
    assert built_in - {"", "<slug:action>"} == BUILT_IN_SEGMENTS
