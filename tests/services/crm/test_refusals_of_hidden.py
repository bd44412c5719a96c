"""A refusal that is about another record names it only to who may see it."""

import pytest

from crm.clock import now
from crm.errors import RuleViolation
from leads.services.closing import disqualify_lead
from marketing.models import CampaignActivity
from marketing.services.campaigns import cancel_campaign
from marketing.services.responses import reopen_response
from opportunities.services.closing import lose_opportunity
from sales_docs.models import Quote
from tests.contract.outsiders import make_outsider
from tests.factories.leads import make_lead
from tests.factories.marketing import make_campaign, make_mailing, make_response
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import make_quote


@pytest.fixture
def outsider(company):
    return make_outsider(company)


def deal_with_open_quote(outsider, owner):
    deal = make_opportunity(outsider)
    quote = make_quote(owner, opportunity=deal, number="QUO-SECRET", state=Quote.State.ACTIVE)
    return deal, quote


def test_closing_a_deal_names_the_open_quotes_one_may_see(outsider, owner, as_actor):
    deal, quote = deal_with_open_quote(outsider, owner)
    with pytest.raises(RuleViolation, match="that you may not see must be closed") as refused:
        lose_opportunity(actor=as_actor(outsider), record_id=deal.pk, reason="canceled")
    assert quote.number not in str(refused.value)
    quote.owner = outsider
    quote.save()
    with pytest.raises(RuleViolation, match=quote.number):
        lose_opportunity(actor=as_actor(outsider), record_id=deal.pk, reason="canceled")


def test_a_lead_that_led_to_a_hidden_deal_does_not_name_it(outsider, owner, as_actor):
    lead = make_lead(outsider)
    make_opportunity(owner, name="Secret deal", originating_lead=lead)
    with pytest.raises(RuleViolation, match="a record you may not see"):
        disqualify_lead(actor=as_actor(outsider), record_id=lead.pk, reason="lost")


def test_a_campaign_with_a_hidden_mailing_under_way_does_not_name_it(outsider, owner, as_actor):
    campaign = make_campaign(outsider)
    make_mailing(owner, campaign=campaign, name="Secret", state=CampaignActivity.State.RUNNING)
    with pytest.raises(RuleViolation, match="a record you may not see"):
        cancel_campaign(actor=as_actor(outsider), record_id=campaign.pk)


def test_a_response_that_became_a_hidden_lead_does_not_name_it(outsider, owner, as_actor):
    campaign = make_campaign(outsider)
    lead = make_lead(owner, last_name="Secret")
    response = make_response(
        outsider, campaign=campaign, lead=lead, state="closed", closed_at=now()
    )
    with pytest.raises(RuleViolation, match="a record you may not see"):
        reopen_response(actor=as_actor(outsider), record_id=response.pk)
