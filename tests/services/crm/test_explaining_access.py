from crm.access.actor import Actor
from crm.access.explain import AccessReason, reach, readers, shares_of, who_sees
from crm.models import BusinessUnit, Team, TeamMembership, User
from crm.models.levels import Privilege
from crm.records.services import share_record
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from tests.factories.accounts import make_account
from tests.people import make_user


def everybody_the_gate_lets_through(record):
    reset_cache_versions()
    found = {}
    for user in User.objects.filter(is_active=True):
        actor = Actor(user=user)
        if actor.allows(Privilege.READ, record):
            found[user.name] = reach(actor, Privilege.READ, record)
    return found


def told(record):
    return {reader.name: reader.reach for reader in readers(record)}


def test_everyday_readers_are_named_with_what_lets_them(
    owner, teammate, stranger, manager, admin, agent
):
    record = make_account(owner)
    assert told(record) == {
        "Owner": AccessReason.OWNER,
        "Teammate": AccessReason.UNIT,
        "Manager": AccessReason.UNIT,
        "Boss": AccessReason.EVERYTHING,
        "Agent": AccessReason.EVERYTHING,
    }
    assert told(record) == everybody_the_gate_lets_through(record)


def test_teams_shares_managers_and_superusers_are_told_as_the_gate_decides(
    owner, stranger, south, company, as_actor
):
    branch = BusinessUnit.objects.create(name="Elsewhere", parent=company)
    make_user("root", company, is_superuser=True)
    make_user("nobody", south)
    make_user("gone", company, "administrator", is_active=False)
    boss = make_user("boss-of-owner", branch, "sales_rep")
    User.objects.filter(pk=owner.manager_id).update(manager=boss)
    team = Team.objects.create(kind="team", name="Key accounts", unit=branch)
    TeamMembership.objects.create(team=team, user=stranger)
    shared = make_account(owner)
    for principal in (team, make_user("reader", branch, "sales_rep")):
        share_record(
            actor=as_actor(owner),
            record_type=registry.get("account"),
            record_id=shared.pk,
            principal_id=principal.pk,
            privileges=[Privilege.READ],
        )
    owned_by_team = make_account(team)
    for record in (shared, owned_by_team):
        assert told(record) == everybody_the_gate_lets_through(record)
    assert told(shared)["Stranger"] == AccessReason.SHARED
    assert told(shared)["Boss-Of-Owner"] == AccessReason.REPORT
    assert told(owned_by_team)["Stranger"] == AccessReason.TEAM
    assert told(shared)["Root"] == AccessReason.UNLIMITED


def test_readers_cost_one_query(owner, django_assert_num_queries):
    record = make_account(owner)
    with django_assert_num_queries(1):
        readers(record)


def test_shares_are_listed_with_what_they_give(owner, stranger, as_actor):
    record = make_account(owner)
    share_record(
        actor=as_actor(owner),
        record_type=registry.get("account"),
        record_id=record.pk,
        principal_id=stranger.pk,
        privileges=[Privilege.WRITE],
    )
    (sharing,) = shares_of(record)
    assert sharing.principal.name == "Stranger"
    assert sharing.privileges == (Privilege.READ, Privilege.WRITE)


def test_my_own_privileges_come_with_their_reasons(owner, teammate, as_actor):
    record = make_account(owner)
    mine = {
        privilege: allowed
        for privilege, allowed, _why in who_sees(as_actor(teammate), record)["mine"]
    }
    assert mine[Privilege.READ] is True
    assert mine[Privilege.WRITE] is False
    assert mine[Privilege.DELETE] is False
