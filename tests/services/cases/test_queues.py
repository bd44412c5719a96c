from datetime import UTC, datetime, timedelta

import pytest

from cases.models import Case, QueueItem
from cases.services import (
    create_case,
    next_case,
    pick_case,
    queue_case,
    release_case,
    route_case,
    set_queue_members,
    unqueue_case,
)
from crm import clock
from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import BusinessUnit, FieldChange, JournalEntry, RolePrivilege
from crm.models.levels import Privilege
from crm.records.history.undo import undo_operation
from crm.records.services import delete_records
from crm.registry.registry import registry
from tests.factories.accounts import make_account
from tests.factories.cases import make_case, make_queue
from tests.people import make_user

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def colleague(agent):
    return make_user("colleague", agent.unit, "service_agent")


@pytest.fixture
def queue(admin):
    return make_queue(admin)


def place(case):
    return QueueItem.objects.filter(case=case).values_list("queue__name", "worked_by__name").first()


def state(case):
    """All that a refused request must leave alone."""
    fresh = Case.objects.get(pk=case.pk)
    entries = JournalEntry.objects.count(), FieldChange.objects.count()
    return fresh.version, fresh.owner_id, fresh.state, fresh.reason, place(case), entries


def test_a_new_case_can_be_put_into_a_queue_at_once(agent, queue, as_actor):
    account = make_account(agent)

    case = create_case(
        actor=as_actor(agent),
        record_type=registry.get("case"),
        values={"title": "Pump stops", "account": account, "queue": queue},
    )

    assert case.number.startswith("CAS-")
    assert place(case) == ("Instruments", None)
    verbs = JournalEntry.objects.filter(record_type="case").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["created", "case_queued"]


def test_whose_company_is_not_named_gets_the_persons(agent, as_actor):
    from tests.factories.accounts import make_contact

    account = make_account(agent)
    contact = make_contact(agent, account=account)

    case = create_case(
        actor=as_actor(agent),
        record_type=registry.get("case"),
        values={"title": "Pump stops", "contact": contact},
    )

    assert case.account_id == account.pk


def test_a_case_of_nobody_is_refused_next_to_both_fields(agent, as_actor):
    with pytest.raises(RuleViolation) as refused:
        create_case(
            actor=as_actor(agent), record_type=registry.get("case"), values={"title": "Pump stops"}
        )
    assert set(refused.value.fields) == {"account", "contact"}
    assert Case.objects.count() == 0


def test_picking_makes_the_agent_worker_and_owner(agent, admin, queue, as_actor):
    case = make_case(admin, queue=queue)

    picked = pick_case(actor=as_actor(agent), record_id=case.pk)

    assert picked.owner_id == agent.pk
    assert picked.unit_id == agent.unit_id
    assert place(case) == ("Instruments", "Agent")
    entry = JournalEntry.objects.get(verb="case_picked")
    assert entry.data["queue"] == {"type": "queue", "id": queue.pk}
    assert entry.data["place_before"]["worked_by"] is None
    assert entry.data["place_after"]["worked_by"] == agent.pk


def test_picking_ones_own_again_changes_nothing(agent, admin, queue, as_actor):
    case = make_case(admin, queue=queue)
    pick_case(actor=as_actor(agent), record_id=case.pk)
    before = state(case)

    pick_case(actor=as_actor(agent), record_id=case.pk)

    assert state(case) == before


def test_what_another_has_taken_is_refused_by_name(agent, colleague, admin, queue, as_actor):
    case = make_case(admin, queue=queue)
    pick_case(actor=as_actor(agent), record_id=case.pk)
    before = state(case)

    with pytest.raises(RuleViolation, match="Agent has taken this one already"):
        pick_case(actor=as_actor(colleague), record_id=case.pk)

    assert state(case) == before


def test_a_case_in_no_queue_cannot_be_picked(agent, admin, as_actor):
    case = make_case(admin)
    before = state(case)
    with pytest.raises(RuleViolation, match="lies in none of the Queues"):
        pick_case(actor=as_actor(agent), record_id=case.pk)
    assert state(case) == before


def test_a_sales_rep_may_look_but_not_pick(owner, admin, queue, as_actor):
    case = make_case(admin, queue=queue)
    before = state(case)
    with pytest.raises(AccessDenied):
        pick_case(actor=as_actor(owner), record_id=case.pk)
    assert state(case) == before


