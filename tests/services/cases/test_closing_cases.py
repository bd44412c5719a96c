from datetime import UTC, datetime, timedelta

import pytest

from cases.events import CaseCanceled, CaseReactivated, CaseResolved
from cases.models import Case, QueueItem
from cases.services import (
    calm_case,
    cancel_case,
    escalate_case,
    move_case_stage,
    reactivate_case,
    resolve_case,
    set_case_reason,
    worked_minutes,
)
from crm import clock, operations
from crm.activities.services import complete_activity, log_activity
from crm.errors import AccessDenied, NotVisible, RuleViolation, StaleVersion
from crm.models import Activity, FieldChange, JournalEntry
from crm.records.history.undo import undo_operation
from crm.records.services import update_record
from crm.registry.registry import registry
from tests.factories.cases import make_case, make_queue

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def heard():
    """The events of cases that were emitted, in order."""
    seen = []
    for event in (CaseResolved, CaseCanceled, CaseReactivated):
        operations.subscribe(event, seen.append)
    yield seen
    for event in (CaseResolved, CaseCanceled, CaseReactivated):
        operations._subscribers[event].remove(seen.append)


def plan(actor, case, **values):
    given = {"kind": "task", "subject": "Ring back", **values}
    return log_activity(actor=actor, regarding=case, values=given)


def state(case):
    fresh = Case.objects.get(pk=case.pk)
    counts = (
        JournalEntry.objects.count(),
        FieldChange.objects.count(),
        Activity.objects.filter(state="open").count(),
    )
    return fresh.version, fresh.state, fresh.reason, fresh.stage, fresh.is_escalated, counts


def test_resolving_writes_how_it_ended_and_how_long_it_took(agent, as_actor, heard):
    case = make_case(agent)

    with clock.held(NOON):
        resolved = resolve_case(
            actor=as_actor(agent),
            record_id=case.pk,
            reason="informed",
            resolution=" Sent the certificate. ",
            minutes=45,
            billable_minutes=30,
        )

    assert (resolved.state, resolved.reason, resolved.stage) == ("resolved", "informed", "resolve")
    assert resolved.resolution == "Sent the certificate."
    assert (resolved.minutes, resolved.billable_minutes) == (45, 30)
    assert resolved.resolved_at == NOON
    note = Activity.objects.get(regarding_type="case", regarding_id=case.pk)
    assert (note.kind, note.state, note.minutes) == ("note", "completed", 45)
    assert note.subject == "Resolution: Information provided"
    assert note.body == "Sent the certificate."
    assert [type(event) for event in heard] == [CaseResolved]


def test_what_is_still_planned_must_be_seen_before_resolving(agent, as_actor, heard):
    case = make_case(agent)
    plan(as_actor(agent), case)
    before = state(case)

    with pytest.raises(RuleViolation, match="Something is still planned: “Ring back”") as refused:
        resolve_case(actor=as_actor(agent), record_id=case.pk)

    assert set(refused.value.fields) == {"cancel_open"}
    assert state(case) == before
    assert heard == []


def test_resolving_cancels_what_was_confirmed_to_be_canceled(agent, admin, as_actor):
    case = make_case(agent)
    mine = plan(as_actor(agent), case)
    anothers = plan(as_actor(admin), case, subject="Order the lamp")

    resolve_case(actor=as_actor(agent), record_id=case.pk, cancel_open=True)

    states = Activity.objects.filter(pk__in=[mine.pk, anothers.pk]).values_list("state", flat=True)
    assert set(states) == {"canceled"}


def test_resolving_takes_it_out_of_its_queue(agent, admin, as_actor):
    case = make_case(agent, queue=make_queue(admin))
    resolve_case(actor=as_actor(agent), record_id=case.pk)
    assert not QueueItem.objects.filter(case=case).exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": "in_progress"}, "reason"),
        ({"reason": "canceled"}, "reason"),
        ({"minutes": 10, "billable_minutes": 11}, "billable_minutes"),
        ({"minutes": -1}, "minutes"),
    ],
)
def test_a_resolution_that_cannot_be_is_refused(values, field, agent, as_actor, heard):
    case = make_case(agent)
    before = state(case)
    with pytest.raises(RuleViolation) as refused:
        resolve_case(actor=as_actor(agent), record_id=case.pk, **values)
    assert set(refused.value.fields) == {field}
    assert state(case) == before
    assert heard == []


