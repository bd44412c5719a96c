from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connection

from cases.services import reactivate_case, resolve_case
from crm import clock
from crm.access.actor import Actor
from crm.errors import NotVisible, RuleViolation
from crm.models import JournalEntry, User
from crm.records.history.undo import undo_operation
from crm.records.services import update_record
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from service.models import AllotmentEntry, CaseCover, ContractLine
from service.panels import entitlement
from service.services import cover_case
from service.services.allotments import left_of
from tests.factories.accounts import make_account
from tests.factories.cases import make_case
from tests.factories.service import make_contract, make_line

JUNE = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _june():
    with clock.held(JUNE):
        yield


@pytest.fixture
def account(agent):
    return make_account(agent)


@pytest.fixture
def line(agent, account):
    return make_line(make_contract(agent, account=account, state="active"))


def entries():
    return list(AllotmentEntry.objects.order_by("pk").values_list("amount", "reason"))


def test_a_resolved_case_uses_one_of_the_cases(agent, account, line, as_actor):
    case = make_case(agent, account=account)
    cover_case(actor=as_actor(agent), record_id=case.pk, line=line.pk)

    resolve_case(actor=as_actor(agent), record_id=case.pk, minutes=30, billable_minutes=30)

    assert entries() == [(-1, "resolved")]
    assert left_of(line) == 19


def test_a_line_of_minutes_loses_the_billable_ones(agent, account, as_actor):
    contract = make_contract(agent, account=account, state="active")
    line = make_line(contract, allotment="minutes", total=600)
    case = make_case(agent, account=account)
    cover_case(actor=as_actor(agent), record_id=case.pk, line=line.pk)

    resolve_case(actor=as_actor(agent), record_id=case.pk, minutes=90, billable_minutes=75)

    assert entries() == [(-75, "resolved")]
    assert left_of(line) == 525


def test_cover_by_date_is_never_used_up(agent, account, as_actor):
    contract = make_contract(agent, account=account, state="active")
    line = make_line(contract, allotment="dates", total=None)
    case = make_case(agent, account=account)
    cover_case(actor=as_actor(agent), record_id=case.pk, line=line.pk)
    resolve_case(actor=as_actor(agent), record_id=case.pk, minutes=90, billable_minutes=75)
    assert entries() == []
    assert left_of(line) is None


def test_a_case_under_no_contract_uses_nothing(agent, account, line, as_actor):
    case = make_case(agent, account=account)
    resolve_case(actor=as_actor(agent), record_id=case.pk)
    assert entries() == []


def test_reactivating_gives_back_and_resolving_again_takes_again(agent, account, line, as_actor):
    case = make_case(agent, account=account)
    actor = as_actor(agent)
    cover_case(actor=actor, record_id=case.pk, line=line.pk)

    resolve_case(actor=actor, record_id=case.pk)
    reactivate_case(actor=actor, record_id=case.pk)
    assert entries() == [(-1, "resolved"), (1, "reactivated")]
    assert left_of(line) == 20

    resolve_case(actor=actor, record_id=case.pk)
    assert entries() == [(-1, "resolved"), (1, "reactivated"), (-1, "resolved")]
    assert left_of(line) == 19


def test_undoing_a_resolution_gives_back(agent, account, line, as_actor):
    case = make_case(agent, account=account)
    cover_case(actor=as_actor(agent), record_id=case.pk, line=line.pk)
    resolve_case(actor=as_actor(agent), record_id=case.pk)
    operation = JournalEntry.objects.get(verb="case_resolved").operation

    undo_operation(actor=as_actor(agent), operation_id=operation)

    assert entries() == [(-1, "resolved"), (1, "undone")]
    assert left_of(line) == 20


def test_what_is_used_up_is_refused(agent, account, as_actor):
    contract = make_contract(agent, account=account, state="active")
    line = make_line(contract, total=1)
    first, second = make_case(agent, account=account), make_case(agent, account=account)
    actor = as_actor(agent)
    cover_case(actor=actor, record_id=first.pk, line=line.pk)
    resolve_case(actor=actor, record_id=first.pk)

    with pytest.raises(RuleViolation) as refused:
        cover_case(actor=actor, record_id=second.pk, line=line.pk)

    assert refused.value.fields == {"line": "Nothing is left of it."}
    assert not CaseCover.objects.filter(case=second).exists()


