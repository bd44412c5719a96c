"""Queries kept with their SQL: everybody gets what the query set itself would give them."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, Contact
from crm.access.prepared import prepared
from crm.models import RolePrivilege, Share
from crm.models.levels import Level, Privilege
from tests.factories.accounts import make_account, make_contact

pytestmark = pytest.mark.django_db


@prepared
def people_at(actor, account_id):
    return Contact.objects.visible_to(actor).filter(account=account_id).order_by("pk")


@prepared
def people_with(actor, account_id, *, only_if_may_create):
    rows = Contact.objects.visible_to(actor).filter(account=account_id).order_by("pk")
    if only_if_may_create and not actor.can("contact", Privilege.CREATE):
        return rows.none()
    return rows


def set_level(user, level):
    for role in user.roles.all():
        held = RolePrivilege.objects.filter(role=role, record_type="contact", privilege="read")
        held.update(level=level) if level else held.delete()


def share(contact, user):
    Share.objects.create(
        principal=user,
        record_type="contact",
        record_id=contact.pk,
        privilege=Privilege.READ,
        granted_at=timezone.now(),
    )


def agrees(ask, actor, *values, **choices):
    """What the function gives, asked often enough to be prepared; the query set says the same."""
    expected = list(ask.__wrapped__(actor, *values, **choices))
    for _time in range(3):
        assert ask(actor, *values, **choices) == expected
    return expected


def test_readers_in_turn_get_what_each_of_them_may_see(
    owner, teammate, stranger, manager, agent, admin, as_actor
):
    account = make_account(owner)
    made = {user: make_contact(user, account=account) for user in (owner, teammate, stranger)}
    share(made[owner], agent)
    readers = (owner, teammate, stranger, manager, agent, admin)
    seen = {user: agrees(people_at, as_actor(user), account.pk) for user in readers}
    assert seen[admin] == list(made.values())
    assert seen[stranger] != seen[owner]
    again = {user: agrees(people_at, as_actor(user), account.pk) for user in reversed(readers)}
    assert again == seen


def test_a_reader_given_less_sees_less_the_next_time(owner, teammate, as_actor):
    account = make_account(owner)
    mine = make_contact(owner, account=account)
    theirs = make_contact(teammate, account=account)
    expected = {
        Level.ORGANISATION: [mine, theirs],
        Level.OWN: [mine],
        Level.UNIT: [mine, theirs],
        Level.NONE: [],
    }
    for level in (Level.ORGANISATION, Level.OWN, Level.UNIT, Level.OWN, Level.NONE):
        if level == Level.NONE:
            owner.roles.clear()
        else:
            set_level(owner, level)
        assert agrees(people_at, as_actor(owner), account.pk) == expected[level]


def test_what_is_shared_later_is_seen(owner, stranger, as_actor):
    set_level(stranger, Level.OWN)
    account = make_account(owner)
    shown, _hidden = (make_contact(owner, account=account) for _n in range(2))
    assert agrees(people_at, as_actor(stranger), account.pk) == []
    share(shown, stranger)
    assert agrees(people_at, as_actor(stranger), account.pk) == [shown]


def test_every_call_has_values_of_its_own(owner, as_actor):
    accounts = [make_account(owner) for _n in range(3)]
    contacts = [make_contact(owner, account=account) for account in accounts]
    actor = as_actor(owner)
    found = [agrees(people_at, actor, account.pk) for account in accounts]
    assert found == [[contact] for contact in contacts]


def test_a_query_that_asks_more_of_some_readers_is_not_shared_with_others(owner, admin, as_actor):
    account = make_account(owner)
    contact = make_contact(owner, account=account)
    RolePrivilege.objects.filter(record_type="contact", privilege="create").exclude(
        role__in=admin.roles.all()
    ).delete()
    for user, only in itertools.product((admin, owner, admin), (True, False)):
        found = agrees(people_with, as_actor(user), account.pk, only_if_may_create=only)
        assert found == ([] if only and user == owner else [contact])


def test_a_query_may_not_depend_on_who_somebody_is(owner, as_actor):
    @prepared
    def mine(actor):
        return Account.objects.visible_to(actor).filter(owner_id=actor.id)

    with pytest.raises(AttributeError):
        mine(as_actor(owner))


def test_text_in_a_query_stays_what_it_is(admin, as_actor):
    wanted = make_account(admin, name="100 % 'Wool' %s")
    make_account(admin, name="100 Wool")

    @prepared
    def called(actor, account_id):
        rows = Account.objects.visible_to(actor).filter(pk=account_id)
        return rows.filter(name="100 % 'Wool' %s", name__endswith="%s")

    assert agrees(called, as_actor(admin), wanted.pk) == [wanted]


def test_links_sums_and_joined_queries_come_as_from_the_query_set(admin, as_actor):
    account = make_account(admin, name="Aurelis")
    contact = make_contact(admin, account=account, last_name="Belkacem")

    @prepared
    def with_account(actor, account_id):
        rows = Contact.objects.visible_to(actor).filter(account=account_id)
        return rows.select_related("account").only("last_name", "account__name")

    @prepared
    def names(actor, account_id):
        people = Contact.objects.visible_to(actor).filter(account=account_id)
        firms = Account.objects.visible_to(actor).filter(pk=account_id)
        return people.values_list("last_name").union(firms.values_list("name"), all=True)

    actor = as_actor(admin)
    assert agrees(names, actor, account.pk) == [("Belkacem",), ("Aurelis",)]
    with CaptureQueriesContext(connection) as asked:
        (found,) = with_account(actor, account.pk)
        assert (found, found.account.name) == (contact, "Aurelis")
    assert len(asked) == 1


def test_rows_in_the_bin_are_not_found_by_a_query_prepared_before(admin, as_actor):
    account = make_account(admin)
    contact = make_contact(admin, account=account)
    actor = as_actor(admin)
    assert agrees(people_at, actor, account.pk) == [contact]
    Contact.objects.filter(pk=contact.pk).update(deleted_at=contact.created_at)
    assert agrees(people_at, actor, account.pk) == []


def alter_contacts(length):
    """In a connection of its own, as a migration does."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE accounts_contact ALTER COLUMN line2 TYPE varchar({length})")
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_changes_a_column_stops_nobody(admin, as_actor):
    account = make_account(admin)
    contact = make_contact(admin, account=account)
    actor = as_actor(admin)
    length = Contact._meta.get_field("line2").max_length
    assert agrees(people_at, actor, account.pk) == [contact]
    with ThreadPoolExecutor(1) as elsewhere:
        for changed in (length + 1, length):
            elsewhere.submit(alter_contacts, changed).result()
            assert people_at(actor, account.pk) == [contact]
