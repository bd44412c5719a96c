"""The list of any record type, through its address."""

import re
from datetime import UTC, date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm import clock
from crm.models import Activity, Share
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.factories.accounts import make_account, make_contact
from tests.factories.opportunities import make_opportunity
from tests.markup import tight

pytestmark = pytest.mark.django_db

TYPES = [pytest.param(record_type, id=record_type.key) for record_type in registry]


@pytest.fixture
def page(owner, sign_in):
    """Fetches a page as the owner; returns the response with its text."""
    client = sign_in(owner)

    def fetch(address, **headers):
        response = client.get(address, headers=headers)
        response.text_ = tight(response.content.decode())
        return response

    return fetch


def today():
    return clock.today(UTC)


def names(response):
    """The names of the rows, in order."""
    return re.findall(r'role="rowheader" class="cut"><a [^>]*>([^<]*)</a>', response.text_)


def heads(response):
    return re.findall(r'role="columnheader"[^>]*>(?:<a [^>]*>)?([^<]+)', response.text_)


def link(response, relation):
    found = re.search(rf'rel="{relation}" href="([^"]+)"', response.text_)
    return found and found[1].replace("&amp;", "&")


def chips(response):
    return re.findall(r'<span class="op">([^<]*)</span> <b>([^<]*)</b>', response.text_)


def test_the_page_names_its_view_its_rows_and_their_number(page, owner):
    make_account(owner, name="Aurelis", industry="energy")
    make_account(owner, name="Borealis")
    response = page("/accounts/")
    assert response.status_code == 200
    assert "<title>My accounts · " in response.text_
    assert names(response) == ["Borealis", "Aurelis"]
    assert '<span class="count" title="Rows in this view">2</span>' in response.text_
    assert "1–2 of 2" in response.text_


def test_a_row_is_a_link_to_its_record_and_its_cells_stand_under_their_heads(page, owner):
    account = make_account(owner, name="Aurelis", city="Lyon", annual_revenue=Decimal(5000))
    response = page("/accounts/?cols=name,city,annual_revenue,owner")
    assert heads(response) == ["Name", "City", "Annual revenue", "Owner"]
    assert f'<a href="/accounts/{account.pk}/" title="Aurelis">Aurelis</a>' in response.text_
    cells = re.findall(r'<td role="cell" class="[^"]*">(.*?)</td>', response.text_)
    assert [re.sub(r"<[^>]+>", "", cell) for cell in cells] == ["Lyon", "5,000", "OWOwner"]


def test_the_columns_asked_for_are_shown_after_the_name(page, owner):
    make_account(owner)
    assert heads(page("/accounts/?cols=city")) == ["Name", "City"]
    assert len(heads(page("/accounts/?cols=*"))) == len(registry.get("account").columns)


def test_an_address_with_empty_values_leads_to_the_short_one(page, owner):
    response = page("/accounts/?view=all&q=&city=&cols=name&cols=city&sort=&sort=city&sort=-name")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/?view=all&cols=name%2Ccity&sort=city%2C-name"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Alpha", "Beta", "Gamma"]),
        ("-name", ["Gamma", "Beta", "Alpha"]),
        ("annual_revenue", ["Beta", "Gamma", "Alpha"]),
        ("-annual_revenue", ["Gamma", "Beta", "Alpha"]),
        ("city,-name", ["Gamma", "Alpha", "Beta"]),
    ],
)
def test_rows_are_sorted_with_empty_values_last(page, owner, sort, expected):
    make_account(owner, name="Alpha", city="Lyon")
    make_account(owner, name="Beta", city="Oslo", annual_revenue=Decimal(1))
    make_account(owner, name="Gamma", city="Lyon", annual_revenue=Decimal(2))
    assert names(page(f"/accounts/?sort={sort}")) == expected


def test_the_column_sorted_by_first_says_so(page, owner):
    make_account(owner)
    text = page("/accounts/?sort=-name,city&cols=name,city").text_
    assert text.count("aria-sort=") == 1
    assert 'aria-sort="descending"><a id="sort-name" href="?cols=name%2Ccity&amp;sort=name"' in text
    assert "Sorted by Name, then City" in text


