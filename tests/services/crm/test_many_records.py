"""One change to many records: the same rules as for one, in a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contact
from cases.models import Queue
from crm.errors import RuleViolation
from crm.models import FieldChange, JournalEntry, Role, RolePrivilege
from crm.models.levels import Privilege
from crm.records.history.undo import undo_operation
from crm.records.running import run
from crm.records.services import (
    assign_records,
    bulk_update_records,
    delete_records,
    restore_records,
    update_record,
)
from crm.registry.registry import registry
from opportunities.models import Opportunity
from tests.factories.accounts import make_account, make_contact
from tests.factories.cases import make_queue
from tests.factories.opportunities import make_opportunity

ACCOUNTS = registry.get("account")


def make_accounts(owner, count, **values):
    return [make_account(owner, name=f"Firm {n}", **values).pk for n in range(count)]


def queries_of(service, **values):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        result = service(**values)
    return result, len(seen)


def edit(actor, ids, record_type=ACCOUNTS, **values):
    return bulk_update_records(actor=actor, record_type=record_type, ids=ids, values=values)


@pytest.fixture
def actor(owner, as_actor):
    """The owner, whose rights on accounts have been asked for already."""
    known = as_actor(owner)
    for privilege in Privilege:
        known.scope("account", privilege)
    return known


# Savepoint of the operation, its name, its name taken away, release.
OPERATION = 4
# Rows, savepoint, update, release.
BATCH = 4


@pytest.mark.parametrize("count", [1, 30])
def test_a_batch_is_edited_in_one_update_whatever_it_holds(owner, actor, count):
    ids = make_accounts(owner, count)
    result, queries = queries_of(
        bulk_update_records,
        actor=actor,
        record_type=ACCOUNTS,
        ids=ids,
        values={"city": "Oslo"},
    )
    assert (result.done, result.refused, queries) == (count, {}, OPERATION + BATCH)
    edited = Account.objects.filter(pk__in=ids, city="Oslo", version=2, modified_by=owner)
    assert edited.count() == count


def test_each_further_batch_costs_four_queries(owner, actor, monkeypatch):
    monkeypatch.setattr("crm.records.services.many.BATCH", 10)
    result, queries = queries_of(
        bulk_update_records,
        actor=actor,
        record_type=ACCOUNTS,
        ids=make_accounts(owner, 30),
        values={"city": "Oslo"},
    )
    assert (result.done, queries) == (30, OPERATION + 3 * BATCH)


def test_a_link_is_asked_about_once_for_all_rows(owner, actor):
    parent = make_account(owner, name="Holding")
    contacts = [make_contact(owner, last_name=f"Nr {n}").pk for n in range(20)]
    for privilege in Privilege:
        actor.scope("contact", privilege)
    result, count = queries_of(
        bulk_update_records,
        actor=actor,
        record_type=registry.get("contact"),
        ids=contacts,
        values={"account": parent},
    )
    assert (result.done, count) == (20, OPERATION + BATCH + 1)
    assert Contact.objects.filter(account=parent).count() == 20


def test_rows_that_are_right_already_are_left_alone(owner, as_actor):
    ids = make_accounts(owner, 3, city="Oslo")
    other = make_account(owner, city="Bergen").pk
    result = edit(as_actor(owner), [*ids, other], city="Oslo")
    assert result.done == 4
    assert list(Account.objects.filter(version=2).values_list("pk", flat=True)) == [other]


def test_one_bad_row_does_not_keep_the_others(owner, as_actor):
    closed = make_opportunity(
        owner, name="Closed", state="lost", reason="canceled", forecast="lost"
    )
    opened = make_opportunity(owner, name="Open")
    result = edit(
        as_actor(owner), [closed.pk, opened.pk], registry.get("opportunity"), description="Call"
    )
    assert result.done == 1
    assert list(result.refused) == [closed.pk]
    assert "closed" in result.refused[closed.pk]
    assert list(Opportunity.objects.filter(description="Call")) == [opened]


def test_rows_of_others_are_neither_changed_nor_named(owner, stranger, as_actor):
    mine, theirs = make_account(owner), make_account(stranger)
    result = edit(as_actor(owner), [mine.pk, theirs.pk], city="Oslo")
    assert (result.done, result.refused) == (1, {})
    theirs.refresh_from_db()
    assert (theirs.city, theirs.version) == ("", 1)


def test_giving_rows_away_by_editing_asks_for_the_right_to_assign(owner, teammate, as_actor):
    ids = make_accounts(owner, 2)
    RolePrivilege.objects.filter(
        role=Role.objects.get(profile="sales_rep"),
        record_type="account",
        privilege=Privilege.ASSIGN,
    ).delete()
    result = edit(as_actor(owner), ids, owner=teammate)
    assert result.done == 0
    assert set(result.refused) == set(ids)
    assert Account.objects.filter(owner=owner, version=1).count() == 2


def test_what_rules_make_differ_is_written_in_one_statement_all_the_same(owner, actor):
    ids = [Account.objects.create(owner=owner, name=f"  Firm   {n} ").pk for n in range(5)]
    result, count = queries_of(
        bulk_update_records,
        actor=actor,
        record_type=ACCOUNTS,
        ids=ids,
        values={"city": "Oslo"},
    )
    assert (result.done, count) == (5, OPERATION + BATCH)
    named = Account.objects.order_by("pk").values_list("name", "city")
    assert list(named) == [(f"Firm {n}", "Oslo") for n in range(5)]


def test_what_the_database_refuses_is_found_row_by_row(owner, as_actor):
    ids = make_accounts(owner, 3)
    Account.objects.filter(pk=ids[1]).update(external_id="taken")
    result = bulk_update_records(
        actor=as_actor(owner), record_type=ACCOUNTS, ids=ids, values={"external_id": "new"}
    )
    assert result.done == 1
    assert set(result.refused) == set(ids[1:])
    assert Account.objects.filter(external_id="new").count() == 1


def test_every_changed_row_has_its_history_and_undo_takes_all_back(owner, as_actor):
    ids = make_accounts(owner, 5, city="Bergen")
    _result, operation_id = run(
        actor=as_actor(owner),
        service=bulk_update_records,
        record_type=ACCOUNTS,
        ids=ids,
        values={"city": "Oslo"},
    )
    changes = FieldChange.objects.filter(operation=operation_id)
    assert [one.changes for one in changes] == [{"city": ["Bergen", "Oslo"]}] * 5
    assert {one.actor_id for one in changes} == {owner.pk}
    assert undo_operation(actor=as_actor(owner), operation_id=operation_id) == 5
    assert Account.objects.filter(city="Bergen").count() == 5


def test_a_version_of_before_is_noticed_after_a_bulk_edit(owner, as_actor):
    account = make_account(owner, city="Bergen")
    edit(as_actor(owner), [account.pk], city="Oslo")
    saved = update_record(
        actor=as_actor(owner),
        record_type=ACCOUNTS,
        record_id=account.pk,
        version=account.version,
        values={"city": "Bergen", "name": "New name"},
    )
    assert (saved.city, saved.name, saved.version) == ("Oslo", "New name", 3)


def test_records_are_assigned_together_with_their_unit_and_a_line_each(
    owner, stranger, south, actor
):
    # The new owner, whether they are active, and the lines of the journal come on top.
    ids = make_accounts(owner, 20)
    result, count = queries_of(
        assign_records,
        actor=actor,
        record_type=ACCOUNTS,
        ids=ids,
        owner_id=stranger.pk,
    )
    # A line each in one query, and in another the new owner is told.
    assert (result.done, count) == (20, OPERATION + 2 + BATCH + 2)
    assert Account.objects.filter(owner=stranger, unit=south).count() == 20
    told = JournalEntry.objects.filter(verb="assigned", record_id__in=ids)
    assert [entry.data for entry in told] == [{"to": "Stranger"}] * 20


def test_nobody_who_was_deactivated_is_given_records(owner, stranger, as_actor):
    account = make_account(owner)
    stranger.is_active = False
    stranger.save(update_fields=["is_active"])
    with pytest.raises(RuleViolation) as refused:
        assign_records(
            actor=as_actor(owner), record_type=ACCOUNTS, ids=[account.pk], owner_id=stranger.pk
        )
    assert "owner" in refused.value.fields
    account.refresh_from_db()
    assert (account.owner_id, account.version) == (owner.pk, 1)


def test_records_are_binned_and_restored_together(owner, actor):
    ids = make_accounts(owner, 20)
    result = delete_records(actor=actor, record_type=ACCOUNTS, ids=ids)
    assert result.done == 20
    assert Account.objects.in_bin().filter(modified_by=owner, version=2).count() == 20
    result, count = queries_of(restore_records, actor=actor, record_type=ACCOUNTS, ids=ids)
    assert (result.done, count) == (20, OPERATION + BATCH + 1)
    assert Account.objects.alive().count() == 20
    verbs = JournalEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["deleted"] * 20 + ["restored"] * 20


def test_a_record_whose_place_was_taken_stays_in_the_bin(admin, as_actor):
    first, other = make_queue(admin, name="First line"), make_queue(admin, name="Other")
    actor = as_actor(admin)
    queues = registry.get("queue")
    delete_records(actor=actor, record_type=queues, ids=[first.pk, other.pk])
    make_queue(admin, name="First line")
    result = restore_records(actor=actor, record_type=queues, ids=[first.pk, other.pk])
    assert result.done == 1
    assert "taken its place" in result.refused[first.pk]
    assert list(Queue.objects.in_bin()) == [first]


def test_undo_of_many_rows_takes_as_many_queries_as_of_one(owner, actor):
    counted = []
    for ids in (make_accounts(owner, 1), make_accounts(owner, 1), make_accounts(owner, 30)):
        _result, operation_id = run(
            actor=actor,
            service=bulk_update_records,
            record_type=ACCOUNTS,
            ids=ids,
            values={"city": "Oslo"},
        )
        count, queries = queries_of(undo_operation, actor=actor, operation_id=operation_id)
        assert count == len(ids)
        counted.append(queries)
    # The first one reads the settings besides.
    assert counted[1:] == [20, 20]
    assert not Account.objects.filter(city="Oslo").exists()


def test_undo_says_which_of_many_rows_is_in_the_way(admin, as_actor):
    queues = [make_queue(admin, name=f"Queue {n}") for n in range(3)]
    actor = as_actor(admin)
    _result, operation_id = run(
        actor=actor,
        service=delete_records,
        record_type=registry.get("queue"),
        ids=[queue.pk for queue in queues],
    )
    make_queue(admin, name="Queue 1")
    with pytest.raises(RuleViolation, match="“Queue 1” can't go back"):
        undo_operation(actor=actor, operation_id=operation_id)
    assert Queue.objects.in_bin().count() == 3
