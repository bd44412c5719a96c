"""The course of campaigns, of what they do, and of what comes back."""

from decimal import Decimal

import pytest

from accounts.models import Contact
from crm.errors import AccessDenied, RuleViolation
from crm.models import JournalEntry
from crm.records.history.undo import undo_operation
from crm.records.services import create_record, delete_records, update_record
from crm.registry.registry import registry
from leads.models import Lead
from marketing.models import Campaign, CampaignActivity
from marketing.reports import results_of_campaign
from marketing.services import (
    add_list,
    cancel_campaign,
    complete_activity,
    complete_campaign,
    convert_response,
    launch_campaign,
    mark_ready,
    remove_list,
    reopen_campaign,
    reopen_response,
    start_activity,
    suspend_campaign,
)
from opportunities.services import win_opportunity
from tests.factories.accounts import make_account, make_contact
from tests.factories.marketing import make_campaign, make_list, make_mailing, make_response
from tests.factories.opportunities import make_opportunity

pytestmark = pytest.mark.django_db


def test_a_campaign_goes_its_course(marketer, as_actor):
    campaign = make_campaign(marketer)
    assert campaign.number.startswith("CMP-")
    states = []
    for service in (
        mark_ready,
        launch_campaign,
        suspend_campaign,
        launch_campaign,
        complete_campaign,
        reopen_campaign,
        cancel_campaign,
    ):
        campaign = service(actor=as_actor(marketer), record_id=campaign.pk)
        states.append(campaign.state)
    assert states == [
        "ready",
        "launched",
        "suspended",
        "launched",
        "completed",
        "launched",
        "canceled",
    ]
    assert campaign.actual_start_on is not None
    assert campaign.actual_end_on == campaign.actual_start_on


@pytest.mark.parametrize(
    ("state", "service"),
    [
        ("launched", mark_ready),
        ("launched", launch_campaign),
        ("completed", launch_campaign),
        ("proposed", suspend_campaign),
        ("proposed", complete_campaign),
        ("canceled", cancel_campaign),
        ("proposed", reopen_campaign),
    ],
)
def test_a_step_out_of_turn_is_refused(state, service, marketer, as_actor):
    campaign = make_campaign(marketer, state=state)
    with pytest.raises(RuleViolation):
        service(actor=as_actor(marketer), record_id=campaign.pk)
    campaign.refresh_from_db()
    assert campaign.state == state
    assert JournalEntry.objects.count() == 0


def test_readers_do_not_launch(owner, marketer, as_actor):
    campaign = make_campaign(marketer)
    with pytest.raises(AccessDenied):
        launch_campaign(actor=as_actor(owner), record_id=campaign.pk)
    campaign.refresh_from_db()
    assert campaign.state == "proposed"


def test_a_closed_campaign_is_not_edited(marketer, as_actor):
    campaign = make_campaign(marketer, state="completed")
    with pytest.raises(RuleViolation):
        update_record(
            actor=as_actor(marketer),
            record_type=registry.get("campaign"),
            record_id=campaign.pk,
            version=None,
            values={"name": "Other"},
        )


def test_nothing_that_still_sends_goes_to_the_bin(marketer, as_actor):
    mailing = make_mailing(marketer, state="running")
    for key, record in (("campaignactivity", mailing), ("campaign", mailing.campaign)):
        result = delete_records(
            actor=as_actor(marketer), record_type=registry.get(key), ids=[record.pk]
        )
        assert (result.done, set(result.refused)) == (0, {record.pk})
    assert CampaignActivity.objects.alive().count() == Campaign.objects.alive().count() == 1


def test_suspending_pauses_what_is_being_sent(marketer, as_actor):
    mailing = make_mailing(marketer, state="running")
    Campaign.objects.filter(pk=mailing.campaign_id).update(state="launched")
    suspend_campaign(actor=as_actor(marketer), record_id=mailing.campaign_id)
    mailing.refresh_from_db()
    assert mailing.state == "paused"


def test_lists_are_added_and_removed_and_that_can_be_undone(marketer, as_actor):
    campaign, found = make_campaign(marketer), make_list(marketer)
    add_list(actor=as_actor(marketer), record_id=campaign.pk, marketing_list=found)
    add_list(actor=as_actor(marketer), record_id=campaign.pk, marketing_list=found)
    assert list(campaign.lists.all()) == [found]
    remove_list(actor=as_actor(marketer), record_id=campaign.pk, list_id=found.pk)
    assert list(campaign.lists.all()) == []
    removal = JournalEntry.objects.get(verb="list_removed")
    undo_operation(actor=as_actor(marketer), operation_id=removal.operation)
    assert list(campaign.lists.all()) == [found]


def test_other_channels_start_and_end(marketer, as_actor):
    fair = make_mailing(marketer, channel="event")
    assert start_activity(actor=as_actor(marketer), record_id=fair.pk).state == "running"
    done = complete_activity(actor=as_actor(marketer), record_id=fair.pk)
    assert (done.state, done.started_at is None, done.ended_at is None) == (
        "completed",
        False,
        False,
    )


