"""Who is told of what: in the transaction of the deed, once, and never of one's own deeds."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm import clock
from crm.access.actor import Actor
from crm.activities.sending import send_pending
from crm.activities.services import complete_activity, log_activity, reschedule_activity
from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import CompanySettings, Notification, NotificationChoice, Role, Team, User
from crm.models.levels import Privilege
from crm.notifications.reminders import remind_of_due
from crm.notifications.services import (
    choose_ways,
    mark_all_read,
    mark_read,
    mark_unread,
)
from crm.notifications.tasks import delete_old_notifications, remind_people
from crm.operations import operation_called
from crm.records.bulk import jobs
from crm.records.bulk.tasks import work_on_job
from crm.records.history.undo import undo_operation
from crm.records.running import run
from crm.records.services import (
    assign_records,
    bulk_update_records,
    create_record,
    share_record,
    update_record,
)
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from tests.factories.accounts import make_account

ACCOUNTS = registry.get("account")


def told(*names):
    """What everybody was told, as tuples of these fields."""
    fields = names or ("recipient__username", "kind", "record_type", "record_id", "count")
    return list(Notification.objects.order_by("pk").values_list(*fields))


def assign(actor, *accounts, to):
    ids = [account.pk for account in accounts]
    return assign_records(actor=actor, record_type=ACCOUNTS, ids=ids, owner_id=to.pk)


def test_who_gets_a_record_is_told_by_whom(owner, teammate, as_actor):
    account = make_account(owner)
    assign(as_actor(owner), account, to=teammate)
    assert told() == [("teammate", "assigned", "account", account.pk, 1)]
    row = Notification.objects.get()
    assert (row.actor_id, row.read_at, row.mail) == (owner.pk, None, "")


def test_many_records_given_at_once_are_told_of_once(owner, teammate, as_actor, monkeypatch):
    monkeypatch.setattr("crm.records.services.many.BATCH", 2)
    accounts = [make_account(owner, name=f"Firm {n}") for n in range(5)]
    assign(as_actor(owner), *accounts, to=teammate)
    assert told() == [("teammate", "assigned", "account", None, 5)]


def test_telling_costs_the_same_however_many_records_are_given(owner, teammate, as_actor):
    def queries(count):
        accounts = [make_account(owner, name=f"Firm {n}") for n in range(count)]
        actor = as_actor(owner)
        actor.scope("account", Privilege.ASSIGN)
        with CaptureQueriesContext(connection) as captured:
            assign(actor, *accounts, to=teammate)
        return sum("crm_notification" in one["sql"] for one in captured)

    assert (queries(2), queries(40)) == (1, 1)


def test_nobody_is_told_of_what_they_did_themselves(owner, manager, as_actor):
    account = make_account(owner)
    values = {"kind": "note", "body": "To myself"}
    log_activity(actor=as_actor(owner), regarding=account, values=values)
    create_record(actor=as_actor(owner), record_type=ACCOUNTS, values={"name": "Mine"})
    assert assign(as_actor(manager), account, to=manager).done == 1
    assert told() == []


def test_a_team_that_gets_a_record_hears_nothing(owner, as_actor, make_team):
    assign(as_actor(owner), make_account(owner), to=make_team)
    assert told() == []


@pytest.fixture
def make_team(north):
    team = Team.objects.create(kind="team", name="Key accounts", unit=north)
    Role.objects.get(profile="sales_rep").holders.add(team)
    reset_cache_versions()
    return team


def test_somebody_who_left_is_told_nothing(owner, teammate, as_actor):
    account = make_account(teammate)
    User.objects.filter(pk=teammate.pk).update(is_active=False)
    log_activity(actor=as_actor(owner), regarding=account, values={"kind": "note", "body": "Hello"})
    assert told() == []


def test_the_owner_field_of_a_form_or_a_bulk_edit_tells_as_well(owner, teammate, as_actor):
    first, second = make_account(owner, name="A"), make_account(owner, name="B")
    update_record(
        actor=as_actor(owner),
        record_type=ACCOUNTS,
        record_id=first.pk,
        version=None,
        values={"owner": teammate},
    )
    bulk_update_records(
        actor=as_actor(owner), record_type=ACCOUNTS, ids=[second.pk], values={"owner": teammate}
    )
    assert told("kind", "record_id") == [("assigned", first.pk), ("assigned", second.pk)]


def test_what_is_made_for_somebody_else_tells_them(owner, teammate, as_actor):
    values = {"name": "Nordfjord", "owner": teammate}
    account = create_record(actor=as_actor(owner), record_type=ACCOUNTS, values=values)
    assert told() == [("teammate", "assigned", "account", account.pk, 1)]


def test_a_task_planned_for_somebody_else_tells_them_once(owner, teammate, as_actor):
    account = make_account(teammate)
    work = log_activity(
        actor=as_actor(owner),
        regarding=account,
        values={"kind": "task", "subject": "Call back", "owner": teammate},
    )
    assert told() == [("teammate", "assigned", "activity", work.pk, 1)]


@pytest.mark.parametrize("kind", ["note", "task", "call"])
def test_who_owns_a_record_hears_what_others_write_on_it(owner, teammate, as_actor, kind):
    account = make_account(owner)
    values = {"kind": kind, "subject": "About the offer", "body": "Text"}
    log_activity(actor=as_actor(teammate), regarding=account, values=values)
    assert told("recipient__username", "kind", "record_id", "data") == [
        ("owner", "written", account.pk, {"work": kind})
    ]


def test_a_share_tells_once_however_often_it_is_changed(owner, stranger, as_actor):
    account = make_account(owner)
    for privileges in ([Privilege.READ], [Privilege.READ, Privilege.WRITE]):
        share_record(
            actor=as_actor(owner),
            record_type=ACCOUNTS,
            record_id=account.pk,
            principal_id=stranger.pk,
            privileges=privileges,
        )
    assert told() == [("stranger", "shared", "account", account.pk, 1)]


def test_a_refused_deed_tells_nobody(owner, stranger, teammate, as_actor):
    account = make_account(owner)
    assert assign(as_actor(stranger), account, to=teammate).done == 0
    with pytest.raises((NotVisible, AccessDenied)):
        log_activity(
            actor=as_actor(stranger), regarding=account, values={"kind": "note", "body": "x"}
        )
    assert told() == []


def test_a_mail_that_fails_tells_who_wrote_it(owner, as_actor):
    values = {"kind": "email", "subject": "Offer", "recipients": ["a@example.test"]}
    mail = log_activity(actor=as_actor(owner), regarding=make_account(owner), values=values)

    def refuse(_activity):
        raise OSError("no route")

    send_pending(deliver=refuse)
    assert told() == [("owner", "mail_failed", "activity", mail.pk, 1)]


# ---- Undo


def test_undoing_takes_unread_notifications_along_and_leaves_read_ones(owner, teammate, as_actor):
    for is_read in (False, True):
        account = make_account(owner, name=f"Firm {is_read}")
        _result, operation_id = run(
            actor=as_actor(owner),
            service=assign_records,
            record_type=ACCOUNTS,
            ids=[account.pk],
            owner_id=teammate.pk,
        )
        if is_read:
            mark_read(actor=as_actor(teammate), notification_id=Notification.objects.get().pk)
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
        assert Notification.objects.count() == is_read


# ---- Work in the background


@pytest.fixture
def job(owner, teammate, as_actor, monkeypatch):
    monkeypatch.setattr("crm.records.bulk.jobs.BATCH", 4)
    ids = [make_account(owner, name=f"Firm {n}").pk for n in range(10)]
    chosen = jobs.choose_rows(actor=as_actor(owner), record_type=ACCOUNTS, verb="assign", ids=ids)
    return jobs.begin_job(actor=as_actor(owner), job_id=chosen.pk, data=f"do=1&owner={teammate.pk}")


def test_a_job_tells_who_began_it_and_who_got_the_rows_once_each(job):
    work_on_job(job.pk)
    assert sorted(told()) == [
        ("owner", "job_ended", "account", None, 1),
        ("teammate", "assigned", "account", None, 10),
    ]
    work_on_job(job.pk)
    assert Notification.objects.count() == 2


def test_what_comes_after_reading_makes_a_notification_unread_again(job, as_actor, teammate):
    actor = as_actor(User.objects.get(pk=job.created_by_id))
    with operation_called(job.operation):
        jobs.work_batch(actor=actor, job_id=job.pk)
        row = Notification.objects.get(kind="assigned")
        mark_read(actor=as_actor(teammate), notification_id=row.pk)
        jobs.work_batch(actor=actor, job_id=job.pk)
    row.refresh_from_db()
    assert (row.count, row.read_at) == (8, None)


def test_a_job_that_stops_says_so(job):
    jobs.fail(job.pk, "The disk is full")
    jobs.fail(job.pk, "The disk is full")
    assert told("recipient__username", "kind", "data__is_stopped") == [("owner", "job_ended", True)]


# ---- Reminders


@pytest.fixture
def plan(owner, as_actor):
    """`plan(kind, due)` plans the owner's work an hour before it is due."""

    def planned(kind, due, **values):
        with clock.held(due - timedelta(hours=1)):
            return log_activity(
                actor=as_actor(owner),
                regarding=None,
                values={"kind": kind, "subject": "Call Aurelis", "due_at": due, **values},
            )

    return planned