def every_page(page, address, relation="next"):
    """All names of all pages, and how many pages there were."""
    response, found, pages = page(address), [], 1
    found += names(response)
    while follow := link(response, relation):
        response = page(address.partition("?")[0] + follow)
        assert response.status_code == 200
        found = found + names(response) if relation == "next" else names(response) + found
        pages += 1
    return found, pages, response


@pytest.mark.parametrize(
    "sort",
    ["", "est_close_on", "-est_close_on", "stage,-est_close_on", "-account,name", "-modified_at"],
)
def test_pages_follow_each_other_without_gap_or_double_both_ways(page, owner, monkeypatch, sort):
    monkeypatch.setattr("crm.pages.list.PAGE_SIZE", 7)
    accounts = [make_account(owner, name=f"Account {i % 3}") for i in range(3)]
    for i in range(31):
        make_opportunity(
            owner,
            name=f"Deal {i:02}",
            stage=("qualify", "propose")[i % 2],
            account=accounts[i % 3] if i % 4 else None,
            est_close_on=date(2026, 11, 1) + timedelta(days=i % 5) if i % 3 else None,
        )
    address = f"/opportunities/?view=all&sort={sort}" if sort else "/opportunities/?view=all"
    forward, pages, last = every_page(page, address)
    assert pages == 5
    assert sorted(forward) == [f"Deal {i:02}" for i in range(31)]
    back = names(last)
    while follow := link(last, "prev"):
        last = page("/opportunities/" + follow)
        back = names(last) + back
    assert back == forward


def test_a_row_deleted_meanwhile_breaks_no_page(page, owner, monkeypatch):
    monkeypatch.setattr("crm.pages.list.PAGE_SIZE", 2)
    accounts = [make_account(owner, name=f"Account {i}") for i in range(5)]
    first = page("/accounts/?sort=name")
    type(accounts[1]).objects.filter(pk=accounts[1].pk).delete()
    assert names(page("/accounts/" + link(first, "next"))) == ["Account 2", "Account 3"]


def test_more_than_a_thousand_rows_are_not_counted_unless_asked(page, owner, monkeypatch):
    monkeypatch.setattr("crm.records.lists.selection.count_up_to", lambda rows: 1001)
    monkeypatch.setattr("crm.pages.list.PAGE_SIZE", 1)
    make_account(owner)
    make_account(owner, name="Borealis")
    first = page("/accounts/")
    assert '<span class="count" title="Rows in this view">1,000+</span>' in first.text_
    assert "count=all" in first.text_
    assert 'title="Rows in this view">2<' in page("/accounts/?count=all").text_


@pytest.mark.parametrize(
    "query",
    [
        "nonsense=1",
        "name__startswith=A",
        "owner__password=x",
        "industry__in=energy",
        "view=nonsense",
        "view=s1",
        "view=s999999999999999999999",
        "sort=nonsense",
        "sort=owner__password",
        "sort=search_text",
        "sort=name,-name",
        "sort=name,city,phone,email",
        "cols=nonsense",
        "cols=name,password",
        "industry=nonsense",
        "annual_revenue_min=much",
        "annual_revenue_min=1e400",
        "employees_max=99999999999999999999999",
        "created_at=someday",
        "created_at_from=31.31.2026",
        "created_at_from=0001-01-01",
        "parent=x",
        "parent=999",
        "parent=²",
        "parent=99999999999999999999999",
        "owner=you",
        "owner=0",
        "city_blank=maybe",
        "city=%00",
        "q=%00",
        "after=nonsense",
        "after=WyJuIiwxXQ:1:x",
        "before=nonsense",
    ],
)
def test_what_the_list_does_not_know_is_refused_with_a_page(page, owner, query):
    make_account(owner)
    response = page(f"/accounts/?{query}")
    assert response.status_code == 400
    assert "<h1" in response.text_