def test_an_e_mail_is_not_completed_by_hand(marketer, as_actor):
    mailing = make_mailing(marketer)
    with pytest.raises(RuleViolation):
        complete_activity(actor=as_actor(marketer), record_id=mailing.pk)


def test_what_was_started_stays_on_its_channel(marketer, as_actor):
    fair = make_mailing(marketer, channel="event", state="running")
    with pytest.raises(RuleViolation) as refusal:
        update_record(
            actor=as_actor(marketer),
            record_type=registry.get("campaignactivity"),
            record_id=fair.pk,
            version=None,
            values={"channel": "email"},
        )
    assert set(refusal.value.fields) == {"channel"}


def test_an_answer_becomes_a_lead_that_carries_the_campaign(marketer, as_actor):
    response = make_response(
        marketer, first_name="Nadia", company="Aurelis", email="n@aurelis.example"
    )
    lead = convert_response(actor=as_actor(marketer), record_id=response.pk)
    response.refresh_from_db()
    assert (
        lead.campaign_id,
        lead.topic,
        lead.last_name,
        lead.company,
        lead.email,
        lead.source,
    ) == (
        response.campaign_id,
        "Wants to know more",
        "Belkacem",
        "Aurelis",
        "n@aurelis.example",
        "mailing",
    )
    assert (response.state, response.lead_id, response.closed_at is None) == (
        "closed",
        lead.pk,
        False,
    )


def test_converting_twice_makes_one_lead(marketer, as_actor):
    response = make_response(marketer)
    first = convert_response(actor=as_actor(marketer), record_id=response.pk)
    again = convert_response(actor=as_actor(marketer), record_id=response.pk)
    assert (first, Lead.objects.count()) == (again, 1)


def test_a_known_person_is_linked(marketer, as_actor):
    account = make_account(marketer)
    contact = make_contact(marketer, account=account, email="n@aurelis.example")
    response = make_response(marketer, contact=contact, account=account, last_name="")
    lead = convert_response(actor=as_actor(marketer), record_id=response.pk, topic="A bench")
    assert (lead.contact, lead.account, lead.last_name, lead.company, lead.topic) == (
        contact,
        account,
        "Belkacem",
        "Aurelis Diagnostics",
        "A bench",
    )
    assert Contact.objects.count() == 1


def test_converting_can_be_undone(marketer, as_actor):
    response = make_response(marketer)
    lead = convert_response(actor=as_actor(marketer), record_id=response.pk)
    entry = JournalEntry.objects.get(verb="response_converted")
    undo_operation(actor=as_actor(marketer), operation_id=entry.operation)
    response.refresh_from_db()
    lead.refresh_from_db()
    assert (response.state, response.lead_id, lead.deleted_at is None) == ("open", None, False)


def test_a_closed_answer_with_a_lead_stays_closed(marketer, as_actor):
    response = make_response(marketer)
    convert_response(actor=as_actor(marketer), record_id=response.pk)
    with pytest.raises(RuleViolation):
        reopen_response(actor=as_actor(marketer), record_id=response.pk)


def test_an_answer_says_who_answered(marketer, as_actor):
    with pytest.raises(RuleViolation):
        create_record(
            actor=as_actor(marketer),
            record_type=registry.get("campaignresponse"),
            values={"subject": "Hello", "campaign": make_campaign(marketer)},
        )


def test_an_answer_belongs_to_an_activity_of_its_campaign(marketer, as_actor):
    with pytest.raises(RuleViolation) as refusal:
        create_record(
            actor=as_actor(marketer),
            record_type=registry.get("campaignresponse"),
            values={
                "subject": "Hello",
                "last_name": "Berg",
                "campaign": make_campaign(marketer),
                "activity": make_mailing(marketer),
            },
        )
    assert set(refusal.value.fields) == {"activity"}


def test_results_are_computed_from_rows(marketer, as_actor):
    campaign = make_campaign(marketer, misc_costs=Decimal(100))
    make_mailing(marketer, campaign=campaign, channel="event", actual_cost=Decimal(400))
    make_response(marketer, campaign=campaign)
    account = make_account(marketer)
    won = make_opportunity(marketer, account=account, campaign=campaign)
    win_opportunity(
        actor=as_actor(marketer), record_id=won.pk, actual_revenue=Decimal(2000), closed_on=None
    )
    make_opportunity(marketer, account=account, campaign=campaign)
    results = results_of_campaign(as_actor(marketer), campaign)
    assert (results.responses, results.interested, results.opportunities, results.won) == (
        1,
        1,
        2,
        1,
    )
    assert (results.revenue, results.cost, results.roi) == (
        Decimal("2000.0000"),
        Decimal("500.0000"),
        Decimal(300),
    )