def test_what_was_promised_is_served_even_when_it_ran_out_meanwhile(agent, account, as_actor):
    contract = make_contract(agent, account=account, state="active")
    line = make_line(contract, total=1)
    cases = [make_case(agent, account=account) for _ in range(2)]
    actor = as_actor(agent)
    for case in cases:
        cover_case(actor=actor, record_id=case.pk, line=line.pk)
    for case in cases:
        resolve_case(actor=actor, record_id=case.pk)
    assert left_of(line) == -1
    shown = entitlement(actor, cases[1])
    assert shown["lines"][0][1:] == ("1 too many", 0)


@pytest.mark.parametrize(
    ("contract_values", "line_values", "why"),
    [
        ({"state": "on_hold"}, {}, "It is not in force today."),
        ({"state": "draft"}, {}, "It is not in force today."),
        ({"state": "active"}, {"state": "canceled"}, "It is not in force today."),
        ({"state": "active"}, {"ends_on": date(2026, 6, 14)}, "It is not in force today."),
        ({"state": "active"}, {"starts_on": date(2026, 6, 16)}, "It is not in force today."),
    ],
)
def test_a_line_out_of_force_is_refused(
    contract_values, line_values, why, agent, account, as_actor
):
    line = make_line(make_contract(agent, account=account, **contract_values), **line_values)
    case = make_case(agent, account=account)
    with pytest.raises(RuleViolation) as refused:
        cover_case(actor=as_actor(agent), record_id=case.pk, line=line.pk)
    assert refused.value.fields == {"line": why}
    assert CaseCover.objects.count() == 0


def test_another_customers_contract_is_refused(agent, line, as_actor):
    case = make_case(agent)
    with pytest.raises(RuleViolation) as refused:
        cover_case(actor=as_actor(agent), record_id=case.pk, line=line.pk)
    assert refused.value.fields == {"line": "It belongs to another customer."}
    assert CaseCover.objects.count() == 0


def test_a_line_that_is_not_there_is_not_found(agent, as_actor):
    case = make_case(agent)
    with pytest.raises(NotVisible):
        cover_case(actor=as_actor(agent), record_id=case.pk, line=999_999)


def test_a_case_that_goes_to_another_customer_loses_its_cover(agent, account, line, as_actor):
    case = make_case(agent, account=account)
    cover_case(actor=as_actor(agent), record_id=case.pk, line=line.pk)
    update_record(
        actor=as_actor(agent),
        record_type=registry.get("case"),
        record_id=case.pk,
        version=None,
        values={"account": make_account(agent, name="Other")},
    )
    assert CaseCover.objects.count() == 0
    assert JournalEntry.objects.filter(verb="case_uncovered").count() == 1


def test_the_cover_can_be_taken_away_while_the_case_is_open(agent, account, line, as_actor):
    case = make_case(agent, account=account)
    actor = as_actor(agent)
    cover_case(actor=actor, record_id=case.pk, line=line.pk)
    cover_case(actor=actor, record_id=case.pk, line=None)
    assert CaseCover.objects.count() == 0

    cover_case(actor=actor, record_id=case.pk, line=line.pk)
    resolve_case(actor=actor, record_id=case.pk)
    with pytest.raises(RuleViolation, match="It is closed"):
        cover_case(actor=actor, record_id=case.pk, line=None)
    assert CaseCover.objects.count() == 1


def test_the_case_page_shows_what_is_left_and_what_serves_it(agent, account, line, as_actor):
    case = make_case(agent, account=account)
    cover_case(actor=as_actor(agent), record_id=case.pk, line=line.pk)

    shown = entitlement(as_actor(agent), case)

    (found, told, percent) = shown["lines"][0]
    assert (found.pk, told, percent) == (line.pk, "20 of 20 left", 100)
    assert found.serves is True
    assert shown["may_choose"] is True


@pytest.mark.django_db(transaction=True)
def test_twenty_cases_resolved_at_once_take_twenty(agent, account, line):
    cases = [make_case(agent, account=account) for _ in range(20)]
    CaseCover.objects.bulk_create(CaseCover(case=case, line=line) for case in cases)
    start = Barrier(len(cases))

    def resolve(case):
        reset_cache_versions()
        try:
            actor = Actor(user=User.objects.get(pk=agent.pk))
            start.wait(timeout=30)
            resolve_case(actor=actor, record_id=case.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(cases)) as pool:
        list(pool.map(resolve, cases))

    assert AllotmentEntry.objects.count() == 20
    assert left_of(ContractLine.objects.get(pk=line.pk)) == 0
