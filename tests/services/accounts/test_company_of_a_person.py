"""A record about a person is about the person's company too, as far as its maker may see it."""

import pytest

from crm.records.services import create_record, update_record
from crm.registry.registry import registry
from marketing.services.responses import convert_response
from tests.contract.outsiders import make_outsider
from tests.factories.accounts import make_account, make_contact
from tests.factories.marketing import make_campaign, make_response
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import make_price_list


@pytest.fixture
def company_account(owner):
    return make_account(owner, name="Nordfjord")


def make(key, actor, contact, owner):
    values = {"name": "Something", "contact": contact}
    if key in ("quote", "order", "invoice"):
        values["price_list"] = make_price_list(owner)
    return create_record(actor=actor, record_type=registry.get(key), values=values)


@pytest.mark.parametrize("key", ["opportunity", "quote", "order", "invoice"])
def test_the_company_of_the_contact_is_filled_in(owner, as_actor, company_account, key):
    contact = make_contact(owner, account=company_account)
    made = make(key, as_actor(owner), contact, owner)
    assert made.account == company_account


@pytest.mark.parametrize("key", ["opportunity", "quote"])
def test_a_company_one_may_not_see_stays_unnamed(company, owner, as_actor, company_account, key):
    outsider = make_outsider(company)
    contact = make_contact(outsider, account=company_account)
    made = make(key, as_actor(outsider), contact, outsider)
    assert made.account is None


def test_a_company_that_was_taken_out_by_hand_stays_out(owner, as_actor, company_account):
    contact = make_contact(owner, account=company_account)
    deal = make("opportunity", as_actor(owner), contact, owner)
    for values in ({"account": None}, {"name": "Renamed"}):
        deal = update_record(
            actor=as_actor(owner),
            record_type=registry.get("opportunity"),
            record_id=deal.pk,
            version=None,
            values=values,
        )
        assert deal.account is None


def test_another_contact_brings_a_company_where_none_is_named(owner, as_actor, company_account):
    deal = make_opportunity(owner)
    deal = update_record(
        actor=as_actor(owner),
        record_type=registry.get("opportunity"),
        record_id=deal.pk,
        version=None,
        values={"contact": make_contact(owner, account=company_account)},
    )
    assert deal.account == company_account


def test_a_response_of_a_contact_becomes_a_lead_of_its_company(marketer, as_actor):
    account = make_account(marketer, name="Nordfjord")
    contact = make_contact(marketer, account=account)
    response = make_response(marketer, campaign=make_campaign(marketer), contact=contact)
    lead = convert_response(actor=as_actor(marketer), record_id=response.pk)
    assert (lead.contact, lead.account, lead.company) == (contact, account, "Nordfjord")
