from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.models import Account, Contact
from crm import clock, operations
from crm.errors import AccessDenied, NotVisible, RuleViolation, StaleVersion
from crm.models import JournalEntry, Team
from leads.events import LeadQualified
from leads.models import Lead
from leads.plans import Plan, Step
from leads.services import qualify_lead, reactivate_lead
from marketing.models import Campaign
from opportunities.models import Opportunity
from tests.factories.accounts import make_account, make_contact
from tests.factories.leads import make_lead
from tests.factories.opportunities import make_opportunity


def make_campaign(owner, **values):
    given = {"name": "Lab Days 2026", "currency_id": "EUR", **values}
    return Campaign.objects.create(owner=owner, **given)


NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EVERYTHING = Plan(account=Step.create(), contact=Step.create(), opportunity=Step.create())
NOTHING = Plan(account=Step.skip(), contact=Step.skip(), opportunity=Step.skip())


def test_a_lead_becomes_three_records(owner, as_actor):
    lead = make_lead(owner)

    result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    account, contact, deal = Account.objects.get(), Contact.objects.get(), Opportunity.objects.get()
    assert (result.account, result.contact, result.opportunity) == (account, contact, deal)
    assert result.created == ("account", "contact", "opportunity")
    assert account.name == "Aurelis Diagnostics"
    assert (account.city, account.country, account.phone) == ("Lyon", "FR", "+33 4 72 55 01 18")
    assert (account.relationship, account.email) == ("prospect", "")
    assert (contact.full_name, contact.account_id) == ("Nadia Belkacem", account.pk)
    assert (contact.email, contact.job_title) == ("n.belkacem@aurelis.example", "Head of quality")
    assert deal.name == "Two benches for new lab"
    assert (deal.account_id, deal.contact_id) == (account.pk, contact.pk)
    assert (deal.stage, deal.originating_lead_id) == ("qualify", lead.pk)


def test_a_qualified_lead_is_closed_and_knows_its_records(owner, as_actor):
    lead = make_lead(owner)

    with clock.held(NOON):
        result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    lead.refresh_from_db()
    assert (lead.state, lead.reason, lead.closed_at) == ("qualified", "qualified", NOON)
    assert lead.account_id == result.account.pk
    assert lead.contact_id == result.contact.pk
    assert lead.opportunity_id == result.opportunity.pk


def test_the_person_becomes_the_main_person_of_a_new_account(owner, as_actor):
    lead = make_lead(owner)

    qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    assert Account.objects.get().primary_contact_id == Contact.objects.get().pk


def test_budget_and_timeframe_become_revenue_and_close_date(owner, as_actor):
    lead = make_lead(
        owner, budget_amount=Decimal(60_000), currency_id="EUR", timeframe="next_quarter"
    )

    with clock.held(NOON):
        qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    deal = Opportunity.objects.get()
    assert (deal.estimated_revenue, deal.budget_amount) == (60_000, 60_000)
    assert (deal.est_close_on, deal.currency_id) == (date(2027, 3, 31), "EUR")


def test_what_was_typed_for_the_deal_wins_over_the_lead(owner, as_actor):
    lead = make_lead(owner)
    plan = Plan(
        account=Step.skip(),
        contact=Step.create(),
        opportunity=Step.create(
            name="Benches 2027",
            estimated_revenue=Decimal("1.50"),
            est_close_on=date(2027, 1, 31),
        ),
    )

    qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)

    deal = Opportunity.objects.get()
    assert (deal.name, deal.estimated_revenue) == ("Benches 2027", Decimal("1.50"))
    assert deal.est_close_on == date(2027, 1, 31)
    assert (deal.account_id, deal.contact_id) == (None, Contact.objects.get().pk)


def test_an_existing_account_is_used_and_only_its_gaps_are_filled(owner, as_actor):
    account = make_account(owner, name="Aurelis Diagnostics SAS", city="Paris")
    lead = make_lead(owner)
    plan = Plan(account=Step.use(account.pk), contact=Step.create(), opportunity=Step.create())

    result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)

    account.refresh_from_db()
    assert Account.objects.count() == 1
    assert (account.name, account.city) == ("Aurelis Diagnostics SAS", "Paris")
    assert (account.phone, account.country) == ("+33 4 72 55 01 18", "FR")
    assert account.primary_contact_id is None
    assert result.created == ("contact", "opportunity")
    assert Contact.objects.get().account_id == account.pk