def test_the_time_of_calls_and_appointments_adds_up(agent, as_actor):
    case = make_case(agent)
    actor = as_actor(agent)
    plan(actor, case, kind="call", minutes=20)
    meeting = plan(
        actor, case, kind="appointment", due_at=NOON, end_at=NOON + timedelta(minutes=40)
    )
    complete_activity(actor=actor, record_id=meeting.pk)
    plan(actor, case, minutes=500)

    assert worked_minutes(case) == 60


def test_canceling_needs_everything_to_be_closed_first(agent, as_actor, heard):
    case = make_case(agent)
    work = plan(as_actor(agent), case)
    before = state(case)

    with pytest.raises(RuleViolation, match="Close what is still planned first: “Ring back”"):
        cancel_case(actor=as_actor(agent), record_id=case.pk)
    assert state(case) == before

    complete_activity(actor=as_actor(agent), record_id=work.pk)
    canceled = cancel_case(actor=as_actor(agent), record_id=case.pk, note="Sent twice")
    assert (canceled.state, canceled.reason, canceled.resolved_at) == ("canceled", "canceled", None)
    assert [type(event) for event in heard] == [CaseCanceled]


def test_reactivating_opens_it_and_keeps_the_earlier_resolution(agent, as_actor, heard):
    case = make_case(agent)
    resolve_case(actor=as_actor(agent), record_id=case.pk, resolution="New lamp", minutes=30)

    again = reactivate_case(actor=as_actor(agent), record_id=case.pk, note="It is back")

    assert (again.state, again.reason, again.resolved_at) == ("active", "in_progress", None)
    assert again.resolution == ""
    assert again.minutes == 30
    assert Activity.objects.get(regarding_id=case.pk).body == "New lamp"
    assert heard[-1].was == "resolved"


@pytest.mark.parametrize(
    ("start", "do", "why"),
    [
        ("resolved", resolve_case, "has been resolved already"),
        ("resolved", cancel_case, "has been resolved already"),
        ("canceled", resolve_case, "has been canceled already"),
        ("canceled", cancel_case, "has been canceled already"),
        ("active", reactivate_case, "is active already"),
        ("resolved", escalate_case, "has been resolved already"),
        ("canceled", calm_case, "has been canceled already"),
        ("active", calm_case, "is not escalated"),
    ],
)
def test_an_illegal_transition_changes_nothing(start, do, why, agent, as_actor, heard):
    reasons = {"active": "in_progress", "resolved": "solved", "canceled": "canceled"}
    moment = NOON if start == "resolved" else None
    case = make_case(agent, state=start, reason=reasons[start], resolved_at=moment)
    before = state(case)
    with pytest.raises(RuleViolation, match=why):
        do(actor=as_actor(agent), record_id=case.pk)
    assert state(case) == before
    assert heard == []


@pytest.mark.parametrize("do", [resolve_case, cancel_case, escalate_case])
def test_a_reader_may_not_close_or_escalate(do, agent, owner, as_actor):
    case = make_case(agent)
    before = state(case)
    with pytest.raises(AccessDenied):
        do(actor=as_actor(owner), record_id=case.pk)
    assert state(case) == before


def test_a_case_that_does_not_exist_is_not_found(agent, as_actor):
    with pytest.raises(NotVisible):
        resolve_case(actor=as_actor(agent), record_id=999_999)


