"""Several records that are one thing become one record, and come apart again."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contact
from cases.models import Case, QueueItem
from crm import clock
from crm.activities.files import attach_file
from crm.activities.services import log_activity
from crm.errors import AccessDenied, NotVisible, RuleViolation, StaleVersion
from crm.models import (
    Activity,
    FieldChange,
    File,
    JournalEntry,
    MergedRecord,
    RecentRecord,
    Share,
)
from crm.models.levels import Privilege
from crm.records.history.undo import undo_operation
from crm.records.merging import pointers
from crm.records.merging.services import merge_records
from crm.records.recent import remember
from crm.records.running import run
from crm.records.services import (
    delete_records,
    restore_records,
    share_record,
    update_record,
)
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from marketing.models import ListMember, Recipient
from tests.contract.building import make_record
from tests.contract.watching import everything, nothing_changes
from tests.factories.accounts import make_account, make_contact
from tests.factories.cases import make_case, make_queue
from tests.factories.leads import make_lead
from tests.factories.marketing import make_list

pytestmark = pytest.mark.django_db

ACCOUNT, CONTACT = registry.get("account"), registry.get("contact")
MERGED = [one for one in registry if one.has(Feature.MERGE)]


def merge(actor, survivor, *losers, **more):
    """The id of the operation that made one of them."""
    _stayed, operation_id = run(
        actor=actor,
        service=merge_records,
        record_type=registry.of(survivor),
        survivor_id=survivor.pk,
        loser_ids=[one.pk for one in losers],
        **more,
    )
    return operation_id


def fresh(record):
    return type(record)._base_manager.get(pk=record.pk)


def test_accounts_contacts_leads_and_cases_can_be_merged():
    assert [one.key for one in MERGED] == ["account", "contact", "lead", "case"]


def test_what_belongs_to_the_others_belongs_to_the_one_that_stays(owner, as_actor):
    stays, goes = make_account(owner, name="Nordfjord"), make_account(owner, name="Nordfjord AS")
    person = make_contact(owner, account=goes)
    binned = make_contact(owner, account=goes, deleted_at=clock.now())
    lead, case = make_lead(owner, account=goes), make_case(owner, account=goes)
    below = make_account(owner, name="Nordfjord Sud", parent=goes)
    merge(as_actor(owner), stays, goes)
    assert [fresh(one).account_id for one in (person, binned, lead, case)] == [stays.pk] * 4
    assert fresh(below).parent_id == stays.pk
    assert not Account.objects.alive().filter(pk=goes.pk).exists()


def test_work_files_shares_and_recent_pages_move_along(owner, teammate, as_actor):
    actor = as_actor(owner)
    stays, goes = make_account(owner), make_account(owner)
    log_activity(actor=actor, regarding=goes, values={"kind": "note", "body": "Called"})
    attach_file(actor=actor, record=goes, upload=SimpleUploadedFile("a.txt", b"x"))
    share_record(
        actor=actor,
        record_type=ACCOUNT,
        record_id=goes.pk,
        principal_id=teammate.pk,
        privileges=[Privilege.WRITE],
    )
    remember(actor, goes)
    merge(actor, stays, goes)
    assert Activity.objects.regarding(stays).count() == 1
    assert File.objects.filter(record_type="account", record_id=stays.pk).count() == 1
    assert set(Share.objects.values_list("record_id", "privilege")) == {
        (stays.pk, "read"),
        (stays.pk, "write"),
    }
    assert RecentRecord.objects.get().record_id == stays.pk


def test_a_list_both_are_on_has_the_one_that_stays_once(owner, as_actor):
    stays, goes, third = (make_contact(owner) for _one in range(3))
    both, only = make_list(owner, stays, goes), make_list(owner, goes, third, name="Fair")
    before = everything()
    operation_id = merge(as_actor(owner), stays, goes, third)
    assert list(ListMember.objects.filter(list=both).values_list("member_id", flat=True)) == [
        stays.pk
    ]
    assert list(ListMember.objects.filter(list=only).values_list("member_id", flat=True)) == [
        stays.pk
    ]
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert everything()["marketing_listmember"] == before["marketing_listmember"]


def test_values_are_picked_from_any_of_them(owner, as_actor):
    stays = make_account(owner, name="Nordfjord", city="Bergen", phone="1")
    goes = make_account(owner, name="Nordfjord AS", city="Oslo", phone="2", industry="energy")
    merge(as_actor(owner), stays, goes, choices={"city": goes.pk, "industry": goes.pk})
    now = fresh(stays)
    assert (now.name, now.city, now.phone, now.industry) == ("Nordfjord", "Oslo", "1", "energy")


def test_a_refusal_of_one_counts_for_all_unless_chosen_otherwise(owner, as_actor):
    stays = make_contact(owner)
    goes = make_contact(owner, do_not_email=True, do_not_call=True)
    merge(as_actor(owner), stays, goes, choices={"do_not_call": stays.pk})
    now = fresh(stays)
    assert (now.do_not_email, now.do_not_call, now.do_not_mail) == (True, False, False)


def test_a_protected_field_can_not_be_picked(owner, as_actor):
    stays, goes = make_account(owner), make_account(owner)
    merge(as_actor(owner), stays, goes, choices={"number": goes.pk, "version": goes.pk})
    assert fresh(stays).number == stays.number


def test_the_owner_of_another_needs_the_right_to_assign(owner, teammate, manager, as_actor):
    stays, goes = make_account(owner), make_account(teammate)
    merge(as_actor(manager), stays, goes, choices={"owner": goes.pk})
    assert fresh(stays).owner_id == teammate.pk


def test_one_below_the_other_does_not_come_to_belong_to_itself(owner, as_actor):
    above = make_account(owner, name="Holding")
    goes = make_account(owner, name="Nordfjord AS", parent=above)
    stays = make_account(owner, name="Nordfjord", parent=goes)
    merge(as_actor(owner), stays, goes)
    assert fresh(stays).parent_id is None


def test_no_circle_closes_around_the_one_that_stays(owner, as_actor):
    goes = make_account(owner, name="Nordfjord AS")
    between = make_account(owner, name="Between", parent=goes)
    stays = make_account(owner, name="Nordfjord", parent=between)
    with nothing_changes(), pytest.raises(RuleViolation) as refused:
        merge(as_actor(owner), stays, goes)
    assert set(refused.value.fields) == {"parent"}
    merge(as_actor(owner), stays, goes, choices={"parent": goes.pk})
    assert (fresh(stays).parent_id, fresh(between).parent_id) == (None, stays.pk)


def test_an_import_finds_the_one_that_stays_by_the_key_of_another(owner, as_actor):
    stays, goes = make_account(owner), make_account(owner, external_id="A-1")
    operation_id = merge(as_actor(owner), stays, goes)
    assert (fresh(stays).external_id, fresh(goes).external_id) == ("A-1", None)
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert (fresh(stays).external_id, fresh(goes).external_id) == (None, "A-1")


def test_the_record_that_went_points_to_the_one_that_stayed(owner, as_actor):
    stays, goes = make_account(owner), make_account(owner)
    merge(as_actor(owner), stays, goes)
    merged = MergedRecord.objects.get()
    assert (merged.record_type, merged.record_id, merged.survivor_id) == (
        "account",
        goes.pk,
        stays.pk,
    )
    told = JournalEntry.objects.values_list("verb", "record_id").order_by("pk")
    assert list(told) == [("merged", stays.pk), ("merged_away", goes.pk)]


def test_field_history_knows_every_row_that_moved(owner, as_actor):
    stays, goes = make_account(owner), make_account(owner)
    person = make_contact(owner, account=goes)
    merge(as_actor(owner), stays, goes)
    change = FieldChange.objects.filter(record_type="contact", record_id=person.pk).latest("pk")
    assert change.changes["account_id"] == [goes.pk, stays.pk]
    assert change.actor_id == owner.pk


# Undo


@pytest.mark.parametrize("record_type", [pytest.param(one, id=one.key) for one in MERGED])
def test_undo_gives_back_every_row_of_every_table(record_type, admin, as_actor):
    owner = admin
    rows = [make_record(record_type.model, owner, f"Row {number}") for number in range(3)]
    for row in rows:
        for pointer in pointers.pointers_to(record_type):
            if hasattr(pointer.model, "type_key") and not pointer.type_field:
                make_record(pointer.model, owner, f"Child {row.pk}", **{pointer.name: row})
        log_activity(actor=as_actor(owner), regarding=row, values={"kind": "task", "subject": "Do"})
        attach_file(actor=as_actor(owner), record=row, upload=SimpleUploadedFile("a.txt", b"x"))
        remember(as_actor(owner), row)
    if record_type.key == "case":
        queue = make_queue(owner)
        for row in rows:
            QueueItem.objects.create(queue=queue, case=row, entered_at=clock.now())
    before = content()
    operation_id = merge(as_actor(owner), *rows)
    assert content() != before
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert content() == before


QUIET = {"version", "modified_at", "modified_by_id"}


def content():
    """Every row of every type and of what hangs on them, but for who touched it when."""
    models = {one.model for one in registry}
    models |= {File, Share, RecentRecord, ListMember, Recipient, QueueItem, MergedRecord}
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in QUIET}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in models
    }


def test_what_came_later_stays_with_the_one_that_stayed(owner, as_actor):
    stays, goes = make_account(owner), make_account(owner)
    moved, taken = make_contact(owner, account=goes), make_contact(owner, account=goes)
    operation_id = merge(as_actor(owner), stays, goes)
    later, elsewhere = make_contact(owner, account=stays), make_account(owner)
    for person, values in ((moved, {"job_title": "Boss"}), (taken, {"account": elsewhere})):
        update_record(
            actor=as_actor(owner),
            record_type=CONTACT,
            record_id=person.pk,
            version=None,
            values=values,
        )
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert (fresh(moved).account_id, fresh(moved).job_title) == (goes.pk, "Boss")
    assert fresh(taken).account_id == elsewhere.pk
    assert fresh(later).account_id == stays.pk


def test_a_later_change_of_the_same_field_keeps_undo_from_overwriting_it(owner, as_actor):
    stays, goes = make_account(owner, city="Bergen"), make_account(owner, city="Oslo")
    operation_id = merge(as_actor(owner), stays, goes, choices={"city": goes.pk})
    update_record(
        actor=as_actor(owner),
        record_type=ACCOUNT,
        record_id=stays.pk,
        version=None,
        values={"city": "Paris"},
    )
    with nothing_changes(), pytest.raises(RuleViolation, match="changed again since: City"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)


def test_a_merge_into_yet_another_one_is_undone_first(owner, as_actor):
    first, second, third = (make_account(owner) for _one in range(3))
    earlier = merge(as_actor(owner), second, first)
    later = merge(as_actor(owner), third, second)
    with nothing_changes(), pytest.raises(RuleViolation, match="itself merged"):
        undo_operation(actor=as_actor(owner), operation_id=earlier)
    undo_operation(actor=as_actor(owner), operation_id=later)
    undo_operation(actor=as_actor(owner), operation_id=earlier)
    assert Account.objects.alive().count() == 3


def test_a_survivor_in_the_bin_is_restored_first(owner, as_actor):
    stays, goes = make_account(owner), make_account(owner)
    operation_id = merge(as_actor(owner), stays, goes)
    delete_records(actor=as_actor(owner), record_type=ACCOUNT, ids=[stays.pk])
    with nothing_changes(), pytest.raises(RuleViolation, match="lies in the bin"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)


def test_nobody_undoes_somebody_elses_merge(owner, teammate, as_actor):
    stays, goes = make_account(owner), make_account(owner)
    operation_id = merge(as_actor(owner), stays, goes)
    with nothing_changes(), pytest.raises(NotVisible):
        undo_operation(actor=as_actor(teammate), operation_id=operation_id)


def test_after_the_days_of_the_bin_a_merge_stands(owner, as_actor):
    stays, goes = make_account(owner), make_account(owner)
    operation_id = merge(as_actor(owner), stays, goes)
    with clock.held(clock.now() + timedelta(days=31)), pytest.raises(RuleViolation, match="older"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert MergedRecord.objects.count() == 1


def test_a_merged_record_is_not_restored_from_the_bin_without_what_it_had(owner, as_actor):
    stays, goes = make_account(owner), make_account(owner)
    merge(as_actor(owner), stays, goes)
    with nothing_changes():
        result = restore_records(actor=as_actor(owner), record_type=ACCOUNT, ids=[goes.pk])
    assert result.done == 0


# What is refused changes nothing


def test_rows_the_actor_may_not_see_move_along(owner, stranger, as_actor):
    stays, goes = make_account(owner), make_account(owner)
    hidden = make_contact(stranger, account=goes)
    operation_id = merge(as_actor(owner), stays, goes)
    assert fresh(hidden).account_id == stays.pk
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert fresh(hidden).account_id == goes.pk


def test_a_record_the_actor_may_only_read_is_not_merged(owner, teammate, as_actor):
    stays, goes = make_account(owner), make_account(teammate)
    for survivor, loser in ((stays, goes), (goes, stays)):
        with nothing_changes(), pytest.raises(AccessDenied):
            merge(as_actor(owner), survivor, loser)


def test_a_record_the_actor_may_not_see_is_not_merged(owner, stranger, as_actor):
    stays, goes = make_account(owner), make_account(stranger)
    for survivor, loser in ((stays, goes), (goes, stays)):
        with nothing_changes(), pytest.raises(NotVisible):
            merge(as_actor(owner), survivor, loser)


@pytest.mark.parametrize("count", [0, 10])
def test_two_to_ten_records_are_merged(count, owner, as_actor):
    stays, *others = (make_account(owner) for _one in range(count + 1))
    with nothing_changes(), pytest.raises(RuleViolation, match="two to ten"):
        merge(as_actor(owner), stays, *others)


def test_a_record_changed_meanwhile_is_looked_at_again(owner, as_actor):
    stays, goes = make_account(owner, name="Nordfjord"), make_account(owner, name="Nordfjord AS")
    versions = {stays.pk: stays.version, goes.pk: goes.version - 1}
    with nothing_changes(), pytest.raises(StaleVersion, match="“Nordfjord AS” was changed"):
        merge(as_actor(owner), stays, goes, versions=versions)


def test_a_type_without_the_feature_is_not_merged(owner, as_actor):
    first, second = (make_record(registry.get("quote").model, owner) for _one in range(2))
    with nothing_changes(), pytest.raises(NotVisible):
        merge(as_actor(owner), first, second)


def test_a_closed_lead_is_not_merged(owner, as_actor):
    stays = make_lead(owner)
    goes = make_lead(owner, state="disqualified", reason="lost")
    with nothing_changes(), pytest.raises(RuleViolation, match="closed"):
        merge(as_actor(owner), stays, goes)


def test_a_merge_that_fails_half_way_leaves_nothing_behind(owner, as_actor, monkeypatch):
    stays, goes = make_account(owner), make_account(owner)
    make_contact(owner, account=goes)
    make_list(owner, goes, member_type="account")

    def fail(*_args, **_more):
        assert Contact.objects.get().account_id == stays.pk
        raise RuntimeError

    monkeypatch.setattr("crm.records.merging.services._write_down", fail)
    with nothing_changes(), pytest.raises(RuntimeError):
        merge(as_actor(owner), stays, goes)


def test_the_number_of_statements_does_not_grow_with_the_rows(owner, as_actor):
    def statements(count):
        stays, goes = make_account(owner), make_account(owner)
        for _one in range(count):
            make_contact(owner, account=goes)
            make_case(owner, account=goes)
        actor = as_actor(owner)
        with CaptureQueriesContext(connection) as asked:
            merge(actor, stays, goes)
        return len(asked)

    few = statements(2)
    assert statements(12) <= few


def test_a_pointer_nobody_declared_is_found_at_start(monkeypatch):
    known = [one for one in pointers._declared if one.model is not File]
    monkeypatch.setattr(pointers, "_declared", known)
    assert list(pointers.undeclared_pointers()) == ["crm.File.record_id"]


# Cases


def test_merged_cases_are_canceled_and_leave_their_queues(agent, as_actor):
    queue = make_queue(agent)
    stays, goes = make_case(agent), make_case(agent, queue=queue)
    log_activity(actor=as_actor(agent), regarding=goes, values={"kind": "task", "subject": "Ask"})
    operation_id = merge(as_actor(agent), stays, goes)
    now = fresh(goes)
    assert (now.state, now.reason, now.deleted_at) == ("canceled", "merged", None)
    assert Activity.objects.get().regarding_id == stays.pk
    assert not QueueItem.objects.exists()
    undo_operation(actor=as_actor(agent), operation_id=operation_id)
    assert Case.objects.active().count() == 2
    assert QueueItem.objects.get().case_id == goes.pk
    assert Activity.objects.get().regarding_id == goes.pk


def test_a_merged_case_is_not_taken_up_again(agent, as_actor):
    from cases.services import reactivate_case

    stays, goes = make_case(agent), make_case(agent)
    merge(as_actor(agent), stays, goes)
    with nothing_changes(), pytest.raises(RuleViolation, match="merged into another"):
        reactivate_case(actor=as_actor(agent), record_id=goes.pk)


def test_only_active_cases_are_merged(agent, as_actor):
    from cases.services import cancel_case

    stays, goes = make_case(agent), make_case(agent)
    cancel_case(actor=as_actor(agent), record_id=goes.pk)
    with nothing_changes(), pytest.raises(RuleViolation, match="closed"):
        merge(as_actor(agent), stays, goes)
