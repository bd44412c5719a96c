"""The small forms that filter, sort and lay out a list."""

import re

import pytest

from crm.records.lists.filters.sets import all_filters, parameters
from crm.registry.registry import registry
from tests.factories.accounts import make_account
from tests.markup import tight

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
TYPES = [pytest.param(record_type, id=record_type.key) for record_type in registry]


@pytest.fixture
def page(owner, sign_in):
    """Fetches a page's text as the owner."""
    client = sign_in(owner)

    def fetch(address, **headers):
        return tight(client.get(address, headers=headers).content.decode())

    return fetch


@pytest.mark.parametrize("record_type", TYPES)
def test_every_filter_a_type_declares_can_be_chosen(record_type, admin, sign_in):
    response = sign_in(admin).get(f"/{record_type.slug}/arrange/")
    assert response.status_code == 200
    assert set(record_type.filters) <= set(all_filters(record_type))
    assert {*all_filters(record_type)} == {*parameters(record_type).values()}


def test_without_a_script_one_page_holds_all_three_forms(page):
    text = page("/accounts/arrange/?view=all&city=Lyon&sort=-name&cols=name,city")
    assert text.count('<form class="filter-form') == 3
    assert 'name="city" value="Lyon"' in text
    assert '<option value="-name" selected>Name, Z to A</option>' in text
    assert re.search(r'name="cols" value="city" checked', text)


def test_with_htmx_a_menu_gets_its_own_form_only(page):
    response = page("/accounts/arrange/?part=sort&view=all&city=Lyon", **HTMX)
    text = response
    assert text.count("<form") == 1
    assert "<html" not in text
    assert '<input type="hidden" name="view" value="all">' in text
    assert '<input type="hidden" name="city" value="Lyon">' in text


def test_a_form_keeps_the_rest_of_the_address_but_not_the_page(page, owner):
    make_account(owner)
    text = page("/accounts/arrange/?view=all&q=au&city=Lyon&sort=name&owner=me")
    form = text.partition('<form class="filter-form"')[2].partition("filter-list")[0]
    kept = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    assert sorted(kept) == [("q", "au"), ("sort", "name"), ("view", "all")]


def test_owners_are_offered_with_me_first(page, owner):
    text = page("/accounts/arrange/?part=filters&owner=me", **{"HX-Request": "true"})
    select = re.search(r'<select name="owner".*?</select>', text, re.S)[0]
    assert 'data-lookup-url="/lookup/principal/?me=1"' in select
    options = re.findall(r'<option value="(\w+)"( selected)?>([^<]+)</option>', select)
    assert options[:2] == [("me", " selected", "Me"), ("teams", "", "Me or my teams")]
    assert (str(owner.pk), "", "Owner") in options


def test_a_filter_in_use_stands_open(page):
    text = page("/accounts/arrange/?part=filters&city=Lyon", **{"HX-Request": "true"})
    opened = re.findall(
        r'<details class="filter-field" open>\s*<summary>.*?</svg>([^<]+)</summary>', text, re.S
    )
    assert opened == ["City"]


@pytest.mark.parametrize("address", ["/accounts/arrange/?nonsense=1", "/accounts/arrange/?sort=x"])
def test_an_unknown_address_is_refused(owner, sign_in, address):
    assert sign_in(owner).get(address).status_code == 400


def test_who_may_not_read_the_type_gets_no_forms(sign_in, marketer):
    from crm.models import RolePrivilege

    RolePrivilege.objects.filter(record_type="account", privilege="read").delete()
    assert sign_in(marketer).get("/accounts/arrange/").status_code == 403


def test_the_filters_open_with_whom_they_name_chosen(owner, teammate, sign_in):
    client = sign_in(owner)
    for query in (f"owner={owner.pk}", f"owner={owner.pk}&owner={teammate.pk}", "owner=me"):
        page = client.get(f"/accounts/arrange/?{query}")
        assert page.status_code == 200, query
    assert f'<option value="{owner.pk}" selected>' not in tight(page.content.decode())
    assert '<option value="me" selected>' in tight(page.content.decode())
