"""A mistyped word in an app's declaration stops the server with a sentence that names it."""

import importlib
import sys
from dataclasses import replace

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

import crm.wsgi
from cases.app import APP
from cases.models import QueueItem
from crm.access.routes import Policy
from crm.exchange.imports.additions import ImportAddition
from crm.extensions import collecting
from crm.extensions.checks import problems_of_apps
from crm.frame.settings_pages import SettingsPage
from crm.records.merging.pointers import LinkOnMerge, OnMerge, Pointer
from crm.settings.apps import APPS

WORD = "tpyo"
(PAGE,), (BLOCK,), (URLS,), (KIND,) = APP.pages, APP.blocks, APP.urls, APP.kinds
SETTINGS_PAGE = SettingsPage(
    label="X", note="X", icon="x", url_name="settings:home", group="company"
)
IMPORT = ImportAddition(record_type="case")
ALL_BUT_HOME = ("desk:shelf", "desk:queue", "desk:next", "desk:pick", "desk:release")
HEAD = "cases/app.py: cases: "


def nothing(*_args):
    """Stands for an undoer or a handler."""


def changed(part, field, **values):
    return {field: (replace(part, **values),)}


TYPOS = [
    ({"verbs": APP.verbs | {WORD * 11: "x"}}, f"the verb '{WORD * 11}' is longer than 40 letters."),
    (
        {"undoers": {WORD: nothing}},
        "undoers name 'tpyo', which is no verb of any app.",
    ),
    (
        {"undoers": {"case_picked": WORD}},
        "undoers give 'tpyo' for 'case_picked', which is no function.",
    ),
    (
        {"whole_undoers": {WORD: nothing}},
        "whole_undoers name 'tpyo', which is no verb of any app.",
    ),
    ({"subscriptions": ((WORD, nothing),)}, "subscriptions name 'tpyo', which is no event."),
    ({"subscriptions": ((QueueItem, WORD),)}, "subscriptions name 'tpyo', which is no function."),
    (
        changed(PAGE, "pages", icon=WORD),
        "page 'desk:home' has the icon 'tpyo', and there is none of this name.",
    ),
    (
        changed(PAGE, "pages", area=WORD),
        (
            "the area of page 'desk:home' says 'tpyo', which is none of 'sales', 'service', "
            "'marketing'."
        ),
    ),
    (
        changed(PAGE, "pages", group=WORD),
        (
            "the group of page 'desk:home' says 'tpyo', which is none of 'work', 'customers', "
            "'sales', 'collateral', 'service', 'knowledge', 'marketing'."
        ),
    ),
    (
        changed(PAGE, "pages", reads=WORD),
        "page 'desk:home' reads 'tpyo', which is no record type.",
    ),
    (changed(PAGE, "pages", url_name=WORD), "page 'tpyo' leads to no route without arguments."),
    (
        changed(SETTINGS_PAGE, "settings_pages", icon=WORD),
        "settings page 'settings:home' has the icon 'tpyo', and there is none of this name.",
    ),
    (
        changed(SETTINGS_PAGE, "settings_pages", group=WORD),
        (
            "the group of settings page 'settings:home' says 'tpyo', which is none of 'company', "
            "'people', 'records', 'system'."
        ),
    ),
    (
        changed(SETTINGS_PAGE, "settings_pages", url_name=WORD),
        "settings page 'tpyo' leads to no route without arguments.",
    ),
    (
        changed(BLOCK, "blocks", icon=WORD),
        "block 'cases' has the icon 'tpyo', and there is none of this name.",
    ),
    (
        changed(BLOCK, "blocks", template=WORD),
        "block 'cases' has the template 'tpyo', which does not exist.",
    ),
    (
        changed(KIND, "kinds", icon=WORD),
        "kind 'case_reopened' has the icon 'tpyo', and there is none of this name.",
    ),
    (
        changed(KIND, "kinds", label_type=WORD),
        "kind 'case_reopened' is named by 'tpyo', which is no record type.",
    ),
    (
        changed(URLS, "urls", module=WORD),
        "urls name 'tpyo', which cannot be imported: No module named 'tpyo'",
    ),
    (
        changed(URLS, "urls", policies={**URLS.policies, WORD: Policy.READ}),
        "policies name 'tpyo', which is no route of 'cases.urls'.",
    ),
    (
        changed(URLS, "urls", policies={"desk:*": WORD}),
        (
            "the policy of 'desk:*' says 'tpyo', which is none of 'public', 'signed in', "
            "'administrator', 'read', 'create', 'write', 'delete', 'share', 'export', 'assign', "
            "'merge', 'as the action declares', 'create on the type imported into'."
        ),
    ),
    (
        changed(URLS, "urls", policies=dict.fromkeys(ALL_BUT_HOME, Policy.READ)),
        "no policy says who may open the route 'desk:home' of 'cases.urls'.",
    ),
    (
        {"pointers": (Pointer(model=QueueItem, name="case", type_field=WORD),)},
        "a pointer names 'cases.QueueItem.tpyo', which is no field.",
    ),
    (
        {"links_on_merge": (LinkOnMerge(model=QueueItem, name=WORD, on_merge=OnMerge.GOES),)},
        "links_on_merge name 'cases.QueueItem.tpyo', which is no field.",
    ),
    (
        {"links_on_merge": (LinkOnMerge(model=QueueItem, name="id", on_merge=OnMerge.GOES),)},
        "links_on_merge name 'cases.QueueItem.id', which is no link.",
    ),
    (
        changed(IMPORT, "imports", record_type=WORD),
        "imports name 'tpyo', which is no record type.",
    ),
    (
        changed(IMPORT, "imports", aliases={WORD: ("x",)}),
        "import aliases of 'case' name 'tpyo', which is no field.",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), TYPOS, ids=[one for _changes, one in TYPOS])