def test_a_colleagues_account_is_used_but_not_changed(owner, teammate, as_actor):
    account = make_account(teammate)
    lead = make_lead(owner)
    plan = Plan(account=Step.use(account.pk), contact=Step.create(), opportunity=Step.create())

    qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)

    account.refresh_from_db()
    assert (account.version, account.phone) == (1, "")
    assert Opportunity.objects.get().account_id == account.pk


def test_a_person_who_changed_company_is_moved_along(owner, as_actor):
    former = make_account(owner, name="BioSud")
    contact = make_contact(owner, account=former)
    lead = make_lead(owner)
    plan = Plan(account=Step.create(), contact=Step.use(contact.pk), opportunity=Step.create())

    result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)

    contact.refresh_from_db()
    assert contact.account_id == result.account.pk
    assert Contact.objects.count() == 1


def test_an_open_deal_can_be_joined(owner, as_actor):
    deal = make_opportunity(owner, name="Bench service 2027", estimated_revenue=None)
    lead = make_lead(owner, budget_amount=Decimal(500), currency_id="EUR", rating="hot")
    plan = Plan(account=Step.create(), contact=Step.skip(), opportunity=Step.use(deal.pk))

    result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)

    deal.refresh_from_db()
    assert Opportunity.objects.count() == 1
    assert (deal.name, deal.rating) == ("Bench service 2027", "warm")
    assert deal.estimated_revenue == Decimal(500)
    assert (deal.account_id, deal.originating_lead_id) == (result.account.pk, lead.pk)


def test_everything_may_be_skipped(owner, as_actor):
    lead = make_lead(owner)

    result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=NOTHING)

    assert (result.account, result.contact, result.opportunity) == (None, None, None)
    assert result.lead.state == Lead.State.QUALIFIED
    assert not Opportunity.objects.exists()


def test_the_second_post_gets_the_result_of_the_first(owner, as_actor):
    lead = make_lead(owner)
    first = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    again = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=NOTHING)

    assert again.is_repeat
    assert not first.is_repeat
    assert (again.account, again.contact, again.opportunity) == (
        first.account,
        first.contact,
        first.opportunity,
    )
    assert Account.objects.count() == Contact.objects.count() == 1
    assert JournalEntry.objects.filter(verb="qualified").count() == 1


def test_the_journal_keeps_all_that_undoing_needs(owner, as_actor):
    account = make_account(owner, city="Paris", phone="1", country="FR")
    lead = make_lead(owner, reason="contacted")
    plan = Plan(account=Step.use(account.pk), contact=Step.create(), opportunity=Step.skip())

    result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)

    entry = JournalEntry.objects.get(verb="qualified")
    assert entry.data == {
        "created": {"contact": result.contact.pk},
        "used": {"account": account.pk},
        "filled": {},
        "before": {
            "account": None,
            "contact": None,
            "opportunity": None,
            "reason": "contacted",
        },
        "into": [
            {"type": "account", "id": account.pk},
            {"type": "contact", "id": result.contact.pk},
        ],
    }


def test_others_hear_of_a_qualification(owner, as_actor, monkeypatch):
    heard = []
    monkeypatch.setitem(operations._subscribers, LeadQualified, [heard.append])
    lead = make_lead(owner)

    result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    assert [event.opportunity for event in heard] == [result.opportunity]


def test_a_teams_lead_goes_to_whoever_qualifies_it(owner, north, as_actor):
    team = Team.objects.create(kind="team", name="Fair", unit=north)
    team.members.add(owner)
    lead = make_lead(team)

    result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    assert {result.account.owner_id, result.opportunity.owner_id} == {owner.pk}


def test_what_a_manager_qualifies_stays_with_the_leads_owner(owner, manager, as_actor):
    lead = make_lead(owner)

    result = qualify_lead(actor=as_actor(manager), lead_id=lead.pk, version=1, plan=EVERYTHING)

    assert result.opportunity.owner_id == owner.pk
    assert result.opportunity.created_by_id == manager.pk


