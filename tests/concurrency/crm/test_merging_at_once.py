"""Several people merge the same records at one moment: one result, and the others are told."""

import pytest

from accounts.models import Account, Contact
from crm.errors import RuleViolation
from crm.models import MergedRecord
from crm.records.merging.services import merge_records
from crm.records.services import create_record
from crm.registry.registry import registry
from tests.concurrency.crm.test_one_record_at_once import THREADS, actor_of, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def made(owner, key, **values):
    return create_record(
        actor=actor_of(owner), record_type=registry.get(key), values={"owner": owner, **values}
    )


def test_overlapping_merges_at_once_have_one_result(owner):
    """Everybody keeps another one of a ring and merges the next one into it."""
    accounts = [made(owner, "account", name=f"Nordfjord {number}") for number in range(THREADS)]
    people = [made(owner, "contact", last_name="Belkacem", account=one) for one in accounts]

    def merge(number):
        return merge_records(
            actor=actor_of(owner),
            record_type=registry.get("account"),
            survivor_id=accounts[number].pk,
            loser_ids=[accounts[(number + 1) % THREADS].pk],
        )

    results = at_once(merge)
    refused = [one for one in results if isinstance(one, RuleViolation)]
    done = [one for one in results if isinstance(one, Account)]
    assert len(done) + len(refused) == THREADS, results
    assert all("merged into another one meanwhile" in str(one) for one in refused)
    living = set(Account.objects.alive().values_list("pk", flat=True))
    assert len(living) == THREADS - len(done) == THREADS - MergedRecord.objects.count()
    assert Contact.objects.filter(account_id__in=living).count() == len(people)


def test_the_same_merge_by_many_is_done_once(owner):
    stays, goes = (made(owner, "account", name="Nordfjord") for _one in range(2))

    def merge(_number):
        return merge_records(
            actor=actor_of(owner),
            record_type=registry.get("account"),
            survivor_id=stays.pk,
            loser_ids=[goes.pk],
        )

    results = at_once(merge)
    assert sum(isinstance(one, Account) for one in results) == 1
    assert sum(isinstance(one, RuleViolation) for one in results) == THREADS - 1
    assert MergedRecord.objects.get().survivor_id == stays.pk


def test_a_contact_made_for_an_account_while_it_is_merged_away_is_not_lost(owner):
    """It is refused, or it moves along: nothing points to what is gone."""
    stays, goes = (made(owner, "account", name="Nordfjord") for _one in range(2))

    def work(number):
        if number == 0:
            return merge_records(
                actor=actor_of(owner),
                record_type=registry.get("account"),
                survivor_id=stays.pk,
                loser_ids=[goes.pk],
            )
        return made(owner, "contact", last_name=f"Belkacem {number}", account=goes)

    results = at_once(work)
    made_now = [one for one in results if isinstance(one, Contact)]
    assert isinstance(results[0], Account)
    assert Contact.objects.filter(account=stays).count() == len(made_now)
    assert not Contact.objects.filter(account=goes).exists()
