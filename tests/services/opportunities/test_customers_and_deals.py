from datetime import date

import pytest

from accounts.models import Account, Contact
from crm.journal.sentences import entry_sentence, links_in
from crm.models import JournalEntry
from crm.records.history.values import LinkedRecords
from crm.records.services import delete_records
from crm.registry.registry import registry
from leads.plans import Plan, Step
from leads.services import disqualify_lead, qualify_lead
from opportunities.services import hold_opportunity, lose_opportunity, move_stage, win_opportunity
from tests.factories.accounts import make_account, make_contact
from tests.factories.leads import make_lead
from tests.factories.opportunities import make_competitor, make_opportunity


def delete(actor, record):
    return delete_records(actor=actor, record_type=registry.of(record), ids=[record.pk])


@pytest.mark.parametrize("make", [make_account, make_contact])
def test_a_customer_with_an_open_deal_is_not_deleted(owner, as_actor, make):
    customer = make(owner)
    make_opportunity(owner, **{customer.type_key(): customer})

    result = delete(as_actor(owner), customer)

    customer.refresh_from_db()
    assert result.done == 0
    assert "1 open deal names this customer." in result.refused[customer.pk]
    assert customer.deleted_at is None


def test_a_customer_whose_deals_are_over_can_be_deleted(owner, as_actor):
    account = make_account(owner)
    make_opportunity(owner, account=account, state="lost", reason="canceled", forecast="lost")

    result = delete(as_actor(owner), account)

    account.refresh_from_db()
    assert result.done == 1
    assert account.deleted_at is not None


def test_a_deal_won_by_nobody_was_won_by_its_lead(owner, as_actor):
    lead = make_lead(owner)
    deal = make_opportunity(owner, originating_lead=lead)

    won = win_opportunity(actor=as_actor(owner), record_id=deal.pk)

    account, contact = Account.objects.get(), Contact.objects.get()
    assert (won.account_id, won.contact_id) == (account.pk, contact.pk)
    assert (account.name, account.city) == ("Aurelis Diagnostics", "Lyon")
    assert account.relationship == Account.Relationship.CUSTOMER
    assert (contact.email, contact.account_id) == ("n.belkacem@aurelis.example", account.pk)


def test_the_records_a_lead_is_linked_to_are_used_first(owner, as_actor):
    account, contact = make_account(owner), make_contact(owner)
    lead = make_lead(owner, account=account, contact=contact)
    deal = make_opportunity(owner, originating_lead=lead)

    won = win_opportunity(actor=as_actor(owner), record_id=deal.pk)

    assert (won.account_id, won.contact_id) == (account.pk, contact.pk)
    assert Account.objects.count() == Contact.objects.count() == 1


def said(actor, record, verb):
    entry = JournalEntry.objects.get(record_type=record.type_key(), record_id=record.pk, verb=verb)
    linked = LinkedRecords(actor)
    linked.load(links_in(entry.data))
    return entry_sentence(entry, linked)


def test_the_timeline_says_how_a_deal_went(owner, as_actor):
    actor = as_actor(owner)
    won = make_opportunity(owner, account=make_account(owner), est_close_on=date(2026, 12, 1))
    lost = make_opportunity(owner)
    hold_opportunity(actor=actor, record_id=won.pk, note="Until March")
    move_stage(actor=actor, record_id=won.pk, version=None, value="propose")
    win_opportunity(actor=actor, record_id=won.pk, note="Signed in Basel.")
    rival = make_competitor(owner)
    lose_opportunity(actor=actor, record_id=lost.pk, reason="out_sold", lost_to=rival)

    assert said(actor, won, "put_on_hold") == "put this on hold. “Until March”"
    assert said(actor, won, "stage_moved") == "moved the stage to Propose"
    assert said(actor, won, "won") == "closed this as won for €60,000.00. “Signed in Basel.”"
    assert said(actor, lost, "lost") == "closed this as lost to Orbis: Out-sold"
    assert (
        said(actor, won.account, "became_customer") == "won the first deal: this is a customer now"
    )


def test_the_timeline_says_what_became_of_a_lead(owner, as_actor):
    actor = as_actor(owner)
    plan = Plan(account=Step.create(), contact=Step.create(), opportunity=Step.skip())
    made, gone = make_lead(owner), make_lead(owner)
    qualify_lead(actor=actor, lead_id=made.pk, version=None, plan=plan)
    disqualify_lead(actor=actor, record_id=gone.pk, reason="lost", note="Bought elsewhere")

    assert (
        said(actor, made, "qualified") == "qualified this into Aurelis Diagnostics, Nadia Belkacem"
    )
    assert said(actor, gone, "disqualified") == "disqualified this: Lost. “Bought elsewhere”"