def test_a_typo_is_named_with_file_app_and_word(changes, sentence):
    declared = collecting.declared | {"cases": replace(APP, **changes)}
    assert problems_of_apps(declared) == [HEAD + sentence]


TWICE = [
    ({"verbs": APP.verbs | {"created": "x"}}, "two verbs have the key 'created'."),
    ({"undoers": {"file_added": nothing}}, "two undoers have the key 'file_added'."),
    (
        {"subscriptions": APP.subscriptions[:1] * 2},
        (
            "two subscriptions have the key "
            "'ActivityLogged -> cases.services.creating.note_first_response'."
        ),
    ),
    ({"kinds": (replace(KIND, key="assigned"),)}, "two kinds have the key 'assigned'."),
    ({"pages": (PAGE, PAGE)}, "two pages have the key 'desk:home'."),
    (
        {"settings_pages": (replace(SETTINGS_PAGE, url_name="imports:list"),)},
        "two settings pages have the key 'imports:list'.",
    ),
    ({"blocks": (replace(BLOCK, key="idle-deals"),)}, "two blocks have the key 'idle-deals'."),
    ({"urls": (URLS, URLS)}, "two urls have the key 'cases.urls'."),
    (
        {"links_on_merge": APP.links_on_merge * 2},
        "two links on merge have the key 'cases.QueueItem.case'.",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), TWICE, ids=[one for _changes, one in TWICE])
def test_what_stands_twice_is_named(changes, sentence):
    declared = collecting.declared | {"cases": replace(APP, **changes)}
    assert problems_of_apps(declared) == [HEAD + sentence]


def test_the_declarations_that_stand_have_no_problem():
    assert list(collecting.declared) == ["crm", *APPS]
    assert problems_of_apps(collecting.declared) == []


def test_the_web_server_does_not_start_with_a_wrong_declaration(monkeypatch):
    monkeypatch.setitem(
        collecting.declared, "cases", replace(APP, **changed(KIND, "kinds", icon=WORD))
    )
    with pytest.raises(ImproperlyConfigured) as refused:
        importlib.reload(crm.wsgi)
    assert str(refused.value) == (
        "cases/app.py: cases: kind 'case_reopened' has the icon 'tpyo', "
        "and there is none of this name."
    )


@pytest.fixture
def app_of(tmp_path, monkeypatch):
    """Reads a declaration of an app called parking, of which only this file exists."""

    def read(content):
        folder = tmp_path / "parking"
        folder.mkdir()
        (folder / "__init__.py").touch()
        if content is not None:
            (folder / "app.py").write_text(f"from crm.extensions.declaration import App\n{content}")
        config = type("Config", (), {"name": "parking", "path": str(folder)})()
        config.module = importlib.import_module("parking")
        real = apps.get_app_config
        monkeypatch.setattr(
            apps, "get_app_config", lambda name: config if name == "parking" else real(name)
        )
        return collecting._read("parking")

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(collecting, "APPS", ("parking",))
    yield read
    for name in [name for name in sys.modules if name.split(".")[0] == "parking"]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "parking/app.py: parking: the app has no declaration, and needs APP = App(...)."),
        ("APPS = App()", "parking/app.py: parking: the file has no APP = App(...)."),
        (
            "APP = App(tpyo={})",
            "parking/app.py: App.__init__() got an unexpected keyword argument 'tpyo'",
        ),
        ("APP = App(verbs=tpyo)", "parking/app.py: name 'tpyo' is not defined"),
        (
            "import cases.verbs\nAPP = App(verbs=cases.verbs.tpyo)",
            "parking/app.py: module 'cases.verbs' has no attribute 'tpyo'",
        ),
        ("from parking.tpyo import VERBS", "parking/app.py: No module named 'parking.tpyo'"),
    ],
)
def test_an_app_that_declares_nothing_or_an_unknown_word_stops_the_start(app_of, content, sentence):
    with pytest.raises(ImproperlyConfigured) as refused:
        app_of(content)
    assert str(refused.value) == sentence
