from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from crm.errors import RuleViolation
from opportunities import rules
from opportunities.models import Opportunity
from opportunities.process import missing_for, progress

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def a_deal(**values):
    given = {
        "name": "Benches",
        "currency_id": "EUR",
        "created_at": START,
        "stage_entered_at": START,
        **values,
    }
    return Opportunity(**given)


def days(count):
    return START + timedelta(days=count)


def test_each_stage_counts_its_own_days():
    deal = a_deal(stage="close", has_final_proposal=True, has_presented_final=True)
    moves = [
        (days(6), "qualify", "develop"),
        (days(27), "develop", "propose"),
        (days(44), "propose", "close"),
    ]

    stages = progress(deal, moves, until=days(48))

    assert [(s.stage, s.standing, s.days) for s in stages] == [
        ("qualify", "done", 6),
        ("develop", "done", 21),
        ("propose", "done", 17),
        ("close", "now", 4),
    ]
    assert (stages[3].steps_done, stages[3].steps) == (2, 5)


@pytest.mark.parametrize("created", [0, 9])
def test_a_deal_from_elsewhere_counts_from_when_it_entered_its_stage(created):
    deal = a_deal(stage="develop", created_at=days(created), stage_entered_at=days(4))
    assert [stage.days for stage in progress(deal, [], until=days(10))] == [0, 6, 0, 0]


def test_going_back_adds_to_the_days_of_the_earlier_stage():
    deal = a_deal(stage="qualify")
    moves = [(days(3), "qualify", "develop"), (days(5), "develop", "qualify")]

    stages = progress(deal, moves, until=days(9))

    assert [(s.days, s.standing) for s in stages] == [
        (7, "now"),
        (2, "ahead"),
        (0, "ahead"),
        (0, "ahead"),
    ]


def test_a_closed_deal_is_in_no_stage_any_more():
    deal = a_deal(stage="develop", state="won")

    standings = [s.standing for s in progress(deal, [], until=days(1))]

    assert standings == ["done", "done", "ahead", "ahead"]


def test_the_last_stage_needs_a_date_and_an_amount():
    assert missing_for(a_deal(), "develop") == []
    assert missing_for(a_deal(), "close") == ["est_close_on", "estimated_revenue"]
    known = a_deal(est_close_on=START.date(), estimated_revenue=Decimal(0))
    assert missing_for(known, "close") == []


@pytest.mark.parametrize(
    ("state", "reason", "forecast", "settled"),
    [
        ("open", "won", "won", ("in_progress", "pipeline", 40)),
        ("open", "on_hold", "committed", ("on_hold", "committed", 40)),
        ("won", "in_progress", "omitted", ("won", "won", 100)),
        ("lost", "in_progress", "pipeline", ("canceled", "lost", 0)),
        ("lost", "out_sold", "pipeline", ("out_sold", "lost", 0)),
    ],
)
def test_everything_follows_the_state(state, reason, forecast, settled):
    deal = a_deal(state=state, reason=reason, forecast=forecast, probability=40)

    rules.align_with_state(deal)

    assert (deal.reason, deal.forecast, deal.probability) == settled


@pytest.mark.parametrize(
    ("state", "reason", "check", "is_allowed"),
    [
        ("open", "in_progress", rules.refuse_unless_open, True),
        ("open", "on_hold", rules.refuse_unless_open, True),
        ("won", "won", rules.refuse_unless_open, False),
        ("lost", "canceled", rules.refuse_unless_open, False),
        ("open", "in_progress", rules.refuse_unless_closed, False),
        ("won", "won", rules.refuse_unless_closed, True),
        ("lost", "out_sold", rules.refuse_unless_closed, True),
        ("open", "in_progress", rules.refuse_unless_running, True),
        ("open", "on_hold", rules.refuse_unless_running, False),
        ("won", "won", rules.refuse_unless_running, False),
        ("open", "on_hold", rules.refuse_unless_on_hold, True),
        ("open", "in_progress", rules.refuse_unless_on_hold, False),
        ("lost", "canceled", rules.refuse_unless_on_hold, False),
    ],
)
def test_every_transition_starts_where_it_may(state, reason, check, is_allowed):
    deal = a_deal(state=state, reason=reason)

    if is_allowed:
        check(deal)
    else:
        with pytest.raises(RuleViolation):
            check(deal)


@pytest.mark.parametrize(
    ("code", "amount", "is_allowed"),
    [("JPY", "10", True), ("JPY", "10.5", False), ("EUR", "10.25", True), ("KWD", "1.125", True)],
)
def test_amounts_have_the_decimals_of_their_currency(code, amount, is_allowed):
    deal = a_deal(currency_id=code, estimated_revenue=Decimal(amount))

    if is_allowed:
        rules.refuse_fractions(deal)
    else:
        with pytest.raises(RuleViolation) as refusal:
            rules.refuse_fractions(deal)
        assert set(refusal.value.fields) == {"estimated_revenue"}
