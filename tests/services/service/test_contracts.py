from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crm import clock
from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import FieldChange, JournalEntry
from crm.records.services import create_record, delete_records, update_record
from crm.registry.registry import registry
from service.models import Contract, ContractLine
from service.services import (
    cancel_contract,
    cancel_contract_line,
    copy_contract,
    hold_contract,
    invoice_contract,
    release_contract,
    remove_contract_line,
    renew_contract,
    save_contract_line,
)
from service.tasks import move_contracts_by_calendar
from tests.factories.accounts import make_account
from tests.factories.service import make_contract, make_line

JUNE = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
BEFORE = datetime(2025, 12, 20, 12, 0, tzinfo=UTC)
AFTER = datetime(2027, 1, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _june():
    with clock.held(JUNE):
        yield


def state(contract):
    """All that a refused request must leave alone."""
    fresh = Contract.objects.get(pk=contract.pk)
    lines = list(contract.lines.order_by("pk").values_list("state", "title", "total"))
    counts = Contract.objects.count(), JournalEntry.objects.count(), FieldChange.objects.count()
    return fresh.version, fresh.state, fresh.canceled_on, fresh.total, lines, counts


def line_states(contract):
    return list(contract.lines.order_by("pk").values_list("state", flat=True))


def test_a_contract_takes_the_currency_of_its_customer(agent, as_actor):
    account = make_account(agent, currency_id="EUR")
    values = {"name": "  Gold  support ", "account": account}
    values |= {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}

    made = create_record(actor=as_actor(agent), record_type=registry.get("contract"), values=values)

    assert (made.name, made.currency_id, made.state) == ("Gold support", "EUR", "draft")
    assert made.number.startswith("CON-")
    assert made.full_number == made.number


def test_a_contract_that_ends_before_it_starts_is_refused(agent, as_actor):
    values = {"name": "Gold", "account": make_account(agent)}
    values |= {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 31)}
    with pytest.raises(RuleViolation) as refused:
        create_record(actor=as_actor(agent), record_type=registry.get("contract"), values=values)
    assert set(refused.value.fields) == {"ends_on"}
    assert Contract.objects.count() == 0


def test_lines_add_up_to_the_total(agent, as_actor):
    contract = make_contract(agent)
    actor = as_actor(agent)

    save_contract_line(
        actor=actor, record_id=contract.pk, title="Requests", total=20, price=Decimal(1000)
    )
    changed = save_contract_line(
        actor=actor,
        record_id=contract.pk,
        title="On site",
        allotment="minutes",
        total=600,
        price=Decimal("500.50"),
        discount=Decimal("0.50"),
    )

    assert changed.total == Decimal(1500)
    assert list(contract.lines.values_list("position", "title", "allotment", "total")) == [
        (1, "Requests", "cases", 20),
        (2, "On site", "minutes", 600),
    ]
    whole_term = {(contract.starts_on, contract.ends_on)}
    assert set(contract.lines.values_list("starts_on", "ends_on")) == whole_term


def test_a_line_is_changed_and_removed_while_it_is_a_draft(agent, as_actor):
    contract = make_contract(agent)
    line = make_line(contract)
    actor = as_actor(agent)

    save_contract_line(
        actor=actor, record_id=contract.pk, line=line.pk, title="Thirty", total=30, price=Decimal(9)
    )
    assert Contract.objects.get(pk=contract.pk).total == Decimal(9)
    assert contract.lines.get().total == 30

    remove_contract_line(actor=actor, record_id=contract.pk, line=line.pk)
    assert contract.lines.count() == 0
    assert Contract.objects.get(pk=contract.pk).total == Decimal(0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"total": None}, "total"),
        ({"total": 0}, "total"),
        ({"price": Decimal(5), "discount": Decimal(6)}, "discount"),
        ({"price": Decimal("5.005")}, "price"),
        ({"starts_on": date(2025, 12, 31)}, "starts_on"),
        ({"ends_on": date(2027, 1, 1)}, "ends_on"),
        ({"starts_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}, "ends_on"),
    ],
)
def test_a_line_that_cannot_be_is_refused(values, field, agent, as_actor):
    contract = make_contract(agent)
    before = state(contract)
    with pytest.raises(RuleViolation) as refused:
        save_contract_line(
            actor=as_actor(agent),
            record_id=contract.pk,
            **{"title": "Requests", "total": 20, **values},
        )
    assert set(refused.value.fields) == {field}
    assert state(contract) == before


def test_cover_between_two_days_has_no_number(agent, as_actor):
    contract = make_contract(agent)
    save_contract_line(
        actor=as_actor(agent), record_id=contract.pk, title="All", allotment="dates", total=7
    )
    assert contract.lines.get().total is None


def test_a_line_of_another_contract_is_not_found(agent, as_actor):
    contract, other = make_contract(agent), make_contract(agent)
    foreign = make_line(other)
    before = state(other)
    for do in (remove_contract_line, cancel_contract_line):
        with pytest.raises((NotVisible, RuleViolation)):
            do(actor=as_actor(agent), record_id=contract.pk, line=foreign.pk)
    with pytest.raises(NotVisible):
        save_contract_line(
            actor=as_actor(agent), record_id=contract.pk, line=foreign.pk, title="x", total=1
        )
    assert state(other) == before


