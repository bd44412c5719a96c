import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account
from crm import clock
from crm.activities.files import attach_file, remove_file
from crm.activities.services import log_activity
from crm.errors import NotVisible, RuleViolation
from crm.models import File, JournalEntry
from crm.operations import current, journal, operation
from crm.records.history.undo import undo_operation
from crm.records.running import run
from crm.records.services import assign_records, create_record, delete_records, update_record
from crm.registry.registry import registry
from tests.factories.accounts import make_account, make_contact


def change(actor, record, **values):
    """The id of the operation that made the change."""
    _saved, operation_id = run(
        actor=actor,
        service=update_record,
        record_type=registry.of(record),
        record_id=record.pk,
        version=None,
        values=values,
    )
    return operation_id


def test_undoing_a_change_gives_the_fields_their_old_values(owner, as_actor):
    account = make_account(owner, name="Nordfjord", city="Bergen")
    operation_id = change(as_actor(owner), account, name="Sydfjord", city="Oslo")
    assert undo_operation(actor=as_actor(owner), operation_id=operation_id) == 1
    account.refresh_from_db()
    assert (account.name, account.city) == ("Nordfjord", "Bergen")
    assert JournalEntry.objects.filter(verb="undone", record_id=account.pk).count() == 1


def test_undoing_twice_is_refused(owner, as_actor):
    account = make_account(owner, name="Nordfjord")
    operation_id = change(as_actor(owner), account, name="Sydfjord")
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    with pytest.raises(RuleViolation, match="undone already"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    account.refresh_from_db()
    assert account.name == "Nordfjord"


def test_what_an_operation_created_goes_to_the_bin(owner, as_actor):
    account, operation_id = run(
        actor=as_actor(owner),
        service=create_record,
        record_type=registry.get("account"),
        values={"name": "Nordfjord"},
    )
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert not Account.objects.alive().filter(pk=account.pk).exists()
    assert Account.objects.in_bin().filter(pk=account.pk).exists()


def test_a_creation_others_build_on_is_not_undone(owner, as_actor):
    account, operation_id = run(
        actor=as_actor(owner),
        service=create_record,
        record_type=registry.get("account"),
        values={"name": "Nordfjord"},
    )
    make_contact(owner, account=account)
    with pytest.raises(RuleViolation, match="used by other records"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert Account.objects.alive().filter(pk=account.pk).exists()


def test_a_creation_somebody_wrote_a_note_on_is_not_undone(owner, as_actor):
    account, operation_id = run(
        actor=as_actor(owner),
        service=create_record,
        record_type=registry.get("account"),
        values={"name": "Nordfjord"},
    )
    log_activity(actor=as_actor(owner), regarding=account, values={"kind": "note", "body": "Hi"})
    with pytest.raises(RuleViolation, match="used by other records"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert Account.objects.alive().filter(pk=account.pk).exists()


def test_a_later_change_keeps_undo_from_overwriting_it(owner, as_actor):
    account = make_account(owner, name="Nordfjord", city="Bergen")
    operation_id = change(as_actor(owner), account, name="Sydfjord")
    change(as_actor(owner), account, city="Oslo")
    with pytest.raises(RuleViolation, match="changed again"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    account.refresh_from_db()
    assert (account.name, account.city) == ("Sydfjord", "Oslo")


def test_a_record_given_away_can_be_taken_back(owner, stranger, as_actor):
    account = make_account(owner)
    _result, operation_id = run(
        actor=as_actor(owner),
        service=assign_records,
        record_type=registry.get("account"),
        ids=[account.pk],
        owner_id=stranger.pk,
    )
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    account.refresh_from_db()
    assert (account.owner_id, account.unit_id) == (owner.pk, owner.unit_id)


def test_undoing_a_deletion_takes_the_record_out_of_the_bin(owner, as_actor):
    account = make_account(owner)
    _result, operation_id = run(
        actor=as_actor(owner),
        service=delete_records,
        record_type=registry.get("account"),
        ids=[account.pk],
    )
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert Account.objects.alive().filter(pk=account.pk).exists()


def test_nobody_undoes_what_somebody_else_did(owner, teammate, as_actor):
    account = make_account(owner, name="Nordfjord")
    operation_id = change(as_actor(owner), account, name="Sydfjord")
    with pytest.raises(NotVisible):
        undo_operation(actor=as_actor(teammate), operation_id=operation_id)
    account.refresh_from_db()
    assert account.name == "Sydfjord"


def test_an_administrator_undoes_what_somebody_else_did(owner, admin, as_actor):
    account = make_account(owner, name="Nordfjord")
    operation_id = change(as_actor(owner), account, name="Sydfjord")
    undo_operation(actor=as_actor(admin), operation_id=operation_id)
    account.refresh_from_db()
    assert account.name == "Nordfjord"


def test_an_operation_nobody_knows_is_not_visible(owner, as_actor):
    with pytest.raises(NotVisible):
        undo_operation(actor=as_actor(owner), operation_id=uuid.uuid4())


def test_after_the_days_of_the_bin_nothing_is_undone(owner, as_actor):
    account = make_account(owner, name="Nordfjord")
    operation_id = change(as_actor(owner), account, name="Sydfjord")
    with clock.held(clock.now() + timedelta(days=31)), pytest.raises(RuleViolation, match="older"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    account.refresh_from_db()
    assert account.name == "Sydfjord"


@operation
def post_for_good(*, actor, account):
    update_record(
        actor=actor,
        record_type=registry.get("account"),
        record_id=account.pk,
        version=None,
        values={"name": "Posted"},
    )
    journal("created", account, is_final=True)
    return current().id


def test_a_final_operation_offers_no_undo_and_refuses_it(owner, as_actor):
    account = make_account(owner, name="Nordfjord")
    operation_id, offered = run(actor=as_actor(owner), service=post_for_good, account=account)
    assert offered == ""
    with pytest.raises(RuleViolation, match="final"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    account.refresh_from_db()
    assert account.name == "Posted"


def test_an_operation_that_changed_nothing_offers_no_undo(owner, as_actor):
    account = make_account(owner, name="Nordfjord")
    assert change(as_actor(owner), account, name="Nordfjord") == ""


def test_a_name_taken_meanwhile_can_not_be_given_back(owner, as_actor):
    account = make_account(owner, name="Nordfjord", external_id="A-1")
    Account.objects.filter(pk=account.pk).update(external_id="A-1")
    operation_id, _offered = run(actor=as_actor(owner), service=let_go_of_key, account=account)
    make_account(owner, name="Another", external_id="A-1")
    with pytest.raises(RuleViolation, match="taken its place"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    account.refresh_from_db()
    assert account.external_id is None


@operation
def let_go_of_key(*, actor, account):
    Account.objects.filter(pk=account.pk).update(external_id=None)
    return current().id


def test_a_file_taken_off_comes_back(owner, as_actor):
    account = make_account(owner)
    upload = SimpleUploadedFile("offer.txt", b"An offer")
    file = attach_file(actor=as_actor(owner), record=account, upload=upload)
    _removed, operation_id = run(actor=as_actor(owner), service=remove_file, file_id=file.pk)
    assert File.objects.get().deleted_at is not None
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert File.objects.get().deleted_at is None
