"""What the query string of a list says, and the query strings of its neighbours."""

from urllib.parse import parse_qs

import pytest
from django.http import QueryDict

from crm.conditions.schema import stored
from crm.models import SavedView
from crm.records.lists.address import ListAddress, UnknownParameter, canonical
from crm.records.lists.board_address import BoardAddress
from crm.records.lists.saved_views import pin_view
from crm.registry.registry import registry

pytestmark = pytest.mark.django_db

ENERGY = {"field": "industry", "op": "any_of", "value": ["energy"]}


@pytest.fixture
def read(owner, as_actor):
    def address(query, key="account"):
        actor, record_type = as_actor(owner), registry.get(key)
        return ListAddress(actor=actor, record_type=record_type, query=QueryDict(query))

    return address


@pytest.fixture
def saved(owner):
    return SavedView.objects.create(
        owner=owner,
        record_type="account",
        name="Energy",
        conditions={"base": "mine", "q": "north", "where": {"all": [ENERGY]}},
        columns=["name", "city"],
        sort="-city",
    )


def test_an_address_says_which_rows_in_which_order(read):
    selection = read("view=mine&industry=energy&q=+north+&sort=-city,name").selection
    assert selection.view.key == "mine"
    assert stored(selection.where) == {"all": [ENERGY]}
    assert selection.find == "north"
    assert selection.sort_names == ["-city", "name"]


def test_a_saved_view_counts_until_the_address_narrows_it(read, saved):
    as_saved = read(f"view=s{saved.pk}")
    selection = as_saved.selection
    assert (selection.view.key, selection.find) == ("mine", "north")
    assert stored(selection.where) == {"all": [ENERGY]}
    assert selection.sort_names == ["-city"]
    assert [column.name for column in as_saved.columns] == ["name", "city"]
    assert as_saved.state.urlencode() == f"view=s{saved.pk}&industry=energy&q=north&narrowed=1"
    narrowed = read(as_saved.state.urlencode().replace("energy", "retail")).selection
    assert stored(narrowed.where) == {"all": [{**ENERGY, "value": ["retail"]}]}


def test_the_pinned_view_opens_where_the_address_names_none(read, owner, as_actor):
    pin_view(actor=as_actor(owner), record_type=registry.get("account"), view="mine")
    assert read("").selection.view.key == "mine"
    assert read("view=all").selection.view.key == "all"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("view=none", "This view does not exist any more. Choose another one."),
        ("nonsense=1", "This list does not know the filter “nonsense”."),
        ("cols=name,nonsense", "One of the columns asked for does not exist."),
        ("chart=nonsense", "This chart does not exist. Choose another one."),
    ],
)
def test_what_the_list_does_not_know_is_refused_also_where_rows_are_wanted(read, query, sentence):
    with pytest.raises(UnknownParameter) as refused:
        _ = read(query).selection
    assert str(refused.value) == sentence


def test_neighbours_start_at_the_first_page_and_keep_the_rest(read):
    address = read("view=mine&industry=energy&after=x&preview=7")
    assert address.changed(sort="name") == "view=mine&industry=energy&preview=7&sort=name"
    assert address.changed(industry=None) == "view=mine&preview=7"
    assert address.rows_only == "view=mine&industry=energy"
    assert address.bare == "view=mine"
    assert address.unpreviewed == "view=mine&industry=energy&after=x"
    assert address.previewed == "view=mine&industry=energy&after=x&preview="
    assert parse_qs(address.whole) == {"view": ["mine"], "industry": ["energy"], "cols": ["*"]}
    assert (address.is_first_page, read("view=mine").is_first_page) == (False, True)


def test_the_canonical_address_has_lists_in_one_parameter_and_nothing_empty():
    query = QueryDict("sort=name&sort=-city&q=&cols=&view=all&industry=energy&industry=retail")
    assert canonical(query).urlencode(safe=",") == (
        "sort=name,-city&view=all&industry=energy&industry=retail"
    )


def test_a_board_is_narrowed_as_its_list_and_shows_every_view(owner, as_actor):
    address = BoardAddress(
        actor=as_actor(owner),
        record_type=registry.get("opportunity"),
        query=QueryDict("stage=propose&mine=1&lane=propose&after=x"),
    )
    assert (address.is_mine, address.lane_key, address.after) == (True, "propose", "x")
    assert address.list.selection.view.key == "all"
    assert address.besides_mine == "stage=propose"
    assert address.lane_from("propose", "a:b") == "stage=propose&mine=1&lane=propose&after=a%3Ab"
    assert address.lane_from("propose", "") == ""
