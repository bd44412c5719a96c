from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from cases.models import Case, QueueItem
from cases.services import next_case, pick_case, release_case, resolve_case
from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models import JournalEntry, User
from crm.runtime.cache_versions import reset_cache_versions
from tests.factories.cases import make_case, make_queue
from tests.people import make_user

AGENTS = 20

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agents(agent):
    more = [make_user(f"agent{n}", agent.unit, "service_agent") for n in range(AGENTS - 1)]
    return [agent, *more]


def at_once(people, work):
    """Runs `work(actor)` for everybody in threads that start together."""
    start = Barrier(len(people))

    def one(user):
        reset_cache_versions()
        actor = Actor(user=User.objects.get(pk=user.pk))
        try:
            start.wait(timeout=30)
            return work(actor)
        except RuleViolation as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(one, people))


def test_twenty_agents_asking_for_the_next_case_get_twenty_different_ones(agents, admin):
    queue = make_queue(admin)
    cases = [make_case(admin, queue=queue, title=f"Case {n}") for n in range(AGENTS)]

    got = at_once(agents, lambda actor: next_case(actor=actor, queue_id=queue.pk))

    assert {case.pk for case in got} == {case.pk for case in cases}
    by_case = dict(QueueItem.objects.values_list("case_id", "worked_by_id"))
    for person, case in zip(agents, got, strict=True):
        assert by_case[case.pk] == person.pk
        assert Case.objects.get(pk=case.pk).owner_id == person.pk
    assert JournalEntry.objects.filter(verb="case_picked").count() == AGENTS


def test_with_fewer_cases_than_agents_some_get_none_and_nobody_the_same(agents, admin):
    queue = make_queue(admin)
    cases = [make_case(admin, queue=queue, title=f"Case {n}") for n in range(7)]

    got = at_once(agents, lambda actor: next_case(actor=actor, queue_id=queue.pk))

    taken = [case.pk for case in got if case is not None]
    assert sorted(taken) == sorted(case.pk for case in cases)
    assert got.count(None) == AGENTS - 7


def test_of_twenty_who_pick_the_same_case_one_gets_it_and_the_others_are_told_who(agents, admin):
    case = make_case(admin, queue=make_queue(admin))

    got = at_once(agents, lambda actor: pick_case(actor=actor, record_id=case.pk))

    winners = [person for person, one in zip(agents, got, strict=True) if isinstance(one, Case)]
    assert len(winners) == 1
    told = f"{winners[0].name} has taken this one already. Take the next one."
    assert [str(one) for one in got if not isinstance(one, Case)] == [told] * (AGENTS - 1)
    item = QueueItem.objects.get(case=case)
    assert item.worked_by_id == winners[0].pk
    assert Case.objects.get(pk=case.pk).owner_id == winners[0].pk
    assert JournalEntry.objects.filter(verb="case_picked").count() == 1


def test_a_case_is_resolved_once(agents, admin):
    case = make_case(agents[0])

    got = at_once(agents, lambda actor: resolve_case(actor=actor, record_id=case.pk, minutes=5))

    assert sum(isinstance(one, Case) for one in got) == 1
    assert JournalEntry.objects.filter(verb="case_resolved").count() == 1


def test_picking_next_and_giving_back_at_once_deadlocks_nobody(agents, admin):
    queue = make_queue(admin)
    for number in range(5):
        make_case(admin, queue=queue, title=f"Case {number}")

    def work(actor):
        done = 0
        for _turn in range(4):
            case = next_case(actor=actor, queue_id=queue.pk)
            if case is not None:
                release_case(actor=actor, record_id=case.pk)
                done += 1
        return done

    assert sum(at_once(agents, work)) >= 5
    assert QueueItem.objects.filter(worked_by__isnull=True).count() == 5
    assert set(Case.objects.values_list("owner_id", flat=True)) == {admin.pk}