def test_a_task_that_is_due_is_told_of_once(owner, plan):
    due = clock.now() + timedelta(minutes=5)
    work = plan("task", due)
    remind_people()
    assert told() == []
    with clock.held(due):
        remind_people()
        remind_people()
    assert told() == [("owner", "due", "activity", work.pk, 1)]
    assert Notification.objects.get().at == due


def test_an_appointment_is_told_of_a_quarter_of_an_hour_before(plan):
    due = clock.now() + timedelta(minutes=15)
    plan("appointment", due)
    plan("appointment", due + timedelta(seconds=1))
    remind_people()
    assert told("at") == [(due,)]


def test_another_date_is_told_of_anew(owner, plan, as_actor):
    due = clock.now()
    work = plan("task", due)
    remind_people()
    later = due + timedelta(hours=2)
    reschedule_activity(actor=as_actor(owner), record_id=work.pk, due_at=later)
    with clock.held(later):
        remind_people()
    assert told("at") == [(due,), (later,)]


def test_what_is_done_or_long_overdue_is_not_told_of(owner, plan, as_actor):
    done = plan("task", clock.now())
    complete_activity(actor=as_actor(owner), record_id=done.pk)
    plan("task", clock.now() - timedelta(days=1, minutes=1))
    remind_people()
    assert told() == []


