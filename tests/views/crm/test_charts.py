"""Charts beside lists: what they count, whom they tell, and where a mark leads."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.db.models import Func, Value
from django.db.models.fields import TextField

from accounts.models import Account
from crm.charts import grouping
from crm.models import Currency
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.factories.accounts import make_account
from tests.factories.opportunities import make_opportunity
from tests.markup import tight

pytestmark = pytest.mark.django_db

TYPES = [pytest.param(one, id=one.key) for one in registry if one.charts]
ROW = re.compile(
    r'<tr( class="part")?><th scope="row" class="cut" title="([^"]*)">'
    r'(?:<a href="([^"]*)"[^>]*>)?[^<]*(?:</a>)?</th>'
    r'<td class="r">([^<]*)</td>(?:<td class="r">([^<]*)</td>)?</tr>'
)


@pytest.fixture
def drawn(client):
    """The marks in a chart's tables: name, address of the list behind it, count, amount."""

    def fetch(address, *, has_parts=False):
        response = client.get(address, headers={"hx-request": "true"})
        assert response.status_code == 200, response.content[:2000]
        found = ROW.findall(tight(response.content.decode()))
        return [tuple(map(unescape, row[1:])) for row in found if has_parts or not row[0]]

    return fetch


def names(rows):
    return [(name, count) for name, _address, count, _amount in rows]


def rows_of(client, address):
    """How many rows the list at this address shows."""
    content = tight(client.get(address).content.decode())
    return content.count("data-row")


def all_of(record_type):
    return "all" if "all" in {view.key for view in record_type.views} else ""


@pytest.mark.parametrize("record_type", TYPES)
def test_every_mark_of_every_chart_leads_to_the_rows_it_stands_for(
    record_type, admin, sign_in, drawn
):
    for number in range(3):
        make_record(record_type.model, admin, f"Row {number}")
    client = sign_in(admin)
    for chart in record_type.charts:
        address = f"/{record_type.slug}/chart/?chart={chart.key}&view={all_of(record_type)}"
        for name, query, count, _amount in drawn(address, has_parts=True):
            assert query, (chart.key, name)
            assert f"chart={chart.key}" in query
            found = rows_of(client, f"/{record_type.slug}/{query}")
            assert found == int(count), (chart.key, name, query)


def test_amounts_are_added_up_apart_for_each_currency_the_companys_own_first(owner, sign_in, drawn):
    Currency.objects.get_or_create(code="USD")
    make_opportunity(owner, estimated_revenue=Decimal(1000))
    make_opportunity(owner, estimated_revenue=Decimal(250), stage="develop")
    for number in range(3):
        make_opportunity(owner, estimated_revenue=Decimal(number), currency_id="USD")
    sign_in(owner)
    rows = drawn("/opportunities/chart/?chart=stage")
    assert [(name, count, amount) for name, _query, count, amount in rows] == [
        ("Qualify", "1", "1,000.00"),
        ("Develop", "1", "250.00"),
        ("Qualify", "3", "3.00"),
    ]


def test_behind_a_mark_of_one_currency_stand_its_rows_only(owner, sign_in, drawn, client):
    Currency.objects.get_or_create(code="USD")
    day = date(2026, 3, 3)
    for code, count in (("EUR", 1), ("USD", 2)):
        for _one in range(count):
            make_opportunity(owner, currency_id=code, est_close_on=day)
    make_opportunity(owner, currency_id="USD", estimated_revenue=None, stage="develop")
    make_account(owner, industry="energy", annual_revenue=Decimal(5), currency_id="USD")
    make_account(owner, industry="energy", annual_revenue=Decimal(5), currency_id=None)
    sign_in(owner)
    for address, slug in (
        ("/opportunities/chart/?chart=stage", "opportunities"),
        ("/opportunities/chart/?chart=close", "opportunities"),
        ("/accounts/chart/?chart=revenue", "accounts"),
    ):
        rows = drawn(address)
        assert [int(row[2]) for row in rows] in ([1, 2], [1, 1])
        for _name, query, count, _amount in rows:
            assert rows_of(client, f"/{slug}/{query}") == int(count), query