def test_a_private_queue_is_worked_by_its_members_only(agent, colleague, admin, as_actor):
    queue = make_queue(admin, colleague, is_private=True)
    case = make_case(admin, queue=queue)
    before = state(case)

    with pytest.raises(AccessDenied, match="Only its members work in “Instruments”"):
        pick_case(actor=as_actor(agent), record_id=case.pk)
    assert state(case) == before

    pick_case(actor=as_actor(colleague), record_id=case.pk)
    assert place(case) == ("Instruments", "Colleague")


def test_a_case_nobody_lets_one_see_does_not_exist(agent, admin, queue, as_actor):
    case = make_case(admin, queue=queue)
    RolePrivilege.objects.filter(
        role__holders=agent, record_type="case", privilege=Privilege.READ
    ).update(level=1)
    before = state(case)
    with pytest.raises(NotVisible):
        pick_case(actor=as_actor(agent), record_id=case.pk)
    assert state(case) == before


def test_the_next_case_is_the_escalated_then_the_important_then_the_oldest(
    agent, admin, queue, as_actor
):
    def waiting(title, hours, **values):
        case = make_case(admin, queue=queue, title=title, **values)
        Case.objects.filter(pk=case.pk).update(created_at=NOON - timedelta(hours=hours))

    waiting("old and low", 90, priority=3)
    waiting("newer", 2)
    waiting("older", 5)
    waiting("important", 1, priority=1)
    waiting("escalated", 1, is_escalated=True, escalated_at=NOON)

    actor = as_actor(agent)
    taken = [next_case(actor=actor, queue_id=queue.pk).title for _ in range(5)]

    assert taken == ["escalated", "important", "older", "newer", "old and low"]
    assert next_case(actor=actor, queue_id=queue.pk) is None


def test_the_next_case_leaves_other_queues_and_the_bin_alone(agent, admin, queue, as_actor):
    make_case(admin, queue=make_queue(admin, name="Software"))
    binned = make_case(admin, queue=queue)
    delete_records(actor=as_actor(admin), record_type=registry.get("case"), ids=[binned.pk])
    assert next_case(actor=as_actor(agent), queue_id=queue.pk) is None


def test_releasing_gives_it_back_to_the_queues_owner(agent, admin, queue, as_actor):
    case = make_case(admin, queue=queue)
    pick_case(actor=as_actor(agent), record_id=case.pk)

    released = release_case(actor=as_actor(agent), record_id=case.pk)

    assert released.owner_id == admin.pk
    assert place(case) == ("Instruments", None)


def test_what_another_works_on_is_not_given_back(agent, marketer, admin, queue, as_actor):
    case = make_case(admin, queue=queue)
    pick_case(actor=as_actor(admin), record_id=case.pk)
    before = state(case)
    with pytest.raises(AccessDenied):
        release_case(actor=as_actor(agent), record_id=case.pk)
    assert state(case) == before


def test_what_nobody_has_taken_is_not_given_back(agent, admin, queue, as_actor):
    case = make_case(admin, queue=queue)
    before = state(case)
    with pytest.raises(RuleViolation, match="Nobody has taken it"):
        release_case(actor=as_actor(agent), record_id=case.pk)
    assert state(case) == before


def test_routing_to_another_queue_moves_the_one_place(agent, admin, queue, as_actor):
    software = make_queue(admin, name="Software")
    case = make_case(admin, queue=queue)
    pick_case(actor=as_actor(agent), record_id=case.pk)

    route_case(actor=as_actor(agent), record_id=case.pk, queue=software)

    assert place(case) == ("Software", None)
    assert QueueItem.objects.filter(case=case).count() == 1


def test_routing_to_somebody_makes_them_worker_and_owner(agent, colleague, admin, queue, as_actor):
    case = make_case(admin, queue=queue)

    routed = route_case(actor=as_actor(agent), record_id=case.pk, worker=colleague)

    assert routed.owner_id == colleague.pk
    assert place(case) == ("Instruments", "Colleague")
    assert JournalEntry.objects.get(verb="case_routed").data["to"] == "Colleague"


