"""History, access and sharing, the bin, assigning."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import Account
from crm import clock
from crm.models import FieldChange, Share
from crm.models.levels import Privilege
from crm.records.history.history import as_of
from crm.records.services import update_record
from crm.registry.registry import registry
from tests.factories.accounts import make_account
from tests.markup import tight


def text_of(answer):
    return tight(answer.content.decode())


def edit(actor, account, **values):
    return update_record(
        actor=actor,
        record_type=registry.get("account"),
        record_id=account.pk,
        version=None,
        values=values,
    )


def test_the_history_tells_who_changed_which_field(owner, sign_in, as_actor):
    account = make_account(owner, name="Nordfjord", city="Bergen")
    edit(as_actor(owner), account, name="Sydfjord")
    page = text_of(sign_in(owner).get(f"/accounts/{account.pk}/?tab=history"))
    assert "Nordfjord" in page
    assert "Sydfjord" in page
    assert "Owner" in page


def test_the_history_of_one_field_leaves_out_the_others(owner, sign_in, as_actor):
    account = make_account(owner, name="Nordfjord", city="Bergen")
    edit(as_actor(owner), account, city="Oslo")
    edit(as_actor(owner), account, phone="+47 1")
    page = text_of(sign_in(owner).get(f"/accounts/{account.pk}/?tab=history&field=city"))
    assert "Oslo" in page
    assert '<td class="wrap">+47 1</td>' not in page
    answer = sign_in(owner).get(f"/accounts/{account.pk}/?tab=history&field=secret")
    assert answer.status_code == 404


def test_a_linked_record_one_may_not_see_is_not_named_in_the_history(
    owner, stranger, sign_in, as_actor
):
    hidden = make_account(stranger, name="Hidden Holding")
    account = make_account(owner)
    Account.objects.filter(pk=account.pk).update(parent=hidden)
    Account.objects.filter(pk=account.pk).update(parent=None)
    page = text_of(sign_in(owner).get(f"/accounts/{account.pk}/?tab=history"))
    assert "Hidden Holding" not in page
    assert "a record you may not see" in page


def test_restoring_gives_the_field_its_earlier_value(owner, sign_in, as_actor):
    account = make_account(owner, name="Nordfjord")
    edit(as_actor(owner), account, name="Sydfjord")
    change = FieldChange.objects.get(record_id=account.pk, changes__has_key="name")
    client = sign_in(owner)
    answer = client.post(f"/accounts/{account.pk}/restore/", {"change": change.pk, "field": "name"})
    assert answer["Location"] == f"/accounts/{account.pk}/?tab=history"
    account.refresh_from_db()
    assert account.name == "Nordfjord"


@pytest.mark.parametrize("field", ["unit_id", "deleted_at", "version", "number", "nonsense"])
def test_what_no_form_offers_is_not_restored(owner, sign_in, as_actor, field):
    account = make_account(owner, name="Nordfjord")
    edit(as_actor(owner), account, name="Sydfjord")
    change = FieldChange.objects.get(record_id=account.pk, changes__has_key="name")
    sign_in(owner).post(f"/accounts/{account.pk}/restore/", {"change": change.pk, "field": field})
    account.refresh_from_db()
    assert (account.name, account.version) == ("Sydfjord", 2)


def test_a_change_of_another_record_restores_nothing(owner, sign_in, as_actor):
    account, other = make_account(owner, name="Nordfjord"), make_account(owner, name="Other")
    edit(as_actor(owner), other, name="Changed")
    change = FieldChange.objects.get(record_id=other.pk, changes__has_key="name")
    sign_in(owner).post(f"/accounts/{account.pk}/restore/", {"change": change.pk, "field": "name"})
    account.refresh_from_db()
    assert account.name == "Nordfjord"


def test_who_may_only_read_restores_nothing(owner, teammate, sign_in, as_actor):
    account = make_account(owner, name="Nordfjord")
    edit(as_actor(owner), account, name="Sydfjord")
    change = FieldChange.objects.get(record_id=account.pk, changes__has_key="name")
    client = sign_in(teammate)
    assert "Restore</button>" not in text_of(client.get(f"/accounts/{account.pk}/?tab=history"))
    answer = client.post(f"/accounts/{account.pk}/restore/", {"change": change.pk, "field": "name"})
    assert answer.status_code == 403
    account.refresh_from_db()
    assert account.name == "Sydfjord"


def at_moments(account, *moments):
    """Gives the changes of a record the moments they are meant to have happened at."""
    rows = FieldChange.objects.filter(record_id=account.pk).order_by("pk")
    with connection.cursor() as cursor:
        for change, moment in zip(rows, moments, strict=True):
            cursor.execute("UPDATE crm_fieldchange SET at = %s WHERE id = %s", [moment, change.pk])


def test_a_record_is_shown_as_it_was(owner, sign_in, as_actor):
    account = make_account(owner, name="First", city="Bergen")
    edit(as_actor(owner), account, name="Second")
    edit(as_actor(owner), account, name="Third", city="Oslo")
    account.refresh_from_db()
    now = clock.now()
    days = [now - timedelta(days=count) for count in (30, 20, 10)]
    at_moments(account, *days)
    actor = as_actor(owner)

    def held(moment):
        return {one.name: one.then for one in as_of(actor, account, moment)}

    assert as_of(actor, account, now - timedelta(days=31)) is None
    assert held(now - timedelta(days=25))["name"] == "First"
    assert held(now - timedelta(days=15))["name"] == "Second"
    assert held(now - timedelta(days=15))["city"] == "Bergen"
    assert held(now)["name"] == "Third"
    day = (now - timedelta(days=15)).strftime("%Y-%m-%dT%H:%M")
    page = text_of(sign_in(owner).get(f"/accounts/{account.pk}/?tab=history&at={day}"))
    assert "Second" in page
    assert "Bergen" in page


def test_nonsense_as_a_moment_is_said_next_to_it(owner, sign_in):
    account = make_account(owner)
    answer = sign_in(owner).get(f"/accounts/{account.pk}/?tab=history&at=soon")
    assert answer.status_code == 200
    assert "Enter a valid date/time." in text_of(answer)


def test_sharing_lets_somebody_read_and_stopping_ends_it(owner, stranger, sign_in):
    account = make_account(owner, name="Nordfjord")
    client = sign_in(owner)
    client.post(
        f"/accounts/{account.pk}/share/", {"principal": stranger.pk, "privileges": ["read"]}
    )
    assert Share.objects.get().principal_id == stranger.pk
    assert "Stranger" in text_of(client.get(f"/accounts/{account.pk}/?tab=access"))
    assert sign_in(stranger).get(f"/accounts/{account.pk}/").status_code == 200
    sign_in(owner).post(f"/accounts/{account.pk}/share/", {"stop": stranger.pk})
    assert Share.objects.count() == 0
    assert sign_in(stranger).get(f"/accounts/{account.pk}/").status_code == 404


def test_nobody_gives_more_than_they_have(owner, teammate, stranger, sign_in, as_actor):
    account = make_account(owner)
    Share.objects.bulk_create(
        Share(
            record_type="account",
            record_id=account.pk,
            principal=stranger,
            privilege=privilege,
            granted_at=clock.now(),
        )
        for privilege in (Privilege.READ, Privilege.SHARE)
    )
    client = sign_in(stranger)
    answer = client.post(
        f"/accounts/{account.pk}/share/", {"principal": teammate.pk, "privileges": ["write"]}
    )
    assert answer.status_code == 403
    assert "give more rights than you have" in text_of(answer)
    assert Share.objects.filter(principal=teammate).count() == 0


def test_who_may_not_share_is_refused(owner, teammate, stranger, sign_in):
    account = make_account(owner)
    for sent in ({"principal": stranger.pk, "privileges": ["read"]}, {}, {"stop": owner.pk}):
        answer = sign_in(teammate).post(f"/accounts/{account.pk}/share/", sent)
        assert answer.status_code == 403
    assert Share.objects.count() == 0


def test_deleting_moves_to_the_bin_and_undo_brings_back(owner, sign_in):
    account = make_account(owner, name="Nordfjord")
    client = sign_in(owner)
    page = text_of(client.post(f"/accounts/{account.pk}/delete/", follow=True))
    assert "Moved “Nordfjord” to the bin." in page
    assert client.get(f"/accounts/{account.pk}/").status_code == 404
    assert "Nordfjord" in text_of(client.get("/accounts/bin/"))
    client.post("/undo/" + page.split('action="/undo/')[1].split('"')[0])
    assert client.get(f"/accounts/{account.pk}/").status_code == 200


def test_the_bin_shows_and_restores_only_what_one_may_delete(owner, teammate, sign_in):
    account = make_account(owner, name="Nordfjord", deleted_at=clock.now())
    client = sign_in(teammate)
    assert "Nordfjord" not in text_of(client.get("/accounts/bin/"))
    client.post("/accounts/bin/", {"ids": [account.pk]})
    assert not Account.objects.alive().exists()
    sign_in(owner).post("/accounts/bin/", {"ids": [account.pk]})
    assert Account.objects.alive().get() == account


def test_assigning_gives_the_record_away_and_offers_undo(owner, stranger, sign_in):
    account = make_account(owner, name="Nordfjord")
    client = sign_in(owner)
    assert client.get(f"/accounts/{account.pk}/assign/").status_code == 200
    page = text_of(
        client.post(f"/accounts/{account.pk}/assign/", {"owner": stranger.pk}, follow=True)
    )
    account.refresh_from_db()
    assert account.owner_id == stranger.pk
    assert "“Nordfjord” now belongs to Stranger." in page
    client.post("/undo/" + page.split('action="/undo/')[1].split('"')[0])
    account.refresh_from_db()
    assert account.owner_id == owner.pk


def test_who_may_not_assign_is_refused(owner, teammate, sign_in):
    account = make_account(owner)
    answer = sign_in(teammate).post(f"/accounts/{account.pk}/assign/", {"owner": teammate.pk})
    assert answer.status_code == 403
    account.refresh_from_db()
    assert account.owner_id == owner.pk