def test_a_stacked_mark_says_what_it_is_made_of_and_each_part_leads_to_its_rows(
    owner, sign_in, drawn, client
):
    for day, stage in ((3, "qualify"), (3, "close"), (4, "qualify"), (20, "develop")):
        make_opportunity(owner, est_close_on=date(2026, 3, day), stage=stage)
    sign_in(owner)
    rows = drawn("/opportunities/chart/?chart=close", has_parts=True)
    assert names(rows) == [
        ("Week of 2 Mar 2026", "3"),
        ("Qualify", "2"),
        ("Close", "1"),
        ("Week of 16 Mar 2026", "1"),
        ("Develop", "1"),
    ]
    for _name, query, count, _amount in rows:
        assert rows_of(client, f"/opportunities/{query}") == int(count), query
    page = tight(client.get("/opportunities/?chart=close&drawn=1").content.decode())
    assert "Week of 2 Mar 2026: €180,000.00, Qualify €120,000.00, Close €60,000.00" in page
    assert '<rect class="c1" y="0" width="8" height="66.7"/>' in page
    assert '<rect class="c4" y="66.7" width="8" height="33.3"/>' in page


def test_a_chart_counts_what_view_filters_and_quick_find_leave(owner, sign_in, drawn):
    make_account(owner, name="Aurelis", industry="energy", city="Lyon")
    make_account(owner, name="Aurora", industry="energy", city="Nice")
    make_account(owner, name="Borealis", industry="chemicals", city="Lyon")
    make_account(owner, name="Blank", industry="", city="Lyon")
    sign_in(owner)
    assert names(drawn("/accounts/chart/?chart=industry")) == [
        ("Energy", "2"),
        ("Chemicals", "1"),
        ("No industry", "1"),
    ]
    assert names(drawn("/accounts/chart/?chart=industry&city=lyon")) == [
        ("Chemicals", "1"),
        ("Energy", "1"),
        ("No industry", "1"),
    ]
    assert names(drawn("/accounts/chart/?chart=industry&q=auror")) == [("Energy", "1")]
    assert names(drawn("/accounts/chart/?chart=industry&view=customers")) == []


def test_a_mark_keeps_the_rest_of_the_address(owner, sign_in, drawn):
    make_account(owner, name="Aurelis", industry="energy", city="Lyon")
    sign_in(owner)
    address = "/accounts/chart/?chart=industry&city=lyon&sort=name&cols=name,city"
    (row,) = drawn(address)
    assert row[1] == "?chart=industry&city=lyon&sort=name&cols=name%2Ccity&industry=energy"


def test_rows_one_may_not_see_are_in_no_chart(owner, stranger, sign_in, drawn):
    make_account(stranger, name="Secret", industry="energy")
    make_account(owner, name="Aurelis", industry="energy")
    sign_in(owner)
    assert names(drawn("/accounts/chart/?chart=industry&view=all")) == [("Energy", "1")]


def test_a_linked_record_one_may_not_see_is_not_named_nor_is_what_it_is_like(
    owner, stranger, sign_in, drawn, client
):
    hidden = make_account(stranger, name="Sentinel Corp", industry="energy")
    own = make_account(owner, name="Aurelis", industry="chemicals")
    for account in (hidden, hidden, own, None):
        make_opportunity(owner, account=account)
    sign_in(owner)
    by_account = drawn("/opportunities/chart/?chart=account")
    assert names(by_account) == [("Aurelis", "1"), ("No account, or one you may not see", "3")]
    by_industry = drawn("/opportunities/chart/?chart=industry")
    assert names(by_industry) == [
        ("Chemicals", "1"),
        ("No account: industry, or one you may not see", "3"),
    ]
    for rows in (by_account, by_industry):
        for _name, query, count, _amount in rows:
            assert rows_of(client, f"/opportunities/{query}") == int(count)


def test_many_names_share_the_last_line_which_leads_to_all_of_them(owner, sign_in, drawn, client):
    for number in range(13):
        account = make_account(owner, name=f"Account {number:02}")
        for _one in range(13 - number):
            make_opportunity(owner, account=account, estimated_revenue=Decimal(10))
    sign_in(owner)
    rows = drawn("/opportunities/chart/?chart=account")
    assert names(rows)[:2] == [("Account 00", "13"), ("Account 01", "12")]
    assert names(rows)[9:] == [("4 others", "10")]
    assert rows_of(client, f"/opportunities/{rows[-1][1]}") == 10


def test_days_stay_within_what_the_list_is_filtered_by(owner, sign_in, drawn, client):
    for day in (date(2026, 1, 10), date(2026, 1, 20), date(2026, 4, 2), None):
        make_opportunity(owner, est_close_on=day, estimated_revenue=Decimal(10))
    sign_in(owner)
    rows = drawn("/opportunities/chart/?chart=close&view=all")
    assert names(rows) == [("January 2026", "2"), ("April 2026", "1"), ("No est. close date", "1")]
    assert "est_close_on_from=2026-01-01&est_close_on_to=2026-01-31" in rows[0][1]
    narrowed = "/opportunities/chart/?chart=close&est_close_on_from=2026-01-15&view=all"
    first, *_others = drawn(narrowed)
    assert first[2] == "1"
    assert "est_close_on_from=2026-01-15" in first[1]
    assert "2026-01-01" not in first[1]


