"""The gate: who sees which rows, level by level."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Account
from crm.models import Activity, RolePrivilege, Share, Team, TeamMembership
from crm.models.levels import Level, Privilege
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from tests.contract.building import make_record
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db


def make_task(owner):
    return Activity.objects.create(
        kind=Activity.Kind.TASK, subject="Ring back", owner=owner, happened_at=timezone.now()
    )


def set_level(user, level, privilege=Privilege.READ, type_key="activity"):
    for role in user.roles.all():
        RolePrivilege.objects.filter(role=role, record_type=type_key, privilege=privilege).delete()
        if level:
            RolePrivilege.objects.create(
                role=role, record_type=type_key, privilege=privilege, level=level
            )


@pytest.fixture
def task(owner):
    return make_task(owner)


def sees(actor, task, privilege=Privilege.READ):
    return Activity.objects.visible_to(actor, privilege).filter(pk=task.pk).exists()


@pytest.mark.parametrize(
    ("level", "seen_by"),
    [
        (Level.NONE, set()),
        (Level.OWN, {"owner"}),
        (Level.UNIT, {"owner", "teammate"}),
        (Level.DEEP, {"owner", "teammate"}),
        (Level.ORGANISATION, {"owner", "teammate", "stranger"}),
    ],
)
def test_each_level_reaches_the_rows_it_names(
    level, seen_by, task, owner, teammate, stranger, as_actor
):
    set_level(owner, level)
    people = {"owner": owner, "teammate": teammate, "stranger": stranger}
    found = {name for name, user in people.items() if sees(as_actor(user), task)}
    assert found == seen_by


def test_a_unit_level_from_above_does_not_reach_down_but_deep_does(task, manager, as_actor):
    manager.reports.update(manager=None)
    set_level(manager, Level.UNIT)
    assert not sees(as_actor(manager), task)
    set_level(manager, Level.DEEP)
    assert sees(as_actor(manager), task)


def test_a_manager_reads_what_reports_own_but_may_not_change_it(task, manager, as_actor):
    set_level(manager, Level.OWN)
    set_level(manager, Level.OWN, Privilege.WRITE)
    actor = as_actor(manager)
    assert sees(actor, task)
    assert not sees(actor, task, Privilege.WRITE)


def test_a_team_member_reaches_what_the_team_owns(owner, stranger, south, as_actor):
    team = Team.objects.create(kind="team", name="Night watch", unit=south)
    TeamMembership.objects.create(team=team, user=owner)
    set_level(owner, Level.OWN)
    set_level(stranger, Level.OWN)
    task = make_task(team)
    assert sees(as_actor(owner), task)
    assert not sees(as_actor(stranger), task)


def test_a_share_gives_one_privilege_on_one_record(task, stranger, as_actor):
    other = make_task(task.owner)
    Share.objects.create(
        record_type="activity",
        record_id=task.pk,
        principal=stranger,
        privilege=Privilege.READ,
        granted_at=timezone.now(),
    )
    actor = as_actor(stranger)
    assert sees(actor, task)
    assert not sees(actor, other)
    assert not sees(actor, task, Privilege.WRITE)


def test_a_share_is_worth_nothing_without_the_privilege_on_the_type(task, stranger, as_actor):
    Share.objects.create(
        record_type="activity",
        record_id=task.pk,
        principal=stranger,
        privilege=Privilege.READ,
        granted_at=timezone.now(),
    )
    set_level(stranger, Level.NONE)
    assert not sees(as_actor(stranger), task)


def test_the_row_follows_its_new_owner_into_another_unit(task, teammate, stranger, as_actor):
    Activity.objects.filter(pk=task.pk).update(owner=stranger)
    task.refresh_from_db()
    assert task.unit_id == stranger.unit_id
    assert not sees(as_actor(teammate), task)


def test_what_is_in_the_bin_is_visible_to_nobody(task, admin, as_actor):
    Activity.objects.filter(pk=task.pk).update(deleted_at=timezone.now())
    assert not sees(as_actor(admin), task)


def test_a_role_taken_away_counts_at_the_next_request(task, teammate, as_actor):
    assert sees(as_actor(teammate), task)
    teammate.roles.clear()
    assert not sees(as_actor(teammate), task)


def test_the_gate_costs_two_queries_of_its_own_and_one_for_shares(
    task, teammate, as_actor, django_assert_num_queries
):
    actor = as_actor(teammate)
    with django_assert_num_queries(4):
        sees(actor, task)
    with django_assert_num_queries(1):
        sees(actor, task)


def test_who_moves_to_another_unit_takes_every_record_along(
    owner, teammate, stranger, south, as_actor, task
):
    task.refresh_from_db()
    records = [make_record(record_type.model, owner) for record_type in registry]
    in_bin = make_account(owner, name="Gone")
    Account.objects.filter(pk=in_bin.pk).update(deleted_at=timezone.now())
    in_bin.refresh_from_db()
    assert (sees(as_actor(teammate), task), sees(as_actor(stranger), task)) == (True, False)
    owner.unit = south
    owner.save()
    reset_cache_versions()
    assert (sees(as_actor(teammate), task), sees(as_actor(stranger), task)) == (False, True)
    for record in [*records, in_bin]:
        now = type(record).objects.get(pk=record.pk)
        assert now.unit_id == south.pk, record
        assert now.modified_at - record.modified_at == timedelta(microseconds=1)
    untouched = make_task(teammate)
    assert untouched.unit_id != south.pk
