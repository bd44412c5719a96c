from datetime import date
from decimal import Decimal

import pytest

from crm.errors import AccessDenied, RuleViolation, StaleVersion
from crm.models import JournalEntry
from crm.records.services import create_record, update_record
from crm.registry.registry import registry
from opportunities.models import Opportunity
from opportunities.services import (
    add_competitor,
    hold_opportunity,
    lose_opportunity,
    move_stage,
    remove_competitor,
    resume_opportunity,
    set_step,
)
from tests.factories.accounts import make_account
from tests.factories.opportunities import make_competitor, make_opportunity


def test_moving_to_another_stage_starts_its_clock(owner, as_actor):
    deal = make_opportunity(owner)

    moved = move_stage(actor=as_actor(owner), record_id=deal.pk, version=1, value="develop")

    assert moved.stage == Opportunity.Stage.DEVELOP
    assert moved.stage_entered_at > deal.stage_entered_at
    entry = JournalEntry.objects.get(verb="stage_moved")
    assert entry.data == {"from": "qualify", "to": "develop"}


def test_moving_to_where_it_is_changes_nothing(owner, as_actor):
    deal = make_opportunity(owner)

    same = move_stage(actor=as_actor(owner), record_id=deal.pk, version=1, value="qualify")

    assert same.version == 1
    assert not JournalEntry.objects.exists()


def test_a_stage_says_what_it_needs(owner, as_actor):
    deal = make_opportunity(owner, estimated_revenue=None)

    with pytest.raises(RuleViolation) as refusal:
        move_stage(actor=as_actor(owner), record_id=deal.pk, version=1, value="close")

    deal.refresh_from_db()
    assert set(refusal.value.fields) == {"est_close_on", "estimated_revenue"}
    assert (deal.stage, deal.version) == ("qualify", 1)


def test_what_a_stage_needs_can_be_given_with_the_move(owner, as_actor):
    deal = make_opportunity(owner, estimated_revenue=None)

    moved = move_stage(
        actor=as_actor(owner),
        record_id=deal.pk,
        version=1,
        value="close",
        est_close_on=date(2026, 12, 31),
        estimated_revenue=Decimal("412000.00"),
    )

    assert (moved.stage, moved.est_close_on) == ("close", date(2026, 12, 31))
    assert moved.estimated_revenue == Decimal(412_000)


def test_two_people_moving_it_to_different_stages_is_a_conflict(owner, as_actor):
    deal = make_opportunity(owner, est_close_on=date(2026, 12, 31))
    move_stage(actor=as_actor(owner), record_id=deal.pk, version=1, value="develop")

    with pytest.raises(StaleVersion) as conflict:
        move_stage(actor=as_actor(owner), record_id=deal.pk, version=1, value="propose")

    deal.refresh_from_db()
    assert conflict.value.theirs == {"stage": "develop"}
    assert deal.stage == Opportunity.Stage.DEVELOP


def test_an_unknown_stage_is_refused(owner, as_actor):
    deal = make_opportunity(owner)

    with pytest.raises(RuleViolation):
        move_stage(actor=as_actor(owner), record_id=deal.pk, version=1, value="dream")

    deal.refresh_from_db()
    assert deal.version == 1


def test_a_closed_deal_does_not_move(owner, as_actor):
    deal = make_opportunity(owner)
    lose_opportunity(actor=as_actor(owner), record_id=deal.pk)

    with pytest.raises(RuleViolation):
        move_stage(actor=as_actor(owner), record_id=deal.pk, version=None, value="develop")

    deal.refresh_from_db()
    assert deal.stage == Opportunity.Stage.QUALIFY


def test_a_teammate_does_not_move_it(owner, teammate, as_actor):
    deal = make_opportunity(owner)

    with pytest.raises(AccessDenied):
        move_stage(actor=as_actor(teammate), record_id=deal.pk, version=1, value="develop")

    deal.refresh_from_db()
    assert (deal.stage, deal.version) == ("qualify", 1)


