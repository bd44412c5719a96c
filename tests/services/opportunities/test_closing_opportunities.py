from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Account, Contact
from crm import clock
from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import JournalEntry
from opportunities.models import Opportunity
from opportunities.services import lose_opportunity, reopen_opportunity, win_opportunity
from tests.factories.accounts import make_account, make_contact
from tests.factories.opportunities import make_competitor, make_opportunity

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_winning_sets_state_actuals_and_forecast(owner, as_actor):
    deal = make_opportunity(owner, account=make_account(owner), forecast="committed")

    with clock.held(NOON):
        won = win_opportunity(
            actor=as_actor(owner), record_id=deal.pk, actual_revenue=Decimal("58000.50")
        )

    assert (won.state, won.reason, won.forecast, won.probability) == ("won", "won", "won", 100)
    assert won.actual_revenue == Decimal("58000.50")
    assert won.closed_on == date(2026, 11, 20)


def test_winning_takes_the_estimate_when_no_revenue_is_given(owner, as_actor):
    deal = make_opportunity(owner, account=make_account(owner))

    won = win_opportunity(actor=as_actor(owner), record_id=deal.pk)

    assert won.actual_revenue == Decimal(60_000)


def test_winning_journals_what_was_said_at_closing(owner, as_actor):
    deal = make_opportunity(owner, account=make_account(owner), probability=85)

    with clock.held(NOON):
        win_opportunity(actor=as_actor(owner), record_id=deal.pk, note=" Signed in Basel. ")

    entry = JournalEntry.objects.get(record_type="opportunity", record_id=deal.pk, verb="won")
    assert entry.data == {
        "reason": "won",
        "revenue": "60000.0000",
        "currency": "EUR",
        "closed_on": "2026-11-20",
        "competitor": "",
        "note": "Signed in Basel.",
        "before": {"forecast": "pipeline", "probability": 85},
    }


def test_the_first_won_deal_makes_a_prospect_a_customer(owner, as_actor):
    account = make_account(owner)
    deal = make_opportunity(owner, account=account)

    with clock.held(NOON):
        win_opportunity(actor=as_actor(owner), record_id=deal.pk)

    account.refresh_from_db()
    assert account.relationship == Account.Relationship.CUSTOMER
    assert account.customer_since_on == date(2026, 11, 20)


def test_a_partner_stays_a_partner_when_a_deal_is_won(owner, as_actor):
    account = make_account(owner, relationship=Account.Relationship.PARTNER)

    win_opportunity(actor=as_actor(owner), record_id=make_opportunity(owner, account=account).pk)

    account.refresh_from_db()
    assert account.relationship == Account.Relationship.PARTNER
    assert account.customer_since_on is None


def test_winning_without_a_customer_makes_one_from_the_names_typed(owner, as_actor):
    deal = make_opportunity(owner)

    won = win_opportunity(
        actor=as_actor(owner),
        record_id=deal.pk,
        company="Vallée Santé",
        first_name="Ines",
        last_name="Roux",
    )

    account, contact = Account.objects.get(), Contact.objects.get()
    assert (won.account_id, won.contact_id) == (account.pk, contact.pk)
    assert account.name == "Vallée Santé"
    assert account.relationship == Account.Relationship.CUSTOMER
    assert (contact.full_name, contact.account_id) == ("Ines Roux", account.pk)


def test_winning_without_a_customer_or_names_is_refused(owner, as_actor):
    deal = make_opportunity(owner)

    with pytest.raises(RuleViolation) as refusal:
        win_opportunity(actor=as_actor(owner), record_id=deal.pk)

    deal.refresh_from_db()
    assert set(refusal.value.fields) == {"company"}
    assert (deal.state, deal.version) == ("open", 1)
    assert not JournalEntry.objects.exists()


def test_a_person_alone_is_customer_enough(owner, as_actor):
    deal = make_opportunity(owner, contact=make_contact(owner))

    won = win_opportunity(actor=as_actor(owner), record_id=deal.pk)

    assert won.state == Opportunity.State.WON
    assert not Account.objects.exists()