def test_a_cursor_of_another_order_is_refused(page, owner, monkeypatch):
    monkeypatch.setattr("crm.pages.list.PAGE_SIZE", 1)
    make_account(owner)
    make_account(owner)
    cursor = link(page("/accounts/?sort=name"), "next").partition("after=")[2]
    assert page(f"/accounts/?sort=city,name&after={cursor}").status_code == 400
    assert page(f"/accounts/?sort=annual_revenue&after={cursor}").status_code == 400


TEXT = st.text(max_size=12)
PARAMETERS = st.sampled_from(
    (
        *("view", "q", "sort", "cols", "after", "before", "narrowed", "count", "part"),
        *("city", "industry", "owner", "parent", "parent__text", "annual_revenue_min"),
        *("employees_max", "created_at", "created_at_from", "created_at_to", "city_blank"),
        *("modified_at", "customer_since_on_to"),
    )
)
VALUES = st.one_of(
    TEXT,
    st.sampled_from(["all", "mine", "me", "1", "-1", "name", "-name,city", "*", "yes", "next7"]),
    st.sampled_from(["energy", "2026-01-01", "9" * 30, "1e9", "NaN", "Infinity", "s1", "--name"]),
)


def test_no_address_whatever_breaks_the_list(page, owner, client):
    make_account(owner, name="Aurelis")

    @settings(
        max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(st.dictionaries(st.one_of(PARAMETERS, TEXT), VALUES, max_size=4))
    def survives(query):
        for address in ("/accounts/", "/accounts/arrange/"):
            assert client.get(address, query).status_code in (200, 302, 400)

    survives()


def test_filters_stand_as_chips_each_with_the_address_without_it(page, owner):
    make_account(owner, name="Aurelis", industry="energy", city="Lyon")
    make_account(owner, name="Borealis", industry="energy", city="Oslo")
    make_account(owner, name="Celeris", industry="retail", city="Lyon")
    response = page("/accounts/?industry=energy&city=LYÓN&sort=name")
    assert names(response) == ["Aurelis"]
    assert chips(response) == [("Industry is", "Energy"), ("City contains", "“LYÓN”")]
    removals = re.findall(r'href="\?([^"]*)"[^>]*aria-label="Remove the filter', response.text_)
    assert removals == ["city=LY%C3%93N&amp;sort=name", "industry=energy&amp;sort=name"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("industry=energy&industry=retail", ["Aurelis", "Borealis"]),
        ("industry_blank=yes", ["Celeris"]),
        ("industry_blank=no", ["Aurelis", "Borealis"]),
        ("annual_revenue_min=100", ["Borealis"]),
        ("annual_revenue_max=99.99", ["Aurelis"]),
        ("annual_revenue_blank=yes", ["Celeris"]),
        ("owner=me", ["Aurelis", "Borealis"]),
        ("owner=teams", ["Aurelis", "Borealis"]),
        ("customer_since_on=year", ["Aurelis"]),
        ("customer_since_on_from=2020-01-01&customer_since_on_to=2020-12-31", ["Borealis"]),
        ("q=aur", ["Aurelis"]),
        ("q=aur elis", ["Aurelis"]),
        ("q=au", ["Aurelis"]),
        ("q=el", []),
        ("q=100%", []),
    ],
)
def test_rows_are_narrowed_by_what_the_address_says(page, owner, teammate, query, expected):
    make_account(
        owner, name="Aurelis", industry="energy", annual_revenue=5, customer_since_on=today()
    )
    make_account(
        owner,
        name="Borealis",
        industry="retail",
        annual_revenue=100,
        customer_since_on="2020-12-31",
    )
    make_account(teammate, name="Celeris")
    assert names(page(f"/accounts/?view=all&sort=name&{query}")) == expected


def test_a_name_typed_without_a_script_filters_by_that_record(page, owner):
    parent = make_account(owner, name="Holding")
    make_account(owner, name="Aurelis", parent=parent)
    response = page("/accounts/?parent__text=holding")
    assert names(response) == ["Aurelis"]
    assert chips(response) == [("Belongs to is", "Holding")]