def test_a_deal_is_put_on_hold_and_taken_up_again(owner, as_actor):
    deal = make_opportunity(owner)

    held = hold_opportunity(actor=as_actor(owner), record_id=deal.pk, note="Until March")
    assert (held.state, held.reason) == ("open", "on_hold")

    resumed = resume_opportunity(actor=as_actor(owner), record_id=deal.pk)
    assert (resumed.state, resumed.reason) == ("open", "in_progress")
    verbs = JournalEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["put_on_hold", "resumed"]


def test_a_deal_on_hold_is_not_put_on_hold_again(owner, as_actor):
    deal = make_opportunity(owner, reason="on_hold")

    with pytest.raises(RuleViolation):
        hold_opportunity(actor=as_actor(owner), record_id=deal.pk)

    deal.refresh_from_db()
    assert deal.version == 1


def test_a_running_deal_is_not_resumed(owner, as_actor):
    deal = make_opportunity(owner)

    with pytest.raises(RuleViolation):
        resume_opportunity(actor=as_actor(owner), record_id=deal.pk)


def test_a_step_is_ticked_and_unticked(owner, as_actor):
    deal = make_opportunity(owner)

    set_step(actor=as_actor(owner), record_id=deal.pk, step="has_proposal", is_done=True)
    deal.refresh_from_db()
    assert deal.has_proposal is True

    set_step(actor=as_actor(owner), record_id=deal.pk, step="has_proposal", is_done=False)
    deal.refresh_from_db()
    assert deal.has_proposal is False


@pytest.mark.parametrize("step", ["state", "owner", "timeframe", "nonsense"])
def test_only_steps_are_ticked(owner, as_actor, step):
    deal = make_opportunity(owner)

    with pytest.raises(RuleViolation):
        set_step(actor=as_actor(owner), record_id=deal.pk, step=step, is_done=True)

    deal.refresh_from_db()
    assert deal.version == 1


def test_a_competitor_is_named_once_and_removed(owner, as_actor):
    deal, rival = make_opportunity(owner), make_competitor(owner)

    for _again in range(2):
        add_competitor(actor=as_actor(owner), record_id=deal.pk, competitor=rival)
    assert list(deal.competitors.all()) == [rival]
    assert JournalEntry.objects.filter(verb="competitor_added").count() == 1

    remove_competitor(actor=as_actor(owner), record_id=deal.pk, competitor_id=rival.pk)
    assert not deal.competitors.exists()


def test_a_new_deal_trades_in_its_customers_currency(owner, as_actor):
    from crm.models import Currency

    Currency.objects.create(code="JPY")
    account = make_account(owner, currency_id="JPY")

    deal = create_record(
        actor=as_actor(owner),
        record_type=registry.get("opportunity"),
        values={"name": "Pumps", "account": account},
    )

    assert deal.currency_id == "JPY"


def test_a_new_deal_without_a_customer_trades_in_the_base_currency(owner, as_actor):
    deal = create_record(
        actor=as_actor(owner),
        record_type=registry.get("opportunity"),
        values={"name": "Pumps"},
    )

    assert (deal.currency_id, deal.number[:4], deal.owner_id) == ("EUR", "OPP-", owner.pk)


def test_an_amount_finer_than_the_currency_is_refused(owner, as_actor):
    deal = make_opportunity(owner)

    with pytest.raises(RuleViolation) as refusal:
        update_record(
            actor=as_actor(owner),
            record_type=registry.get("opportunity"),
            record_id=deal.pk,
            version=1,
            values={"estimated_revenue": Decimal("10.005")},
        )

    deal.refresh_from_db()
    assert refusal.value.fields == {"estimated_revenue": "EUR has 2 decimals."}
    assert deal.estimated_revenue == Decimal(60_000)


@pytest.mark.parametrize("forecast", ["won", "lost"])
def test_an_open_deal_is_never_forecast_as_closed(owner, as_actor, forecast):
    deal = make_opportunity(owner, forecast="committed")

    changed = update_record(
        actor=as_actor(owner),
        record_type=registry.get("opportunity"),
        record_id=deal.pk,
        version=1,
        values={"forecast": forecast},
    )

    assert changed.forecast == Opportunity.Forecast.PIPELINE