def test_invoicing_starts_a_contract_whose_first_day_has_come(agent, as_actor):
    contract = make_contract(agent)
    make_line(contract)
    assert invoice_contract(actor=as_actor(agent), record_id=contract.pk).state == "active"


def test_an_invoiced_contract_waits_for_its_first_day(agent, as_actor):
    contract = make_contract(agent)
    make_line(contract)
    with clock.held(BEFORE):
        assert invoice_contract(actor=as_actor(agent), record_id=contract.pk).state == "invoiced"
        move_contracts_by_calendar()
        assert Contract.objects.get(pk=contract.pk).state == "invoiced"

    move_contracts_by_calendar()
    move_contracts_by_calendar()

    assert Contract.objects.get(pk=contract.pk).state == "active"
    assert JournalEntry.objects.filter(verb="contract_started").count() == 1


def test_what_grants_nothing_is_not_invoiced(agent, as_actor):
    contract = make_contract(agent)
    before = state(contract)
    with pytest.raises(RuleViolation, match="grants nothing yet"):
        invoice_contract(actor=as_actor(agent), record_id=contract.pk)
    assert state(contract) == before


def test_what_is_over_is_not_invoiced(agent, as_actor):
    contract = make_contract(agent)
    make_line(contract)
    before = state(contract)
    with clock.held(AFTER), pytest.raises(RuleViolation, match="last day is over"):
        invoice_contract(actor=as_actor(agent), record_id=contract.pk)
    assert state(contract) == before


def test_after_its_last_day_a_contract_has_expired_with_its_lines(agent):
    contract = make_contract(agent, state="active")
    make_line(contract)
    with clock.held(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)):
        move_contracts_by_calendar()
        assert Contract.objects.get(pk=contract.pk).state == "active"
    with clock.held(AFTER):
        move_contracts_by_calendar()
    assert Contract.objects.get(pk=contract.pk).state == "expired"
    assert line_states(contract) == ["expired"]


def test_the_calendar_leaves_held_and_canceled_ones_alone(agent):
    held = make_contract(agent, state="on_hold")
    canceled = make_contract(agent, state="canceled", canceled_on=date(2026, 3, 1))
    with clock.held(AFTER):
        move_contracts_by_calendar()
    assert Contract.objects.get(pk=held.pk).state == "on_hold"
    assert Contract.objects.get(pk=canceled.pk).state == "canceled"


def test_a_hold_ends_in_an_active_contract_or_an_expired_one(agent, as_actor):
    contract = make_contract(agent, state="active")
    make_line(contract)
    actor = as_actor(agent)

    assert hold_contract(actor=actor, record_id=contract.pk).state == "on_hold"
    assert release_contract(actor=actor, record_id=contract.pk).state == "active"

    hold_contract(actor=actor, record_id=contract.pk)
    with clock.held(AFTER):
        assert release_contract(actor=actor, record_id=contract.pk).state == "expired"
    assert line_states(contract) == ["expired"]


def test_canceling_ends_it_and_its_lines(agent, as_actor):
    contract = make_contract(agent, state="active")
    make_line(contract)

    canceled = cancel_contract(
        actor=as_actor(agent), record_id=contract.pk, canceled_on=date(2026, 6, 1), note="Moved"
    )

    assert (canceled.state, canceled.canceled_on) == ("canceled", date(2026, 6, 1))
    assert line_states(contract) == ["canceled"]


def test_a_contract_is_not_canceled_ahead_of_time(agent, as_actor):
    contract = make_contract(agent, state="active")
    before = state(contract)
    with pytest.raises(RuleViolation) as refused:
        cancel_contract(actor=as_actor(agent), record_id=contract.pk, canceled_on=date(2026, 6, 16))
    assert set(refused.value.fields) == {"canceled_on"}
    assert state(contract) == before


def test_one_line_of_a_running_contract_can_be_canceled(agent, as_actor):
    contract = make_contract(agent, state="active")
    line, other = make_line(contract), make_line(contract, position=2)
    cancel_contract_line(actor=as_actor(agent), record_id=contract.pk, line=line.pk)
    assert line_states(contract) == ["canceled", "existing"]
    assert ContractLine.objects.get(pk=other.pk).state == "existing"


def test_renewing_makes_the_next_term_under_the_same_number(agent, as_actor):
    contract = make_contract(agent, state="active")
    make_line(contract, starts_on=date(2026, 2, 1))
    make_line(contract, position=2, title="Dropped", state="canceled")

    made = renew_contract(actor=as_actor(agent), record_id=contract.pk)

    assert (made.state, made.number, made.term) == ("draft", contract.number, 2)
    assert made.full_number == f"{contract.number}-2"
    assert (made.starts_on, made.ends_on) == (date(2027, 1, 1), date(2027, 12, 31))
    assert made.renews_id == contract.pk
    assert made.total == Decimal(1000)
    line = made.lines.get()
    assert (line.title, line.state, line.total) == ("Twenty requests", "existing", 20)
    assert (line.starts_on, line.ends_on) == (date(2027, 2, 1), date(2027, 12, 31))
    assert line_states(contract) == ["existing", "canceled"]


