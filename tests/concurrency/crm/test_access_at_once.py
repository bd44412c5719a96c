"""Two changes of access at once, each of which concerns somebody only because of the other."""

import time
from threading import Thread

import pytest
from django.db import connection, transaction

from crm.models import AccessVersion, Role, Team, TeamMembership

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


def wait_until_somebody_waits():
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else the same all transaction long
            cursor.execute(WAITING, [connection.settings_dict["NAME"]])
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("The second change did not wait for the first.")


def version_of(user):
    return AccessVersion.objects.get(user_id=user.pk).version


def test_a_role_given_to_a_team_somebody_is_just_joining_reaches_them(teammate, north):
    team = Team.objects.create(name="Crew", unit=north)
    role = Role.objects.create(name="Helper")

    def give():
        role.holders.add(team)
        connection.close()

    giving = Thread(target=give)
    with transaction.atomic():
        TeamMembership.objects.create(team=team, user=teammate)
        joined = version_of(teammate)
        giving.start()
        wait_until_somebody_waits()
    giving.join(PATIENCE)
    assert list(role.holders.all()) == [team.principal_ptr]
    assert version_of(teammate) > joined
