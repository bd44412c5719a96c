"""Dialogs say what a verb would do before it is done, and nothing is done by looking."""

import pytest

from accounts.models import Account
from opportunities.models import Opportunity
from sales_docs.models import Invoice
from tests.contract.watching import nothing_changes
from tests.factories.accounts import make_account
from tests.factories.cases import make_case
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_order


def text_of(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def deal(owner):
    return make_opportunity(owner, name="Two benches", account=make_account(owner))


def test_a_dialog_says_what_it_would_do(owner, deal, sign_in):
    client = sign_in(owner)
    with nothing_changes():
        page = text_of(client.get(f"/opportunities/{deal.pk}/win/?panel=1"))
    assert "What will happen" in page
    assert "Won" in page.split('id="consequences"')[1]
    assert Opportunity.objects.get(pk=deal.pk).state == "open"


def test_a_dialog_follows_what_is_typed(owner, deal, sign_in):
    client = sign_in(owner)
    typed = {"version": deal.version, "actual_revenue": "4711", "foresee": "1"}
    initial = text_of(client.get(f"/opportunities/{deal.pk}/win/"))
    with nothing_changes():
        answer = client.post(f"/opportunities/{deal.pk}/win/", typed | {"closed_on": "2026-11-30"})
    assert answer.status_code == 200
    assert "4,711" in text_of(answer).split('id="consequences"')[1]
    assert "4,711" not in initial


def test_a_dialog_that_is_not_answered_yet_says_nothing(agent, sign_in):
    case = make_case(agent, account=make_account(agent))
    client = sign_in(agent)
    with nothing_changes():
        page = text_of(client.get(f"/cases/{case.pk}/resolve/"))
    assert 'id="consequences"' in page
    assert "What will happen" not in page


def test_what_would_be_refused_is_said_before(owner, sign_in):
    bare = make_opportunity(owner)
    page = text_of(sign_in(owner).get(f"/opportunities/{bare.pk}/win/"))
    assert "A deal is won by somebody: say who it was." in page.split('id="consequences"')[1]


def test_a_hidden_record_is_not_named(owner, stranger, sign_in):
    theirs = make_account(stranger, name="Secret Holding")
    deal = make_opportunity(owner, account=theirs)
    page = text_of(sign_in(owner).get(f"/opportunities/{deal.pk}/win/"))
    assert "Secret Holding" not in page


def test_many_rows_are_counted_before_they_change(owner, stranger, sign_in):
    mine = [make_account(owner, name=f"Firm {number}") for number in range(3)]
    client = sign_in(owner)
    ticked = [f"{one.pk}.{one.version}" for one in mine]
    Account.objects.filter(pk=mine[0].pk).update(city="Oslo")
    data = {"ids": ticked, "do": "1", "change_country": "1", "country": "NO", "foresee": "1"}
    with nothing_changes():
        answer = client.post("/accounts/bulk/edit/", data)
    page = text_of(answer)
    assert answer.status_code == 200
    assert "2 rows are changed." in page
    assert "1 row stays as it is." in page
    assert "<b>Firm 0</b>: Somebody else changed this meanwhile." in page
    assert not Account.objects.filter(country="NO").exists()


def test_of_very_many_rows_the_first_are_looked_at(owner, sign_in, monkeypatch):
    monkeypatch.setattr("crm.pages.bulk.FORESEEN", 2)
    ids = [make_account(owner, name=f"Firm {number}").pk for number in range(3)]
    data = {"ids": ids, "do": "1", "change_country": "1", "country": "NO", "foresee": "1"}
    page = text_of(sign_in(owner).post("/accounts/bulk/edit/", data))
    assert "Seen for the first 2 rows." in page
    assert "2 rows are changed." in page


def test_billing_says_which_invoice_it_makes(owner, sign_in):
    order = make_order(owner, line())
    client = sign_in(owner)
    with nothing_changes():
        page = text_of(client.get(f"/orders/{order.pk}/invoice/"))
    assert "is created." in page.split('id="consequences"')[1]
    assert "Bill count" not in page  # the code's own column
    typed = {"extent": "percent", "percent": "no number", "foresee": "1"}
    with nothing_changes():
        page = text_of(client.post(f"/orders/{order.pk}/invoice/", typed))
    assert "is created." not in page.split('id="consequences"')[1]
    assert Invoice.objects.count() == 0