def test_a_lead_changed_meanwhile_is_looked_at_again(owner, as_actor):
    lead = make_lead(owner)
    Lead.objects.filter(pk=lead.pk).update(company="Aurelis Group")

    with pytest.raises(StaleVersion):
        qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    lead.refresh_from_db()
    assert lead.state == Lead.State.OPEN
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"), [({"company": ""}, "account"), ({"last_name": ""}, "contact")]
)
def test_nothing_is_created_without_a_name(owner, as_actor, values, field):
    lead = make_lead(owner, **values)

    with pytest.raises(RuleViolation) as refusal:
        qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    lead.refresh_from_db()
    assert set(refusal.value.fields) == {field}
    assert lead.state == Lead.State.OPEN
    assert not Account.objects.exists()
    assert not Contact.objects.exists()


def test_using_needs_a_record(owner, as_actor):
    lead = make_lead(owner)
    plan = Plan(account=Step.skip(), contact=Step.use(None), opportunity=Step.skip())

    with pytest.raises(RuleViolation) as refusal:
        qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)

    assert set(refusal.value.fields) == {"contact"}


def test_a_record_one_cannot_see_is_not_used(owner, stranger, as_actor):
    hidden = make_account(stranger)
    lead = make_lead(owner)
    plan = Plan(account=Step.use(hidden.pk), contact=Step.create(), opportunity=Step.create())

    with pytest.raises(NotVisible):
        qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)

    lead.refresh_from_db()
    assert (lead.state, lead.version) == ("open", 1)
    assert not Opportunity.objects.exists()


def test_a_disqualified_lead_is_not_qualified(owner, as_actor):
    lead = make_lead(owner, state="disqualified", reason="lost")

    with pytest.raises(RuleViolation):
        qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    assert not Account.objects.exists()


def test_a_teammate_does_not_qualify_it(owner, teammate, as_actor):
    lead = make_lead(owner)

    with pytest.raises(AccessDenied):
        qualify_lead(actor=as_actor(teammate), lead_id=lead.pk, version=1, plan=EVERYTHING)

    lead.refresh_from_db()
    assert (lead.state, lead.version) == ("open", 1)
    assert not Account.objects.exists()


def test_somebody_who_may_not_create_accounts_does_not_by_qualifying(agent, owner, as_actor):
    from crm.models import Share

    lead = make_lead(owner)
    for privilege in ("read", "write"):
        Share.objects.create(
            record_type="lead",
            record_id=lead.pk,
            principal=agent,
            privilege=privilege,
            granted_at=NOON,
        )

    with pytest.raises(AccessDenied):
        qualify_lead(actor=as_actor(agent), lead_id=lead.pk, version=1, plan=EVERYTHING)

    assert not Account.objects.exists()
    assert not Opportunity.objects.exists()


def test_a_reactivated_lead_is_qualified_again_with_its_earlier_records(owner, as_actor):
    lead = make_lead(owner)
    first = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)
    again = reactivate_lead(actor=as_actor(owner), record_id=lead.pk)
    plan = Plan(
        account=Step.use(first.account.pk),
        contact=Step.use(first.contact.pk),
        opportunity=Step.create(name="A second bench"),
    )

    second = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=again.version, plan=plan)

    assert (again.state, again.reason, again.account_id) == ("open", "new", first.account.pk)
    assert second.account == first.account
    assert Opportunity.objects.count() == 2
    lead.refresh_from_db()
    assert lead.opportunity_id == second.opportunity.pk


def test_the_campaign_that_brought_the_lead_brought_the_deal(owner, marketer, as_actor):
    campaign = make_campaign(marketer)
    lead = make_lead(owner, campaign=campaign)

    result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=EVERYTHING)

    assert result.opportunity.campaign_id == campaign.pk


def test_a_deal_that_another_campaign_brought_keeps_it(owner, marketer, as_actor):
    earlier, later = make_campaign(marketer), make_campaign(marketer, name="Later")
    deal = make_opportunity(owner, campaign=earlier)
    lead = make_lead(owner, campaign=later)
    plan = Plan(account=Step.skip(), contact=Step.skip(), opportunity=Step.use(deal.pk))

    result = qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)

    assert result.opportunity.campaign_id == earlier.pk