def test_a_deal_is_not_won_twice(owner, as_actor):
    deal = make_opportunity(owner, account=make_account(owner))
    win_opportunity(actor=as_actor(owner), record_id=deal.pk)

    with pytest.raises(RuleViolation):
        win_opportunity(actor=as_actor(owner), record_id=deal.pk, actual_revenue=Decimal(1))

    deal.refresh_from_db()
    assert deal.actual_revenue == Decimal(60_000)
    assert JournalEntry.objects.filter(verb="won").count() == 1


def test_a_deal_cannot_close_tomorrow(owner, as_actor):
    deal = make_opportunity(owner, account=make_account(owner))

    with clock.held(NOON), pytest.raises(RuleViolation) as refusal:
        win_opportunity(
            actor=as_actor(owner),
            record_id=deal.pk,
            closed_on=NOON.date() + timedelta(days=1),
        )

    deal.refresh_from_db()
    assert set(refusal.value.fields) == {"closed_on"}
    assert deal.state == Opportunity.State.OPEN


def test_losing_keeps_the_reason_and_the_competitor(owner, as_actor):
    rival = make_competitor(owner)
    deal = make_opportunity(owner, probability=60)

    with clock.held(NOON):
        lost = lose_opportunity(
            actor=as_actor(owner), record_id=deal.pk, reason="out_sold", lost_to=rival
        )

    assert (lost.state, lost.reason, lost.forecast) == ("lost", "out_sold", "lost")
    assert (lost.probability, lost.closed_on) == (0, date(2026, 11, 20))
    assert lost.lost_to_id == rival.pk
    assert list(lost.competitors.all()) == [rival]
    assert lost.actual_revenue is None


@pytest.mark.parametrize("reason", ["won", "in_progress", "bad luck"])
def test_losing_needs_a_reason_of_losing(owner, as_actor, reason):
    deal = make_opportunity(owner)

    with pytest.raises(RuleViolation) as refusal:
        lose_opportunity(actor=as_actor(owner), record_id=deal.pk, reason=reason)

    deal.refresh_from_db()
    assert set(refusal.value.fields) == {"reason"}
    assert (deal.state, deal.version) == ("open", 1)


def test_reopening_brings_back_forecast_and_probability_and_clears_actuals(owner, as_actor):
    deal = make_opportunity(
        owner, account=make_account(owner), forecast="best_case", probability=70
    )
    win_opportunity(actor=as_actor(owner), record_id=deal.pk)

    again = reopen_opportunity(actor=as_actor(owner), record_id=deal.pk)

    assert (again.state, again.reason) == ("open", "in_progress")
    assert (again.forecast, again.probability) == ("best_case", 70)
    assert (again.actual_revenue, again.closed_on) == (None, None)


def test_reopening_a_lost_deal_forgets_who_got_it_but_not_the_journal(owner, as_actor):
    deal = make_opportunity(owner)
    lose_opportunity(
        actor=as_actor(owner),
        record_id=deal.pk,
        reason="out_sold",
        lost_to=make_competitor(owner),
    )

    again = reopen_opportunity(actor=as_actor(owner), record_id=deal.pk)

    assert again.lost_to_id is None
    verbs = JournalEntry.objects.filter(record_id=deal.pk, record_type="opportunity")
    assert list(verbs.order_by("id").values_list("verb", flat=True)) == ["lost", "reopened"]


def test_an_open_deal_is_not_reopened(owner, as_actor):
    deal = make_opportunity(owner)

    with pytest.raises(RuleViolation):
        reopen_opportunity(actor=as_actor(owner), record_id=deal.pk)

    deal.refresh_from_db()
    assert deal.version == 1


def test_a_teammate_sees_but_does_not_close(owner, teammate, as_actor):
    deal = make_opportunity(owner, account=make_account(owner))

    with pytest.raises(AccessDenied):
        win_opportunity(actor=as_actor(teammate), record_id=deal.pk)

    deal.refresh_from_db()
    assert (deal.state, deal.version) == ("open", 1)


def test_for_a_stranger_the_deal_does_not_exist(owner, stranger, as_actor):
    deal = make_opportunity(owner)

    with pytest.raises(NotVisible):
        lose_opportunity(actor=as_actor(stranger), record_id=deal.pk)

    deal.refresh_from_db()
    assert deal.state == Opportunity.State.OPEN
