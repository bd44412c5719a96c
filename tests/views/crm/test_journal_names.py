"""The journal refers to records; each reader is told the names they may know."""

import pytest

from cases.services import route_case
from crm.models import JournalEntry
from crm.registry.registry import registry
from leads.plans import Plan, Step
from leads.services import qualify_lead
from marketing.services import add_list
from opportunities.services import add_competitor, lose_opportunity
from tests.contract.outsiders import make_outsider
from tests.factories.accounts import make_account
from tests.factories.cases import make_case, make_queue
from tests.factories.leads import make_lead
from tests.factories.marketing import make_campaign, make_list
from tests.factories.opportunities import make_competitor, make_opportunity
from tests.people import make_user

SECRET = "Secret Holding"


@pytest.fixture
def outsider(company):
    return make_outsider(company)


@pytest.fixture
def boss(company):
    return make_user("chief", company, is_superuser=True, is_staff=True)


def naming_a_rival(actor, mine, hidden):
    deal = make_opportunity(mine)
    rival = make_competitor(hidden, name=SECRET)
    add_competitor(actor=actor, record_id=deal.pk, competitor=rival)
    return deal


def losing_to_a_rival(actor, mine, hidden):
    deal = make_opportunity(mine)
    rival = make_competitor(hidden, name=SECRET)
    lose_opportunity(actor=actor, record_id=deal.pk, reason="out_sold", lost_to=rival)
    return deal


def qualifying(actor, mine, hidden):
    lead = make_lead(mine)
    account = make_account(hidden, name=SECRET)
    plan = Plan(account=Step.use(account.pk), contact=Step.skip(), opportunity=Step.skip())
    qualify_lead(actor=actor, lead_id=lead.pk, version=None, plan=plan)
    return lead


def adding_a_list(actor, mine, hidden):
    campaign = make_campaign(mine)
    found = make_list(hidden, name=SECRET)
    add_list(actor=actor, record_id=campaign.pk, marketing_list=found)
    return campaign


def routing(actor, mine, hidden):
    case = make_case(mine)
    route_case(actor=actor, record_id=case.pk, queue=make_queue(hidden, name=SECRET))
    return case


DEEDS = [naming_a_rival, losing_to_a_rival, qualifying, adding_a_list, routing]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_sentence_names_a_record_only_for_who_may_see_it(
    deed, boss, outsider, owner, as_actor, sign_in
):
    record = deed(as_actor(boss), outsider, owner)
    stored = " ".join(map(str, JournalEntry.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    address = f"/{registry.of(record).slug}/{record.pk}/"
    assert SECRET in sign_in(boss).get(address).content.decode()
    page = sign_in(outsider).get(address).content.decode()
    assert SECRET not in page
    assert "a record you may not see" in page