@pytest.mark.parametrize("start", ["resolved", "canceled"])
def test_a_closed_case_is_read_only(start, agent, as_actor):
    reason = {"resolved": "solved", "canceled": "canceled"}[start]
    moment = NOON if start == "resolved" else None
    case = make_case(agent, state=start, reason=reason, resolved_at=moment)
    before = state(case)
    with pytest.raises(RuleViolation, match="is closed and can't be changed"):
        update_record(
            actor=as_actor(agent),
            record_type=registry.get("case"),
            record_id=case.pk,
            version=case.version,
            values={"title": "Another"},
        )
    assert state(case) == before


def test_undoing_a_resolution_opens_case_and_work_and_gives_the_place_back(agent, admin, as_actor):
    case = make_case(agent, queue=make_queue(admin))
    work = plan(as_actor(agent), case)
    resolve_case(actor=as_actor(agent), record_id=case.pk, cancel_open=True)
    operation = JournalEntry.objects.get(verb="case_resolved").operation

    undo_operation(actor=as_actor(agent), operation_id=operation)

    assert state(case)[1:3] == ("active", "in_progress")
    assert Activity.objects.get(pk=work.pk).state == "open"
    assert QueueItem.objects.get(case=case).worked_by is None
    assert not Activity.objects.alive().filter(kind="note").exists()


def test_a_status_is_set_as_the_board_does(agent, as_actor):
    case = make_case(agent)

    changed = set_case_reason(
        actor=as_actor(agent), record_id=case.pk, version=case.version, value="waiting"
    )

    assert changed.reason == "waiting"
    assert JournalEntry.objects.get(verb="case_status").data == {"to": "waiting"}


@pytest.mark.parametrize("value", ["solved", "canceled", "nonsense", ""])
def test_no_status_closes_a_case(value, agent, as_actor):
    case = make_case(agent)
    before = state(case)
    with pytest.raises(RuleViolation, match="no such status"):
        set_case_reason(actor=as_actor(agent), record_id=case.pk, value=value)
    assert state(case) == before


def test_two_people_set_different_statuses_and_the_second_is_told(agent, as_actor):
    case = make_case(agent)
    set_case_reason(actor=as_actor(agent), record_id=case.pk, version=1, value="waiting")
    with pytest.raises(StaleVersion):
        set_case_reason(actor=as_actor(agent), record_id=case.pk, version=1, value="on_hold")
    assert Case.objects.get(pk=case.pk).reason == "waiting"


def test_a_stage_is_moved_and_an_unknown_one_refused(agent, as_actor):
    case = make_case(agent)
    moved = move_case_stage(actor=as_actor(agent), record_id=case.pk, value="research")
    assert moved.stage == "research"
    before = state(case)
    with pytest.raises(RuleViolation, match="no such stage"):
        move_case_stage(actor=as_actor(agent), record_id=case.pk, value="nowhere")
    assert state(case) == before


def test_escalating_keeps_when_and_can_be_taken_back(agent, as_actor):
    case = make_case(agent)

    with clock.held(NOON):
        escalated = escalate_case(actor=as_actor(agent), record_id=case.pk, note="Line stands")
    assert (escalated.is_escalated, escalated.escalated_at) == (True, NOON)
    with pytest.raises(RuleViolation, match="is escalated already"):
        escalate_case(actor=as_actor(agent), record_id=case.pk)

    calmed = calm_case(actor=as_actor(agent), record_id=case.pk)
    assert (calmed.is_escalated, calmed.escalated_at) == (False, None)


def test_the_first_mail_answers_a_case_and_the_second_does_not_again(agent, as_actor):
    case = make_case(agent)
    mail = {"kind": "email", "subject": "Your pump", "recipients": ["roux@sante.example"]}

    with clock.held(NOON):
        plan(as_actor(agent), case, **mail)
    with clock.held(NOON + timedelta(hours=1)):
        plan(as_actor(agent), case, **mail)

    assert Case.objects.get(pk=case.pk).first_response_at == NOON


def test_a_note_or_a_task_is_no_answer(agent, as_actor):
    case = make_case(agent)
    plan(as_actor(agent), case)
    plan(as_actor(agent), case, kind="note", body="Called them names")
    assert Case.objects.get(pk=case.pk).first_response_at is None
