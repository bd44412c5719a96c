"""Views people save, share, rename, pin and delete."""

import re

import pytest

from crm.models import PinnedView, SavedView
from tests.factories.accounts import make_account
from tests.markup import tight

pytestmark = pytest.mark.django_db

QUERY = "view=all&city=Lyon&owner=me&q=au&sort=-name&cols=name,city,phone"


@pytest.fixture
def browser(owner, sign_in):
    return sign_in(owner)


def save(client, **data):
    return client.post("/accounts/views/", {"name": "Lyon", "query": QUERY, **data})


def names(response):
    return re.findall(
        r'role="rowheader" class="cut"><a [^>]*>([^<]*)</a>', tight(response.content.decode())
    )


def chips(response):
    found = re.findall(
        r'<span class="op">([^<]*)</span> <b>([^<]*)</b></span> ?<a href="\?([^"]*)"',
        tight(response.content.decode()),
    )
    return [(lead, value, query.replace("&amp;", "&")) for lead, value, query in found]


def test_a_saved_view_holds_conditions_columns_and_order(browser, owner):
    response = save(browser)
    view = SavedView.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/accounts/?view=s{view.pk}")
    assert (view.owner_id, view.record_type, view.name) == (owner.pk, "account", "Lyon")
    assert view.conditions == {
        "base": "all",
        "q": "au",
        "where": {
            "all": [
                {"field": "city", "op": "contains", "value": "Lyon"},
                {"field": "owner", "op": "any_of", "value": ["me"]},
            ]
        },
    }
    assert view.columns == ["name", "city", "phone"]
    assert view.sort == "-name"
    assert not view.is_shared


def test_opening_a_saved_view_shows_what_was_saved(browser, owner, teammate):
    make_account(owner, name="Aurelis", city="Lyon")
    make_account(owner, name="Aurora", city="Lyon")
    make_account(owner, name="Auriga", city="Oslo")
    make_account(teammate, name="Aurum", city="Lyon")
    save(browser)
    view = SavedView.objects.get()
    response = browser.get(f"/accounts/?view=s{view.pk}")
    assert names(response) == ["Aurora", "Aurelis"]
    text = tight(response.content.decode())
    assert "<title>Lyon · " in text
    assert 'name="q" maxlength="200" value="au"' in text
    without = f"view=s{view.pk}&q=au&narrowed=1"
    assert [chip[:2] for chip in chips(response)] == [
        ("City contains", "“Lyon”"),
        ("Owner is", "me"),
    ]
    for (_lead, _value, query), rest in zip(
        chips(response), ("owner=me", "city=Lyon"), strict=True
    ):
        assert sorted(query.split("&")) == sorted([*without.split("&"), rest])


def test_a_saved_view_can_be_narrowed_otherwise_without_changing_it(browser, owner):
    make_account(owner, name="Aurelis", city="Lyon")
    make_account(owner, name="Auriga", city="Oslo")
    save(browser)
    view = SavedView.objects.get()
    key = f"s{view.pk}"
    assert names(browser.get(f"/accounts/?view={key}&narrowed=1&q=au")) == ["Auriga", "Aurelis"]
    assert names(browser.get(f"/accounts/?view={key}&narrowed=1&city=Oslo")) == ["Auriga"]
    assert SavedView.objects.get().conditions == view.conditions


def test_saving_again_under_the_name_replaces_the_view(browser):
    save(browser)
    save(browser, query="view=all&city=Oslo")
    view = SavedView.objects.get()
    assert view.conditions["where"] == {
        "all": [{"field": "city", "op": "contains", "value": "Oslo"}]
    }


@pytest.mark.parametrize(
    "data",
    [
        {"name": " "},
        {"name": "x" * 81},
        {"query": "nonsense=1"},
        {"query": "view=all&parent=999"},
        {"query": "sort=owner__password"},
    ],
)
def test_what_can_not_be_saved_is_refused(browser, data):
    assert save(browser, **data).status_code in (400, 422)
    assert not SavedView.objects.exists()


def test_a_shared_view_is_open_to_others_and_means_them(browser, owner, teammate, client, sign_in):
    make_account(owner, name="Aurelis", city="Lyon")
    make_account(teammate, name="Aurum", city="Lyon")
    save(browser, is_shared="1")
    key = f"s{SavedView.objects.get().pk}"
    assert names(sign_in(teammate).get(f"/accounts/?view={key}")) == ["Aurum"]