def test_renewing_can_take_canceled_lines_along(agent, as_actor):
    contract = make_contract(agent, state="active")
    make_line(contract)
    make_line(contract, position=2, title="Dropped", state="canceled")
    made = renew_contract(actor=as_actor(agent), record_id=contract.pk, with_canceled=True)
    assert set(made.lines.values_list("title", "state")) == {
        ("Twenty requests", "existing"),
        ("Dropped", "existing"),
    }
    assert made.total == Decimal(2000)


def test_a_contract_is_renewed_once_unless_the_draft_was_thrown_away(agent, as_actor):
    contract = make_contract(agent, state="active")
    make_line(contract)
    made = renew_contract(actor=as_actor(agent), record_id=contract.pk)
    before = state(contract)

    with pytest.raises(RuleViolation, match="renewed already"):
        renew_contract(actor=as_actor(agent), record_id=contract.pk)
    assert state(contract) == before

    delete_records(actor=as_actor(agent), record_type=registry.get("contract"), ids=[made.pk])
    assert renew_contract(actor=as_actor(agent), record_id=contract.pk).term == 3


def test_lines_of_a_renewed_contract_end_as_renewed(agent, as_actor):
    contract = make_contract(agent, state="active")
    make_line(contract)
    renew_contract(actor=as_actor(agent), record_id=contract.pk)
    with clock.held(AFTER):
        move_contracts_by_calendar()
    assert Contract.objects.get(pk=contract.pk).state == "expired"
    assert line_states(contract) == ["renewed"]


def test_a_copy_has_a_number_of_its_own(agent, as_actor):
    contract = make_contract(agent, state="canceled", canceled_on=date(2026, 3, 1))
    make_line(contract, state="canceled")

    made = copy_contract(actor=as_actor(agent), record_id=contract.pk)

    assert made.number not in ("", contract.number)
    assert (made.state, made.term, made.renews_id, made.canceled_on) == ("draft", 1, None, None)
    assert (made.starts_on, made.ends_on) == (contract.starts_on, contract.ends_on)
    assert line_states(made) == ["existing"]


def cancel_now(*, actor, record_id):
    return cancel_contract(actor=actor, record_id=record_id, canceled_on=date(2026, 6, 1))


@pytest.mark.parametrize(
    ("start", "do"),
    [
        *((start, invoice_contract) for start in ("invoiced", "active", "on_hold", "expired")),
        *((start, hold_contract) for start in ("draft", "invoiced", "on_hold", "expired")),
        *((start, release_contract) for start in ("draft", "invoiced", "active", "expired")),
        *((start, cancel_now) for start in ("draft", "expired", "canceled")),
        ("draft", renew_contract),
    ],
)
def test_an_illegal_transition_changes_nothing(start, do, agent, as_actor):
    day = date(2026, 3, 1) if start == "canceled" else None
    contract = make_contract(agent, state=start, canceled_on=day)
    make_line(contract)
    before = state(contract)
    with pytest.raises(RuleViolation):
        do(actor=as_actor(agent), record_id=contract.pk)
    assert state(contract) == before


@pytest.mark.parametrize("start", ["invoiced", "active", "on_hold", "expired"])
def test_only_a_draft_is_edited_or_deleted(start, agent, as_actor):
    contract = make_contract(agent, state=start)
    line = make_line(contract)
    before = state(contract)
    contract_type = registry.get("contract")
    with pytest.raises(RuleViolation, match="can't be edited"):
        update_record(
            actor=as_actor(agent),
            record_type=contract_type,
            record_id=contract.pk,
            version=contract.version,
            values={"name": "Other"},
        )
    with pytest.raises(RuleViolation, match="Only a draft can be changed"):
        remove_contract_line(actor=as_actor(agent), record_id=contract.pk, line=line.pk)
    result = delete_records(actor=as_actor(agent), record_type=contract_type, ids=[contract.pk])
    assert result.done == 0
    assert state(contract) == before


def test_lines_over_the_whole_term_follow_its_days(agent, as_actor):
    contract = make_contract(agent)
    whole = make_line(contract)
    part = make_line(contract, position=2, ends_on=date(2026, 6, 30))
    update_record(
        actor=as_actor(agent),
        record_type=registry.get("contract"),
        record_id=contract.pk,
        version=contract.version,
        values={"ends_on": date(2027, 6, 30)},
    )
    whole.refresh_from_db()
    part.refresh_from_db()
    assert whole.ends_on == date(2027, 6, 30)
    assert part.ends_on == date(2026, 6, 30)


def test_a_reader_may_not_invoice(agent, owner, as_actor):
    contract = make_contract(agent)
    make_line(contract)
    before = state(contract)
    with pytest.raises(AccessDenied):
        invoice_contract(actor=as_actor(owner), record_id=contract.pk)
    assert state(contract) == before