def test_routing_nowhere_is_refused_next_to_both_fields(agent, admin, queue, as_actor):
    case = make_case(admin, queue=queue)
    before = state(case)
    with pytest.raises(RuleViolation) as refused:
        route_case(actor=as_actor(agent), record_id=case.pk)
    assert set(refused.value.fields) == {"queue", "worker"}
    assert state(case) == before


def test_a_case_outside_the_queues_is_passed_on_by_who_may_assign_it(owner, admin, as_actor):
    queue = make_queue(admin)
    case = make_case(admin)
    before = state(case)
    with pytest.raises(AccessDenied):
        queue_case(actor=as_actor(owner), record_id=case.pk, queue=queue)
    assert state(case) == before
    queue_case(actor=as_actor(admin), record_id=case.pk, queue=queue)
    assert place(case) == ("Instruments", None)


def test_taking_it_out_of_the_queue_leaves_it_with_its_owner(agent, admin, queue, as_actor):
    case = make_case(admin, queue=queue)

    unqueue_case(actor=as_actor(agent), record_id=case.pk)

    assert place(case) is None
    assert Case.objects.get(pk=case.pk).owner_id == admin.pk


@pytest.mark.parametrize("do", [pick_case, release_case, route_case])
def test_a_closed_case_is_not_moved_about(do, agent, admin, queue, as_actor):
    case = make_case(admin, queue=queue, state="canceled", reason="canceled")
    before = state(case)
    with pytest.raises(RuleViolation, match="has been canceled already"):
        do(actor=as_actor(agent), record_id=case.pk)
    assert state(case) == before


def test_undoing_a_pick_gives_owner_and_place_back(agent, admin, queue, as_actor):
    case = make_case(admin, queue=queue)
    pick_case(actor=as_actor(agent), record_id=case.pk)
    operation = JournalEntry.objects.get(verb="case_picked").operation

    undo_operation(actor=as_actor(agent), operation_id=operation)

    assert Case.objects.get(pk=case.pk).owner_id == admin.pk
    assert place(case) == ("Instruments", None)


def test_what_moved_on_since_is_not_undone(agent, admin, queue, as_actor):
    software = make_queue(admin, name="Software")
    case = make_case(admin, queue=queue)
    route_case(actor=as_actor(agent), record_id=case.pk, queue=software)
    operation = JournalEntry.objects.get(verb="case_queued").operation
    unqueue_case(actor=as_actor(agent), record_id=case.pk)

    with pytest.raises(RuleViolation, match="moved on since"):
        undo_operation(actor=as_actor(agent), operation_id=operation)

    assert place(case) is None


def test_a_queue_in_which_something_waits_is_not_thrown_away(agent, admin, queue, as_actor):
    make_case(admin, queue=queue)
    result = delete_records(
        actor=as_actor(admin), record_type=registry.get("queue"), ids=[queue.pk]
    )
    assert result.done == 0
    assert "Route it elsewhere first" in result.refused[queue.pk]
    queue.refresh_from_db()
    assert queue.deleted_at is None


def test_members_are_set_by_who_may_write_the_queue(agent, colleague, admin, queue, as_actor):
    with pytest.raises(AccessDenied):
        set_queue_members(actor=as_actor(agent), record_id=queue.pk, members=[agent])
    assert queue.members.count() == 0

    set_queue_members(actor=as_actor(admin), record_id=queue.pk, members=[agent, colleague])

    assert set(queue.members.values_list("name", flat=True)) == {"Agent", "Colleague"}


def test_a_team_is_a_member_for_all_who_are_in_it(agent, admin, as_actor):
    from crm.models import Team, TeamMembership

    team = Team.objects.create(
        kind="team", name="Night watch", unit=BusinessUnit.objects.get(parent=None)
    )
    TeamMembership.objects.create(team=team, user=agent)
    queue = make_queue(admin, team, is_private=True)
    case = make_case(admin, queue=queue)

    pick_case(actor=as_actor(agent), record_id=case.pk)

    assert place(case) == ("Instruments", "Agent")


def test_a_queue_keeps_when_a_case_entered_it(agent, admin, queue, as_actor):
    case = make_case(admin)
    with clock.held(NOON):
        queue_case(actor=as_actor(admin), record_id=case.pk, queue=queue)
    with clock.held(NOON + timedelta(hours=3)):
        pick_case(actor=as_actor(agent), record_id=case.pk)
    assert QueueItem.objects.get(case=case).entered_at == NOON