def test_a_view_that_is_not_shared_is_nobody_elses(browser, teammate, sign_in):
    save(browser)
    key = f"s{SavedView.objects.get().pk}"
    browser.get("/accounts/")
    client = sign_in(teammate)
    assert client.get(f"/accounts/?view={key}").status_code == 400
    assert "Lyon" not in tight(client.get("/accounts/").content.decode())


def test_only_its_owner_renames_or_deletes_a_view(browser, teammate, sign_in):
    save(browser, is_shared="1")
    view = SavedView.objects.get()
    client = sign_in(teammate)
    assert client.post(f"/accounts/views/{view.pk}/", {"name": "Mine"}).status_code == 404
    assert client.post(f"/accounts/views/{view.pk}/", {"delete": "1"}).status_code == 404
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("Lyon", True)


def test_a_view_is_renamed_and_shared(browser):
    save(browser)
    view = SavedView.objects.get()
    browser.post(f"/accounts/views/{view.pk}/", {"name": "  Lyon  now ", "is_shared": "1"})
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("Lyon now", True)


def test_a_name_is_used_once(browser):
    save(browser)
    save(browser, name="Oslo")
    view = SavedView.objects.get(name="Oslo")
    assert browser.post(f"/accounts/views/{view.pk}/", {"name": "Lyon"}).status_code == 422
    view.refresh_from_db()
    assert view.name == "Oslo"


def test_a_deleted_view_is_pinned_nowhere(browser, owner):
    save(browser, is_pinned="1")
    view = SavedView.objects.get()
    assert PinnedView.objects.get().view == f"s{view.pk}"
    browser.post(f"/accounts/views/{view.pk}/", {"delete": "1"})
    assert not SavedView.objects.exists()
    assert not PinnedView.objects.exists()


def test_a_pinned_view_opens_first_until_it_is_unpinned(browser, owner):
    browser.post("/accounts/views/pin/", {"query": "view=customers"})
    assert PinnedView.objects.get().view == "customers"
    assert "<title>Customers · " in tight(browser.get("/accounts/").content.decode())
    browser.post("/accounts/views/pin/", {"query": "view=customers"})
    assert not PinnedView.objects.exists()
    assert "<title>My accounts · " in tight(browser.get("/accounts/").content.decode())


def test_a_view_with_conditions_no_address_can_say_is_still_shown(browser, owner):
    make_account(owner, name="Aurelis", city="Lyon")
    make_account(owner, name="Borealis", industry="energy")
    make_account(owner, name="Celeris", city="Oslo")
    tree = {
        "any": [
            {"field": "city", "op": "is", "value": "lyon"},
            {"field": "industry", "op": "any_of", "value": ["energy"]},
        ]
    }
    view = SavedView.objects.create(
        owner=owner, record_type="account", name="Either", conditions={"base": "all", "where": tree}
    )
    response = browser.get(f"/accounts/?view=s{view.pk}&sort=name")
    assert names(response) == ["Aurelis", "Borealis"]
    (chip,) = chips(response)
    assert chip[:2] == ("", "City is “lyon” or Industry is Energy")
    assert names(browser.get("/accounts/?" + chip[2])) == ["Aurelis", "Borealis", "Celeris"]


def test_a_view_whose_conditions_no_longer_make_sense_says_so(browser, owner):
    tree = {"all": [{"field": "gone", "op": "blank"}]}
    view = SavedView.objects.create(
        owner=owner, record_type="account", name="Old", conditions={"base": "all", "where": tree}
    )
    assert browser.get(f"/accounts/?view=s{view.pk}").status_code == 400
    assert browser.get("/accounts/").status_code == 200


def test_the_menu_and_the_heads_follow_a_view_that_was_changed_meanwhile(browser, owner):
    make_account(owner, name="Aurelis", city="Lyon")
    save(browser)
    view = SavedView.objects.get()
    address = f"/accounts/?view=s{view.pk}"
    shown = tight(browser.get(address).content.decode())
    assert f'href="?view=s{view.pk}"' in shown
    assert 'id="sort-phone"' in shown
    SavedView.objects.update(name="Lyon and around", columns=["name", "industry"])
    shown = tight(browser.get(address).content.decode())
    assert ">Lyon and around</a>" in shown
    assert 'id="sort-phone"' not in shown
    assert 'id="sort-industry"' in shown