def test_a_condition_on_a_linked_record_finds_its_rows(page, owner):
    energy = make_account(owner, industry="energy")
    make_contact(owner, last_name="Adler", account=energy)
    make_contact(owner, last_name="Berg")
    response = page("/contacts/?account__industry=energy")
    assert names(response) == ["Nadia Adler"]
    assert chips(response) == [("Account: industry is", "Energy")]


def test_a_linked_record_one_may_not_see_is_not_named(page, owner, stranger):
    make_contact(owner, account=make_account(stranger, name="Hidden account"))
    response = page("/contacts/")
    assert "Hidden account" not in response.text_
    assert "a record you may not see" in response.text_


def test_a_filter_by_a_record_one_may_not_see_is_refused(page, stranger):
    hidden = make_account(stranger, name="Hidden account")
    response = page(f"/contacts/?account={hidden.pk}")
    assert response.status_code == 400
    assert "Hidden account" not in response.text_


def test_htmx_gets_the_list_without_the_frame(page, owner):
    make_account(owner)
    headers = {"HX-Request": "true", "HX-Target": "listing"}
    response = page("/accounts/?sort=name", **headers)
    assert response.text_.lstrip().startswith("<title>My accounts · ")
    assert 'id="listing"' in response.text_
    assert "<html" not in response.text_
    assert "HX-Request" in response["Vary"]
    whole = page("/accounts/", **headers, **{"HX-History-Restore-Request": "true"})
    assert "<html" in whole.text_


def test_htmx_is_told_the_short_address(page, owner):
    headers = {"HX-Request": "true", "HX-Target": "listing"}
    response = page("/accounts/?q=&view=all", **headers)
    assert response.status_code == 200
    assert response["HX-Push-Url"] == "/accounts/?view=all"


def test_an_empty_view_says_what_comes_and_offers_the_first_step(page):
    text = page("/accounts/").text_
    assert "No accounts in this view yet" in text
    assert 'href="/accounts/new/"' in text


def test_filters_that_find_nothing_can_be_cleared(page, owner):
    make_account(owner)
    text = page("/accounts/?view=all&city=Nowhere&sort=name").text_
    assert "Nothing matches" in text
    assert 'href="?view=all&amp;sort=name"' in text


def test_a_page_behind_the_last_row_leads_back(page, owner, monkeypatch):
    monkeypatch.setattr("crm.pages.list.PAGE_SIZE", 1)
    first, _second = make_account(owner, name="A"), make_account(owner, name="B")
    follow = link(page("/accounts/?sort=name"), "next")
    type(first).objects.all().delete()
    assert "There is nothing after this" in page("/accounts/" + follow).text_


def test_what_one_may_not_do_is_not_offered(sign_in, agent, owner):
    make_opportunity(owner)
    text = tight(sign_in(agent).get("/opportunities/?view=all").content.decode())
    assert "/opportunities/new/" not in text
    assert "bulk/delete" not in text
    assert "export.csv" not in text


@pytest.mark.parametrize("record_type", TYPES)
def test_a_page_costs_the_same_few_queries_for_one_row_and_for_many(
    record_type, owner, admin, sign_in, settings
):
    client = sign_in(admin)
    view = "?view=all" if "all" in {view.key for view in record_type.views} else "?"
    address = f"/{record_type.slug}/{view}&cols=*"

    def cost():
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(address)
        assert response.status_code == 200
        return len(queries), response.content.count(b"data-row")

    make_record(record_type.model, owner)
    one, _rows = cost()
    for i in range(5):
        make_record(record_type.model, owner, called=f"Another {i}")
    many, rows = cost()
    assert (many, rows) == (one, 6) if rows else (one, 0)


@pytest.mark.parametrize(("page_size", "cost"), [(50, 6), (1, 7)])
def test_a_list_costs_seven_queries_and_one_of_a_single_page_six(
    page, owner, stranger, monkeypatch, page_size, cost
):
    monkeypatch.setattr("crm.pages.list.PAGE_SIZE", page_size)
    account = make_account(stranger)
    make_opportunity(owner, account=account)
    make_opportunity(owner, account=account)
    Share.objects.create(
        principal=owner,
        record_type="account",
        record_id=account.pk,
        privilege="read",
        granted_at=account.created_at,
    )
    page("/opportunities/?view=all")
    with CaptureQueriesContext(connection) as queries:
        response = page("/opportunities/?view=all")
    assert account.name in response.text_
    sql = [query["sql"] for query in queries]
    assert len(sql) == cost, "\n".join(sql)


