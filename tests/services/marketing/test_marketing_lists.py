"""Who stands on a list, and who may say so."""

import pytest
from django.db import IntegrityError, connection, transaction

from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import JournalEntry
from crm.records.history.undo import undo_operation
from crm.records.services import create_record, update_record
from crm.registry.registry import registry
from marketing.models import ListMember, MarketingList
from marketing.services import add_members, lock_list, remove_members, unlock_list
from tests.factories.accounts import make_account, make_contact
from tests.factories.marketing import make_list

pytestmark = pytest.mark.django_db


def members(found):
    return sorted(ListMember.objects.filter(list=found).values_list("member_id", flat=True))


def add(actor, found, *records, member_type="contact"):
    return add_members(
        actor=actor,
        list_id=found.pk,
        member_type=member_type,
        member_ids=[record.pk for record in records],
    )


def test_chosen_records_are_put_on_a_list_once(marketer, as_actor):
    found = make_list(marketer)
    nadia, tove = make_contact(marketer), make_contact(marketer, first_name="Tove")
    assert add(as_actor(marketer), found, nadia) == 1
    assert add(as_actor(marketer), found, nadia, tove, nadia) == 1
    assert members(found) == sorted([nadia.pk, tove.pk])


def test_a_list_holds_one_type_only(marketer, as_actor):
    found = make_list(marketer)
    account = make_account(marketer)
    with pytest.raises(RuleViolation):
        add(as_actor(marketer), found, account, member_type="account")
    assert members(found) == []


def test_the_database_holds_members_to_the_type_of_their_list(marketer):
    found = make_list(marketer)
    ListMember.objects.create(
        list=found, member_type="lead", member_id=1, added_at=found.created_at
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.check_constraints()
    ListMember.objects.all().delete()


def test_the_type_of_a_list_never_changes(marketer, as_actor):
    found = make_list(marketer)
    with pytest.raises(RuleViolation) as refusal:
        update_record(
            actor=as_actor(marketer),
            record_type=registry.get("marketinglist"),
            record_id=found.pk,
            version=None,
            values={"member_type": "lead"},
        )
    assert set(refusal.value.fields) == {"member_type"}
    found.refresh_from_db()
    assert found.member_type == "contact"


def test_a_locked_list_stays_as_it_is(marketer, as_actor):
    nadia, tove = make_contact(marketer), make_contact(marketer, first_name="Tove")
    found = make_list(marketer, nadia)
    lock_list(actor=as_actor(marketer), record_id=found.pk)
    with pytest.raises(RuleViolation):
        add(as_actor(marketer), found, tove)
    with pytest.raises(RuleViolation):
        remove_members(actor=as_actor(marketer), list_id=found.pk, member_ids=[nadia.pk])
    assert members(found) == [nadia.pk]
    unlock_list(actor=as_actor(marketer), record_id=found.pk)
    assert add(as_actor(marketer), found, tove) == 1


def test_records_one_may_not_see_are_not_added(marketer, owner, stranger, as_actor):
    found = make_list(owner)
    hidden = make_contact(stranger)
    with pytest.raises(AccessDenied):
        add(as_actor(owner), found, make_contact(owner))
    own = make_list(marketer)
    with pytest.raises(RuleViolation):
        add_members(
            actor=as_actor(marketer),
            list_id=own.pk,
            member_type="contact",
            member_ids=[hidden.pk, 10**9],
        )
    assert ListMember.objects.count() == 0


def test_a_list_in_the_bin_takes_nobody(marketer, as_actor):
    found = make_list(marketer)
    MarketingList.objects.filter(pk=found.pk).update(deleted_at=found.created_at)
    with pytest.raises(NotVisible):
        add(as_actor(marketer), found, make_contact(marketer))


def test_adding_and_removing_can_be_undone(marketer, as_actor):
    nadia, tove = make_contact(marketer), make_contact(marketer, first_name="Tove")
    found = make_list(marketer, nadia)
    add(as_actor(marketer), found, nadia, tove)
    undo(marketer, as_actor, "members_added")
    assert members(found) == [nadia.pk]
    remove_members(actor=as_actor(marketer), list_id=found.pk, member_ids=[nadia.pk, tove.pk])
    assert members(found) == []
    undo(marketer, as_actor, "members_removed")
    assert members(found) == [nadia.pk]


def undo(user, as_actor, verb):
    entry = JournalEntry.objects.get(verb=verb)
    undo_operation(actor=as_actor(user), operation_id=entry.operation)


def test_a_list_with_a_cost_has_a_currency(marketer, as_actor):
    made = create_record(
        actor=as_actor(marketer),
        record_type=registry.get("marketinglist"),
        values={"name": "  Bench   owners ", "member_type": "contact", "cost": 120},
    )
    assert (made.name, made.currency_id) == ("Bench owners", "EUR")
