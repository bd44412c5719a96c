"""What the page says qualifying fills in, against what it fills in."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from crm import clock, labels
from crm.models import JournalEntry
from leads.models import Lead
from leads.plans import Plan, Step
from leads.previews import preview
from leads.services import qualify_lead
from marketing.models import Campaign
from tests.factories.accounts import make_account, make_contact
from tests.factories.leads import make_lead
from tests.factories.opportunities import make_opportunity

CLOSED = {"state": "lost", "reason": "canceled", "forecast": "lost"}
LATE = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # the first of December in Paris


def shown(actor, lead, plan):
    """Type -> the labels of the fields that the preview names."""
    lines = preview(actor, lead, plan).lines
    return {
        one.key: set(one.fields.split(", ")) for one in lines if one.kind == "use" and one.fields
    }


def written(lead):
    """Type -> the labels of the fields that qualifying gave a value, besides the employer."""
    filled = JournalEntry.objects.get(verb="qualified", record_id=lead.pk).data["filled"]
    names = {key: set(fields) for key, fields in filled.items()}
    names.get("contact", set()).discard("account")  # told as a move
    return {
        key: {labels.field_label(key, name) for name in found}
        for key, found in names.items()
        if found
    }


@pytest.mark.parametrize("state", ["open", "lost"])
@pytest.mark.parametrize("account", ["skip", "create", "use"])
def test_the_fields_shown_are_the_fields_filled(owner, as_actor, state, account):
    closed = {} if state == "open" else CLOSED
    deal = make_opportunity(owner, **closed)
    firm = make_account(owner, name="Aurelis")
    step = {"skip": Step.skip(), "create": Step.create(), "use": Step.use(firm.pk)}[account]
    person = make_contact(owner, last_name="Belkacem")
    plan = Plan(account=step, contact=Step.use(person.pk), opportunity=Step.use(deal.pk))
    lead = make_lead(owner, timeframe="immediate", need="Two benches", budget_amount=5000)
    actor = as_actor(owner)
    with clock.held(LATE), timezone.override("Europe/Paris"):
        told = shown(actor, lead, plan)
        qualify_lead(actor=actor, lead_id=lead.pk, version=1, plan=plan)
    assert told == written(lead)
    assert ("opportunity" in told) == (state == "open")


def test_a_closed_deal_gets_no_campaign_and_none_is_told(owner, marketer, as_actor):
    campaign = Campaign.objects.create(owner=marketer, name="Lab Days", currency_id="EUR")
    deal = make_opportunity(owner, **CLOSED)
    plan = Plan(account=Step.skip(), contact=Step.skip(), opportunity=Step.use(deal.pk))
    lead = make_lead(owner, campaign=campaign)
    assert lead.campaign_id == campaign.pk
    kinds = {one.kind for one in preview(as_actor(owner), lead, plan).lines}
    qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)
    deal.refresh_from_db()
    assert deal.campaign_id is None
    assert "campaign" not in kinds
    assert Lead.objects.get(pk=lead.pk).state == "qualified"