def test_won_revenue_leaves_out_what_was_lost(owner, sign_in, drawn, client):
    closed = {"closed_on": date(2026, 3, 3), "actual_revenue": Decimal(500)}
    make_opportunity(owner, state="won", reason="won", forecast="won", **closed)
    make_opportunity(owner, state="lost", reason="canceled", forecast="lost", **closed)
    sign_in(owner)
    ((name, query, count, amount),) = drawn("/opportunities/chart/?chart=won&view=all")
    assert (name, count, amount) == ("Week of 2 Mar 2026", "1", "500.00")
    assert rows_of(client, f"/opportunities/{query}") == 1


def test_a_list_asks_for_its_chart_apart_and_draws_it_for_who_has_no_scripts(owner, sign_in):
    make_account(owner, name="Aurelis", industry="energy")
    client = sign_in(owner)
    page = tight(client.get("/accounts/?chart=industry&sort=name").content.decode())
    assert 'hx-get="/accounts/chart/?chart=industry&amp;sort=name" hx-trigger="load"' in page
    assert "chart-figure" not in page
    answer = client.get("/accounts/chart/?chart=industry&sort=name")
    assert answer["Location"] == "/accounts/?chart=industry&sort=name&drawn=1"
    assert "chart-figure" in tight(client.get(answer["Location"]).content.decode())


def test_the_chart_is_kept_by_sorting_paging_and_other_views(owner, sign_in):
    for number in range(60):
        make_account(owner, name=f"Account {number}")
    page = tight(sign_in(owner).get("/accounts/?chart=industry&sort=name").content.decode())
    assert 'href="?view=all&amp;chart=industry"' in page
    assert 'href="?chart=industry&amp;sort=-name"' in page
    assert re.search(r'rel="next" href="\?chart=industry&amp;sort=name&amp;after=', page)
    assert re.search(r'id="chart-toggle" href="\?sort=name"', page)


def test_charts_that_do_not_exist_are_refused_politely(owner, sign_in):
    client = sign_in(owner)
    assert client.get("/accounts/?chart=nonsense").status_code == 400
    assert client.get("/accounts/chart/?chart=nonsense").status_code == 400
    assert client.get("/competitors/chart/").status_code == 404


def test_too_many_rows_to_count_are_said_to_be_too_many(owner, sign_in, monkeypatch):
    make_account(owner)
    sleep = Func(Value(1), function="pg_sleep", output_field=TextField())
    slow = Account.objects.annotate(slept=sleep)
    monkeypatch.setattr(grouping, "_grouped", lambda *_given: slow)
    monkeypatch.setattr(grouping, "PATIENCE", "20ms")
    page = sign_in(owner).get("/accounts/?chart=industry&drawn=1")
    assert page.status_code == 200
    assert "These are too many rows to count while you wait." in tight(page.content.decode())


def test_names_are_made_harmless(owner, sign_in, drawn, client):
    account = make_account(owner, name="<x-mark>")
    make_opportunity(owner, account=account)
    sign_in(owner)
    response = client.get("/opportunities/?chart=account&drawn=1")
    assert b"<x-mark>" not in response.content
    assert b"&lt;x-mark&gt;" in response.content


def test_a_mark_leaves_the_row_one_looked_at(owner, sign_in, drawn, client):
    account = make_account(owner, name="Aurelis", industry="energy")
    sign_in(owner)
    page = tight(client.get(f"/accounts/?chart=industry&preview={account.pk}").content.decode())
    assert 'hx-get="/accounts/chart/?chart=industry" hx-trigger="load"' in page
    ((_name, query, _count, _amount),) = drawn(f"/accounts/chart/?preview={account.pk}")
    assert query == "?chart=industry&industry=energy"


@pytest.mark.parametrize("record_type", TYPES)
def test_in_every_view_a_chart_counts_as_many_rows_as_the_list_shows(
    record_type, admin, sign_in, drawn
):
    for number in range(2):
        make_record(record_type.model, admin, f"Row {number}")
    client = sign_in(admin)
    counting = [one for one in record_type.charts if not one.total and not one.only]
    chart = (counting or record_type.charts)[0]
    for view in record_type.views:
        rows = drawn(f"/{record_type.slug}/chart/?chart={chart.key}&view={view.key}")
        listed = rows_of(client, f"/{record_type.slug}/?view={view.key}")
        assert sum(int(count) for _name, _query, count, _amount in rows) == listed, view.key
