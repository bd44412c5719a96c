"""Whatever an address asks for: an answer, a polite refusal, never an error of ours."""

from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.records.lists.address import OWN_PARAMETERS
from crm.records.lists.filters.sets import parameters
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.watching import nothing_changes

pytestmark = pytest.mark.django_db

TYPES = list(registry)
POLITE = {200, 302, 400, 404}

NASTY = (
    *("", "0", "-1", "1", "99999999999999999999", "1e400", "NaN", "-Infinity", "²", "٣", "1,2"),
    *(
        "\0",
        "a\0bc",
        "\ud800",
        "\ufeff",
        "a" * 5000,
        "%",
        "_",
        "\\",
        "'",
        '"',
        "<x-mark>",
        "{{ 7 }}",
    ),
    *("2026-02-30", "9999-12-31", "0000-00-00", "today", "this_month", "me", "my_teams", "None"),
    *(
        "-name",
        "--name",
        "name,name",
        "-modified_at,name,number,owner",
        "*",
        "__class__",
        "owner__",
    ),
    *("mine", "all", "s1", "s99999999999999999999", "true", "1", "[]", "{}", "null", "../../etc"),
)

words = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))


def bounded(examples):
    """The same few examples at every run."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@st.composite
def queries(draw, names):
    """A few parameters, most of them known ones, with whatever values."""
    name = st.one_of(st.sampled_from(sorted(names)), st.text(min_size=1, max_size=8))
    return draw(st.lists(st.tuples(name, words), max_size=4))


def encoded(pairs):
    def quoted(text):
        return quote_from_bytes(text.encode("utf-8", "surrogatepass"))

    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs)


@pytest.fixture
def boss(admin, sign_in):
    """The client of somebody who sees everything: nothing is refused for want of rights."""
    return sign_in(admin)


@st.composite
def list_addresses(draw):
    record_type = draw(st.sampled_from(TYPES))
    page = draw(
        st.sampled_from(["", "", "", "export.csv", "export.xlsx", "board/", "arrange/", "chart/"])
    )
    names = {*parameters(record_type), *OWN_PARAMETERS, "part", "mine", "board"}
    query = draw(queries(names))
    return f"/{record_type.slug}/{page}?{encoded(query)}"


@bounded(80)
@given(address=list_addresses())
def test_lists_exports_and_boards_answer_whatever_they_are_asked(address, boss):
    response = boss.get(address)
    assert response.status_code in POLITE, address
    if response.streaming:
        assert b"".join(response.streaming_content)


@pytest.mark.parametrize("record_type", [pytest.param(one, id=one.key) for one in TYPES])
def test_a_list_says_400_to_what_it_does_not_know(record_type, boss):
    for query in ("nonsense=1", "sort=nonsense", "cols=nonsense", "view=nonsense", "after=xyz"):
        for page in ("", "export.csv"):
            if page and query.startswith("after"):
                continue  # an export has no pages
            response = boss.get(f"/{record_type.slug}/{page}?{query}")
            assert response.status_code in (400, 404), (page, query)


RECORD_PAGES = {
    "": ("tab", "kind", "after", "field", "before", "at", "panel"),
    "timeline/": ("kind", "after"),
    "edit/": ("panel", "version"),
    "cell/owner/": ("view", "cols", "sort", "q", "after", "preview"),
}


@pytest.fixture
def standing(admin):
    """A record of every type."""
    return {one.key: make_record(one.model, admin) for one in TYPES}


@st.composite
def record_addresses(draw):
    record_type = draw(st.sampled_from(TYPES))
    page = draw(st.sampled_from([*RECORD_PAGES, *(one.key for one in record_type.actions)]))
    names = RECORD_PAGES.get(
        page, ("show", "before", "reason", "as", "value", "panel", "page", "q")
    )
    tabs = ["summary", "history", "files", "access", *(panel.key for panel in record_type.panels)]
    query = draw(queries(names))
    if draw(st.booleans()) and not page:
        query = [("tab", draw(st.sampled_from(tabs))), *query]
    return record_type.key, page if page in RECORD_PAGES else f"{page}/", encoded(query)


@bounded(80)
@given(asked=record_addresses())
def test_record_pages_and_dialogs_answer_whatever_they_are_asked(asked, boss, standing):
    key, page, query = asked
    address = f"/{registry.get(key).slug}/{standing[key].pk}/{page}?{query}"
    response = boss.get(address)
    assert response.status_code in {*POLITE, 405, 409, 422}, address
    if response.streaming:
        b"".join(response.streaming_content)


ELSEWHERE = {
    "/search/": ("q", "format"),
    "/lookup/account/": ("q",),
    "/lookup/principal/": ("q", "me"),
    "/": ("kind", "show", "day"),
    "/recent/": ("q", "after", "page"),
    "/imports/": ("after", "page"),
    "/case-queue/": ("view", "q", "case", "sort"),
    "/case-queue/mine/open/": ("q", "case"),
    "/accounts/bin/": ("after", "before", "q"),
    "/settings/": ("q",),
}


@st.composite
def other_addresses(draw):
    path = draw(st.sampled_from(sorted(ELSEWHERE)))
    return f"{path}?{encoded(draw(queries(ELSEWHERE[path])))}"


@bounded(40)
@given(address=other_addresses())
def test_every_other_page_answers_whatever_it_is_asked(address, boss):
    assert boss.get(address).status_code in POLITE, address


@st.composite
def forms(draw):
    record_type = draw(st.sampled_from(TYPES))
    verbs = ["edit", "assign", "delete", *(a.key for a in record_type.actions if a.works_on_many)]
    page = draw(st.sampled_from([f"bulk/{verb}/" for verb in verbs] + ["views/", "views/pin/"]))
    names = ("ids", "everything", "query", "do", "owner", "name", "change_owner", "is_shared")
    query = encoded(draw(queries({*parameters(record_type), *OWN_PARAMETERS})))
    given_ = draw(st.lists(st.tuples(st.sampled_from(names), words), max_size=4))
    return f"/{record_type.slug}/{page}", [*given_, ("query", query)]


@bounded(50)
@given(sent=forms())
def test_bulk_verbs_and_views_answer_whatever_is_sent(sent, boss):
    address, pairs = sent
    response = boss.post(address, encoded(pairs), content_type="application/x-www-form-urlencoded")
    assert response.status_code in {*POLITE, 422}, (address, pairs)


def test_asking_changes_nothing(boss, standing):
    with nothing_changes():
        for record_type in TYPES:
            for page in ("", "export.csv"):
                boss.get(f"/{record_type.slug}/{page}")
            boss.get(f"/{record_type.slug}/{standing[record_type.key].pk}/?tab=history")
