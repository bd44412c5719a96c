"""A change of access has the grants of those it concerns read anew, and of nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.access.actor import Actor
from crm.models import BusinessUnit, Role, RolePrivilege, Team, TeamMembership, User
from crm.models.levels import Level, Privilege
from crm.runtime.cache_versions import reset_cache_versions
from tests.people import make_user

pytestmark = pytest.mark.django_db

VERSIONS_ONLY, AND_GRANTS = 1, 2


@pytest.fixture
def people(owner, teammate, stranger, manager, agent, admin):
    found = (owner, teammate, stranger, manager, agent, admin)
    return {user.username: user for user in found}


@pytest.fixture
def crew(south, stranger):
    """A team in South of which only the stranger is a member."""
    team = Team.objects.create(name="Crew", unit=south)
    TeamMembership.objects.create(team=team, user=stranger)
    return team


def queries_of(user):
    """What a request of the user's asks until it has the grants."""
    reset_cache_versions(user.pk)
    with CaptureQueriesContext(connection) as asked:
        assert Actor(user=user).grants is not None
    return len(asked)


def who_reads_anew(people, change):
    """The people whose grants are read again after the change, and that only once."""
    for user in people.values():
        queries_of(user)
    assert {queries_of(user) for user in people.values()} == {VERSIONS_ONLY}
    change()
    found = {name: queries_of(user) for name, user in people.items()}
    assert {queries_of(user) for user in people.values()} == {VERSIONS_ONLY}
    assert set(found.values()) <= {VERSIONS_ONLY, AND_GRANTS}
    return {name for name, count in found.items() if count == AND_GRANTS}


def role_of(profile):
    return Role.objects.get(profile=profile)


def test_a_role_given_and_taken_away(people, teammate):
    role = role_of("marketer")
    assert who_reads_anew(people, lambda: role.holders.add(teammate)) == {"teammate"}
    assert who_reads_anew(people, lambda: role.holders.remove(teammate)) == {"teammate"}


def test_a_role_given_to_a_team_is_its_members(people, crew):
    role = role_of("marketer")
    assert who_reads_anew(people, lambda: role.holders.add(crew)) == {"stranger"}
    assert who_reads_anew(people, role.delete) == {"stranger"}


def test_what_a_role_allows(people, crew):
    role_of("service_agent").holders.add(crew)
    privilege = RolePrivilege.objects.filter(role=role_of("service_agent"), privilege="read")[0]
    holders = {"agent", "stranger"}

    def lower():
        RolePrivilege.objects.filter(pk=privilege.pk).update(level=Level.OWN)

    def allow():
        RolePrivilege.objects.create(
            role=role_of("service_agent"),
            record_type="anything",
            privilege=Privilege.READ,
            level=Level.UNIT,
        )

    assert who_reads_anew(people, lower) == holders
    assert who_reads_anew(people, privilege.delete) == holders
    assert who_reads_anew(people, allow) == holders


def test_whether_a_role_administers_and_not_what_it_is_called(people):
    roles = Role.objects.filter(profile="sales_manager")
    assert who_reads_anew(people, lambda: roles.update(name="Chiefs")) == set()
    assert who_reads_anew(people, lambda: roles.update(can_administer=True)) == {"manager"}


def test_a_member_comes_to_a_team_and_goes(people, crew, owner):
    membership = TeamMembership(team=crew, user=owner)
    assert who_reads_anew(people, membership.save) == {"owner"}
    assert who_reads_anew(people, membership.delete) == {"owner"}


def test_who_moves_to_another_unit(people, teammate, south):
    def move():
        teammate.unit = south
        teammate.save()

    assert who_reads_anew(people, move) == {"teammate"}


def test_a_team_that_moves_takes_its_members_along(people, crew, north):
    def move():
        crew.unit = north
        crew.save()

    assert who_reads_anew(people, move) == {"stranger"}


def test_another_manager_counts_for_both_chains_upwards(people, owner, manager, agent, admin):
    User.objects.filter(pk=manager.pk).update(manager=admin)

    def change(to):
        return lambda: User.objects.filter(pk=owner.pk).update(manager=to)

    assert who_reads_anew(people, change(agent)) == {"manager", "boss", "agent"}
    assert who_reads_anew(people, change(None)) == {"agent"}


def test_two_links_of_one_chain_changed_by_one_statement(people, owner, manager, agent, admin):
    User.objects.filter(pk=manager.pk).update(manager=admin)

    def change():
        User.objects.filter(pk__in=[owner.pk, manager.pk]).update(manager=agent)

    assert who_reads_anew(people, change) == {"manager", "boss", "agent"}


def test_a_report_comes_and_goes(people, north, manager):
    made = []

    def come():
        made.append(make_user("newcomer", north, manager=manager))

    assert who_reads_anew(people, come) == {"manager"}
    assert who_reads_anew(people, made[0].delete) == {"manager"}


def test_signing_in_and_changing_ones_profile_concern_nobody(people, owner):
    def change():
        owner.job_title = "Rep"
        owner.save()
        User.objects.filter(pk=owner.pk).update(last_login="2026-12-01T00:00Z", name="Olga")

    assert who_reads_anew(people, change) == set()


def reach_down(user):
    """The user's roles reach the units below as well."""
    RolePrivilege.objects.filter(role__holders=user).update(level=Level.UNIT)
    role = Role.objects.create(name=f"Down from {user.unit}")
    RolePrivilege.objects.create(
        role=role, record_type="lead", privilege=Privilege.READ, level=Level.DEEP
    )
    role.holders.add(user)


def test_a_unit_comes_and_goes_below_whoever_reaches_down(people, north, manager, owner):
    RolePrivilege.objects.update(level=Level.UNIT)
    reach_down(manager)
    made = []

    def come():
        made.append(BusinessUnit.objects.create(name="Northeast", parent=north))

    assert who_reads_anew(people, come) == {"manager"}
    assert who_reads_anew(people, made[0].delete) == {"manager"}


def test_a_unit_moves_from_below_one_to_below_another(people, north, agent, manager, stranger):
    RolePrivilege.objects.update(level=Level.UNIT)
    deep = BusinessUnit.objects.create(name="Northeast", parent=north)
    for user in (manager, agent, stranger):
        reach_down(user)

    def move():
        north.parent = agent.unit
        north.save()

    assert who_reads_anew(people, move) == {"manager", "agent"}
    reset_cache_versions(agent.pk)
    reached = Actor(user=agent).grants.levels["lead", "read"][1]
    assert reached == {agent.unit_id, north.pk, deep.pk}


def test_what_a_unit_is_called_concerns_nobody(people, north):
    units = BusinessUnit.objects.filter(pk=north.pk)
    assert who_reads_anew(people, lambda: units.update(name="Arctic")) == set()


def test_of_somebody_else_than_the_reader_every_change_counts(owner, teammate):
    reset_cache_versions(owner.pk)
    assert Actor(user=teammate).grants.principal_ids == {teammate.pk}
    team = Team.objects.create(name="Pair", unit=teammate.unit)
    TeamMembership.objects.create(team=team, user=teammate)
    reset_cache_versions(owner.pk)
    assert Actor(user=teammate).grants.principal_ids == {teammate.pk, team.pk}