def test_only_what_the_columns_show_is_read(page, owner):
    make_opportunity(owner, account=make_account(owner))
    with CaptureQueriesContext(connection) as queries:
        page("/opportunities/?view=all&cols=name,account,estimated_revenue")
    (sql,) = [
        q["sql"]
        for q in queries
        if 'FROM "opportunities_opportunity"' in q["sql"] and "COUNT" not in q["sql"]
    ]
    columns = sql.partition(" FROM ")[0]
    assert "estimated_revenue" in columns
    for unread in ("description", "search_text", "customer_need", '"accounts_account"."city"'):
        assert unread not in columns


def test_activities_have_a_list_too(page, owner):
    Activity.objects.create(
        owner=owner, kind="task", subject="Call back", happened_at="2026-11-01T10:00Z"
    )
    assert Feature.BULK in registry.get("activity").features
    assert names(page("/activities/?view=all")) in (["Call back"], [])


def test_names_of_rows_are_escaped(page, owner):
    make_opportunity(owner, name="<b>&\"'</b>")
    text = page("/opportunities/?view=all").text_
    assert "<b>&" not in text
    assert "&lt;b&gt;&amp;&quot;&#x27;&lt;/b&gt;" in text


@pytest.mark.parametrize("few", [0, 5000])
def test_few_rows_are_sorted_and_many_walked_in_their_order_to_the_same_end(
    page, owner, monkeypatch, few
):
    monkeypatch.setattr("crm.records.lists.reach.FEW", few)
    monkeypatch.setattr("crm.pages.list.PAGE_SIZE", 3)
    accounts = [make_account(owner, name=f"Account {i}") for i in range(3)]
    for i in range(10):
        make_opportunity(owner, name=f"Deal {i}", account=accounts[i % 3] if i % 4 else None)
    with CaptureQueriesContext(connection) as queries:
        forward, pages, _last = every_page(page, "/opportunities/?view=all&sort=-account,name")
    assert pages == 4
    assert forward == [f"Deal {i}" for i in (2, 5, 1, 7, 3, 6, 9, 0, 4, 8)]
    assert any("ORDER BY (SELECT " in query["sql"] for query in queries) == bool(few)


def test_whoever_sees_everything_walks_in_the_order_of_the_list(admin, sign_in, owner):
    make_opportunity(owner)
    client = sign_in(admin)
    with CaptureQueriesContext(connection) as queries:
        client.get("/opportunities/?view=all")
    assert not any("ORDER BY (SELECT" in query["sql"] for query in queries)


def test_names_are_sorted_as_a_dictionary_has_them(page, owner, monkeypatch):
    monkeypatch.setattr("crm.pages.list.PAGE_SIZE", 2)
    for name in ("Zeta", "école", "alpha", "Éclair", "Émile", "Beta"):
        make_account(owner=owner, name=name)
    shown = []
    address = "/accounts/?view=all&sort=name"
    while address:
        response = page(address)
        shown += names(response)
        following = link(response, "next")
        address = following and f"/accounts/{following}"
    assert shown == ["alpha", "Beta", "Éclair", "école", "Émile", "Zeta"]
    backwards = page("/accounts/?view=all&sort=-name")
    assert names(backwards) == ["Zeta", "Émile"]


def test_people_are_sorted_by_last_name_then_by_first(page, owner):
    for first, last in (("Zoé", "de Witt"), ("Anna", "Éluard"), ("Änne", "De Witt"), ("Bo", "Ek")):
        make_contact(owner=owner, first_name=first, last_name=last)
    response = page("/contacts/?view=all&sort=full_name")
    assert names(response) == ["Änne De Witt", "Zoé de Witt", "Bo Ek", "Anna Éluard"]