def test_who_writes_down_what_is_over_is_not_reminded(owner, as_actor):
    values = {"kind": "task", "subject": "Late", "due_at": clock.now() - timedelta(minutes=3)}
    log_activity(actor=as_actor(owner), regarding=None, values=values)
    remind_people()
    assert told() == []


def test_reminding_is_one_statement(plan, as_actor, owner):
    for _number in range(3):
        plan("task", clock.now())
    with CaptureQueriesContext(connection) as captured:
        assert remind_of_due(actor=Actor.system()) == 3
    assert sum("crm_notification" in one["sql"] for one in captured) == 1


# ---- What people do with them


def give(user, count=1):
    rows = [
        Notification(
            recipient=user, kind="shared", record_type="account", record_id=n, at=clock.now()
        )
        for n in range(1, count + 1)
    ]
    return Notification.objects.bulk_create(rows)


def test_reading_keeps_its_moment_and_can_be_taken_back(owner, as_actor):
    row, actor = give(owner)[0], as_actor(owner)
    first = mark_read(actor=actor, notification_id=row.pk).read_at
    assert mark_read(actor=actor, notification_id=row.pk).read_at == first
    assert mark_unread(actor=actor, notification_id=row.pk).read_at is None


def test_all_goes_as_far_as_one_was_shown(owner, teammate, as_actor):
    seen, missed = give(owner, 3), give(owner)
    give(teammate)
    assert mark_all_read(actor=as_actor(owner), newest_id=seen[-1].pk) == 3
    unread = Notification.objects.filter(read_at=None)
    assert sorted(unread.values_list("recipient__username", flat=True)) == ["owner", "teammate"]
    assert missed[0].pk in unread.values_list("pk", flat=True)


@pytest.mark.parametrize("verb", [mark_read, mark_unread])
def test_nobody_marks_what_somebody_else_was_told(owner, teammate, as_actor, verb):
    row = give(owner)[0]
    with pytest.raises(NotVisible):
        verb(actor=as_actor(teammate), notification_id=row.pk)
    row.refresh_from_db()
    assert row.read_at is None


def test_what_one_does_not_want_to_hear_of_is_not_written(owner, teammate, as_actor):
    choose_ways(actor=as_actor(teammate), ways={"assigned": "none"})
    assign(as_actor(owner), make_account(owner), to=teammate)
    assert told() == []
    choose_ways(actor=as_actor(teammate), ways={"assigned": "inside"})
    assign(as_actor(owner), make_account(owner, name="B"), to=teammate)
    assert told("recipient__username", "mail") == [("teammate", "")]


def test_unknown_kinds_and_ways_can_not_be_chosen(owner, as_actor):
    for ways in ({"moon": "inside"}, {"assigned": "pigeon"}):
        with pytest.raises(RuleViolation):
            choose_ways(actor=as_actor(owner), ways=ways)
    assert NotificationChoice.objects.count() == 0


def test_old_ones_are_taken_away_after_the_days_the_company_sets(owner):
    CompanySettings.objects.update_or_create(pk=1, defaults={"notification_days": 10})
    old, young = give(owner, 2)
    ages = {old: timedelta(days=10, minutes=1), young: timedelta(days=9)}
    for row, age in ages.items():
        Notification.objects.filter(pk=row.pk).update(at=clock.now() - age)
    delete_old_notifications()
    assert list(Notification.objects.values_list("pk", flat=True)) == [young.pk]
