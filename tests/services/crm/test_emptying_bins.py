"""What lies in the bin long enough is erased, with all that hangs on it and nothing else."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account, Contact
from crm import clock
from crm.access.actor import Actor
from crm.activities.files import attach_file, remove_file
from crm.activities.services import log_activity
from crm.company.settings import company
from crm.errors import RuleViolation
from crm.models import (
    Activity,
    CompanySettings,
    DiscardedContent,
    FieldChange,
    File,
    JournalEntry,
    MergedRecord,
    Share,
)
from crm.models.levels import Privilege
from crm.operations import _subscribers, subscribe
from crm.records.bulk.tasks import empty_the_bins
from crm.records.history.undo import undo_operation
from crm.records.merging.merged_records import merged_into
from crm.records.merging.services import merge_records
from crm.records.running import run
from crm.records.services import delete_records, share_record
from crm.records.services.emptying import (
    discard_contents,
    empty_bins,
    erase_batch,
    held_by_others,
)
from crm.registry.events import RecordsChanged
from crm.registry.registry import registry
from marketing.models import ListMember
from tests.factories.accounts import make_account, make_contact
from tests.factories.marketing import make_list
from tests.factories.opportunities import make_opportunity

SYSTEM = Actor.system()


def put_into_bin(actor, *records):
    for record in records:
        result = delete_records(actor=actor, record_type=registry.of(record), ids=[record.pk])
        assert result.refused == {}


def days_later(days, *, minutes=0):
    return clock.held(clock.now() + timedelta(days=days, minutes=minutes))


def empty(days, **more):
    with days_later(days, **more):
        return empty_bins(actor=SYSTEM)


def lost(owner, account):
    """A deal that no longer keeps its customer out of the bin."""
    return make_opportunity(
        owner, account=account, state="lost", reason="canceled", forecast="lost"
    )


def test_a_link_that_erasing_empties_is_announced_after_the_rows_went(owner, as_actor):
    """Also where the row with the link has the same key as the one that is erased."""
    account, contact = make_account(owner), make_contact(owner)
    Contact.objects.filter(pk=contact.pk).update(id=account.pk)
    contact = Contact.objects.get(pk=account.pk)
    Account.objects.filter(pk=account.pk).update(primary_contact=contact)
    put_into_bin(as_actor(owner), contact)
    told = []

    def note(event):
        left = Contact.objects.filter(pk=contact.pk).exists()
        told.append((event.record_type, event.kind, event.ids, sorted(event.fields), left))

    subscribe(RecordsChanged, note)
    try:
        empty(31)
    finally:
        _subscribers[RecordsChanged].remove(note)
    assert told == [
        ("account", "changed", (account.pk,), ["primary_contact"], False),
        ("contact", "erased", (contact.pk,), [], False),
    ]


def test_a_record_is_erased_when_its_days_are_over_and_not_before(owner, as_actor):
    account, other = make_account(owner), make_account(owner, name="Kept")
    put_into_bin(as_actor(owner), account)
    assert company().bin_days == 30
    assert empty(30, minutes=-5) == 0
    assert Account.objects.count() == 2
    assert empty(30, minutes=5) == 1
    assert list(Account.objects.all()) == [other]


def test_the_days_are_those_the_company_sets(owner, as_actor):
    CompanySettings.objects.update_or_create(pk=1, defaults={"bin_days": 3})
    account = make_account(owner)
    put_into_bin(as_actor(owner), account)
    assert empty(2) == 0
    assert empty(3, minutes=5) == 1


def test_history_and_journal_outlive_the_record(owner, as_actor):
    account = make_account(owner, name="Nordfjord")
    put_into_bin(as_actor(owner), account)
    empty(31)
    last = FieldChange.objects.filter(record_id=account.pk).latest("pk")
    assert (last.event, last.changes["name"], last.actor_id) == ("delete", "Nordfjord", None)
    verbs = JournalEntry.objects.filter(record_type="account", record_id=account.pk)
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == ["deleted", "erased"]
    assert verbs.get(verb="erased").operation == last.operation


def test_work_files_shares_and_places_on_lists_go_with_the_record(
    owner, stranger, marketer, as_actor
):
    account, other = make_account(owner), make_account(owner, name="Kept")
    actor = as_actor(owner)
    for one in (account, other):
        attach_file(actor=actor, record=one, upload=SimpleUploadedFile("a.txt", b"words"))
        log_activity(actor=actor, regarding=one, values={"kind": "note", "body": "Met them"})
        share_record(
            actor=actor,
            record_type=registry.get("account"),
            record_id=one.pk,
            principal_id=stranger.pk,
            privileges=[Privilege.READ],
        )
    make_list(marketer, account, other)
    put_into_bin(actor, account)
    assert empty(31) == 1
    assert list(File.objects.values_list("record_id", flat=True)) == [other.pk]
    assert list(Activity.objects.values_list("regarding_id", flat=True)) == [other.pk]
    assert list(Share.objects.values_list("record_id", flat=True)) == [other.pk]
    assert list(ListMember.objects.values_list("member_id", flat=True)) == [other.pk]


def test_a_record_others_need_stays_and_is_told(owner, as_actor, caplog):
    account = make_account(owner)
    deal = lost(owner, account)
    put_into_bin(as_actor(owner), account)
    with caplog.at_level("INFO", logger="crm.records.services.emptying"):
        assert empty(31) == 0
    assert "bin of account: 0 erased, 1 still in use" in caplog.text
    assert held_by_others(Account, [account.pk]) == {account.pk}
    deal.refresh_from_db()
    assert deal.account_id == account.pk


def test_what_held_a_record_goes_first_when_it_is_due_too(owner, as_actor):
    account = make_account(owner)
    deal = make_opportunity(owner, account=account)
    put_into_bin(as_actor(owner), deal, account)
    assert empty(31) == 2
    assert not Account.objects.exists()


def test_a_link_that_may_be_empty_is_emptied(owner, as_actor):
    account = make_account(owner)
    contact = make_contact(owner, account=account)
    put_into_bin(as_actor(owner), account)
    assert empty(31) == 1
    assert Contact.objects.get(pk=contact.pk).account_id is None


def test_rows_are_erased_in_batches_each_in_a_few_queries(
    owner, as_actor, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr("crm.records.services.emptying.BATCH", 20)
    accounts = [make_account(owner, name=f"Firm {n}") for n in range(25)]
    put_into_bin(as_actor(owner), *accounts)
    with days_later(31):
        before = clock.now() - timedelta(days=30)
        with django_assert_max_num_queries(40):
            first = erase_batch(actor=SYSTEM, record_type=registry.get("account"), before=before)
    assert (first.done, first.last) == (20, accounts[19].pk)
    assert Account.objects.count() == 5


def test_undoing_the_deletion_of_an_erased_record_is_refused(owner, as_actor):
    account = make_account(owner)
    _result, operation_id = run(
        actor=as_actor(owner),
        service=delete_records,
        record_type=registry.get("account"),
        ids=[account.pk],
    )
    empty(31)
    with pytest.raises(RuleViolation, match="no longer exists"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)


def test_the_content_of_an_erased_file_leaves_the_storage(owner, as_actor):
    account = make_account(owner)
    actor = as_actor(owner)
    kept = attach_file(actor=actor, record=account, upload=SimpleUploadedFile("a.txt", b"kept"))
    gone = attach_file(actor=actor, record=account, upload=SimpleUploadedFile("b.txt", b"gone"))
    remove_file(actor=actor, file_id=gone.pk)
    with days_later(29):
        empty_the_bins()
    assert default_storage.exists(gone.content.name)
    with days_later(31):
        empty_the_bins()
    assert not File.objects.filter(pk=gone.pk).exists()
    assert not default_storage.exists(gone.content.name)
    assert default_storage.open(kept.content.name).read() == b"kept"
    assert not DiscardedContent.objects.exists()


def test_a_content_another_file_uses_stays(owner, as_actor):
    account = make_account(owner)
    upload = SimpleUploadedFile("a.txt", b"shared")
    file = attach_file(actor=as_actor(owner), record=account, upload=upload)
    DiscardedContent.objects.create(name=file.content.name)
    discard_contents()
    assert default_storage.exists(file.content.name)
    assert not DiscardedContent.objects.exists()


def test_a_content_the_storage_keeps_back_is_tried_again(db, monkeypatch):
    name = default_storage.save("files/stuck", ContentFile(b"stuck"))
    DiscardedContent.objects.create(name=name)

    def refuse(_name):
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "delete", refuse)
        assert discard_contents() == 0
    assert DiscardedContent.objects.count() == 1
    assert discard_contents() == 1
    assert not default_storage.exists(name)


def test_the_bin_says_when_each_record_goes(owner, as_actor, sign_in):
    free, used = make_account(owner, name="Free"), make_account(owner, name="Used")
    lost(owner, used)
    put_into_bin(as_actor(owner), free, used)
    page = sign_in(owner).get("/accounts/bin/")
    shown = {leaving.record.name: leaving for leaving in page.context["rows"]}
    assert {name: leaving.is_held for name, leaving in shown.items()} == {
        "Free": False,
        "Used": True,
    }
    free.refresh_from_db()
    assert shown["Free"].goes_on == (free.deleted_at + timedelta(days=30)).date()
    assert "Stays while others use it" in page.content.decode()


def test_the_scheduler_empties_the_bins(settings):
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert empty_the_bins.name in tasks


def test_an_erased_record_still_leads_to_the_one_it_was_merged_into(owner, as_actor):
    stays, goes = make_account(owner), make_account(owner, name="Nordfjord AS")
    make_contact(owner, account=goes)
    merge_records(
        actor=as_actor(owner),
        record_type=registry.get("account"),
        survivor_id=stays.pk,
        loser_ids=[goes.pk],
    )
    assert empty(company().bin_days + 1) == 1
    assert not Account.objects.filter(pk=goes.pk).exists()
    assert MergedRecord.objects.get().brought == {}
    led = merged_into(as_actor(owner), registry.get("account"), goes.pk)
    assert led.pk == stays.pk


def test_nothing_leads_to_a_record_that_is_erased_itself(owner, as_actor):
    stays, goes = make_account(owner), make_account(owner, name="Nordfjord AS")
    merge_records(
        actor=as_actor(owner),
        record_type=registry.get("account"),
        survivor_id=stays.pk,
        loser_ids=[goes.pk],
    )
    put_into_bin(as_actor(owner), stays)
    assert empty(company().bin_days + 1) == 2
    assert not MergedRecord.objects.exists()
