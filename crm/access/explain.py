"""Who sees a record and why, computed by the gate itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy

from crm.access.actor import Actor
from crm.models import Principal, Record, Share
from crm.models.levels import Level, Privilege

SHOWN = 100


@dataclass(frozen=True)
class Sharing:
    """What one user or team was given on a record."""

    principal: Principal
    privileges: tuple[Privilege, ...]


def who_sees(actor: Actor, record: Record) -> dict[str, Any]:
    """The actor's own privileges with their reasons, and everybody the record is open to."""
    found = readers(record)
    return {
        "mine": [
            (privilege, actor.allows(privilege, record), MINE[reach(actor, privilege, record)])
            for privilege in Privilege
        ],
        "shares": shares_of(record),
        "readers": found[:SHOWN],
        "has_more_readers": len(found) > SHOWN,
        "may_share": actor.allows(Privilege.SHARE, record),
    }


class AccessReason(StrEnum):
    """Through what somebody reaches a record with a privilege."""

    UNLIMITED = "unlimited"
    NO_ROLE = "no_role"
    EVERYTHING = "everything"
    OWNER = "owner"
    TEAM = "team"
    UNIT = "unit"
    SHARED = "shared"
    REPORT = "report"
    NOTHING = "nothing"


MINE = {
    AccessReason.UNLIMITED: gettext_lazy("You may do everything."),
    AccessReason.NO_ROLE: gettext_lazy("None of your roles gives this."),
    AccessReason.EVERYTHING: gettext_lazy("Your roles give this for the whole organisation."),
    AccessReason.OWNER: gettext_lazy("You own it."),
    AccessReason.TEAM: gettext_lazy("A team of yours owns it."),
    AccessReason.UNIT: gettext_lazy("It belongs to a unit your roles reach."),
    AccessReason.SHARED: gettext_lazy("It was shared with you."),
    AccessReason.REPORT: gettext_lazy("Somebody who reports to you owns it."),
    AccessReason.NOTHING: gettext_lazy("Your roles give this, but not for records of this owner."),
}
THEIRS = {
    AccessReason.UNLIMITED: gettext_lazy("May do everything"),
    AccessReason.EVERYTHING: gettext_lazy("Role for the whole organisation"),
    AccessReason.OWNER: gettext_lazy("Owner"),
    AccessReason.TEAM: gettext_lazy("Member of the team that owns it"),
    AccessReason.UNIT: gettext_lazy("Role for its unit"),
    AccessReason.SHARED: gettext_lazy("Shared with them"),
    AccessReason.REPORT: gettext_lazy("Manager of the owner"),
}


def reach(actor: Actor, privilege: Privilege, record: Record) -> AccessReason:
    """The first thing that lets the actor through, or what keeps the actor out."""
    scope = actor.scope(record.type_key(), privilege)
    doors = (
        (AccessReason.UNLIMITED, actor.is_unlimited),
        (AccessReason.NO_ROLE, actor.level(record.type_key(), privilege) == Level.NONE),
        (AccessReason.OWNER, record.owner_id == actor.id),
        (AccessReason.TEAM, record.owner_id in actor.principal_ids),
        (AccessReason.EVERYTHING, scope.is_everything),
        (AccessReason.UNIT, record.unit_id in scope.unit_ids),
        (AccessReason.SHARED, record.pk in scope.shared_ids),
        (AccessReason.REPORT, record.owner_id in scope.owner_ids),
    )
    return next((key for key, is_open in doors if is_open), AccessReason.NOTHING)


def shares_of(record: Record) -> list[Sharing]:
    """Whom the record was shared with, one line each."""
    rows = Share.objects.filter(record_type=record.type_key(), record_id=record.pk)
    given: dict[Principal, list[Privilege]] = {}
    for share in rows.select_related("principal").order_by("principal__name__folded", "pk"):
        given.setdefault(share.principal, []).append(Privilege(share.privilege))
    order = list(Privilege)
    return [
        Sharing(principal, tuple(sorted(held, key=order.index)))
        for principal, held in given.items()
    ]


@dataclass(frozen=True)
class Reader:
    """A user who can read the record, and what lets them."""

    user_id: int
    name: str
    reach: AccessReason

    @property
    def why(self) -> Any:
        return THEIRS[self.reach]


# The gate's own rules (crm.access.actor), asked for every user at once instead of for one.
_READERS = """
WITH RECURSIVE holder AS (
    SELECT u.principal_ptr_id AS user_id, p.id, p.unit_id
    FROM crm_user u JOIN crm_principal p ON p.id = u.principal_ptr_id
    WHERE u.is_active
    UNION ALL
    SELECT u.principal_ptr_id, p.id, p.unit_id
    FROM crm_user u
    JOIN crm_teammembership tm ON tm.user_id = u.principal_ptr_id
    JOIN crm_principal p ON p.id = tm.team_id
    WHERE u.is_active
), held AS (
    SELECT holder.user_id,
        max(rp.level) AS level,
        bool_or(rp.level = 2 AND holder.unit_id = unit.id)
            OR bool_or(rp.level = 3 AND holder.unit_id = ANY(unit.path)) AS has_unit
    FROM holder
    JOIN crm_role_holders rh ON rh.principal_id = holder.id
    JOIN crm_roleprivilege rp ON rp.role_id = rh.role_id
        AND rp.record_type = %(type)s AND rp.privilege = 'read'
    CROSS JOIN (SELECT id, path FROM crm_businessunit WHERE id = %(unit)s) unit
    GROUP BY holder.user_id
), boss AS (
    SELECT manager_id AS id FROM crm_user WHERE principal_ptr_id = %(owner)s
    UNION
    SELECT u.manager_id FROM crm_user u JOIN boss ON u.principal_ptr_id = boss.id
)
SELECT user_id, name, reach FROM (
    SELECT p.id AS user_id, p.name, CASE
        WHEN u.is_superuser THEN 'unlimited'
        WHEN held.level IS NULL THEN NULL
        WHEN p.id = %(owner)s THEN 'owner'
        WHEN EXISTS (SELECT FROM holder h WHERE h.user_id = p.id AND h.id = %(owner)s) THEN 'team'
        WHEN held.level = 4 THEN 'everything'
        WHEN held.has_unit THEN 'unit'
        WHEN EXISTS (
            SELECT FROM holder h
            JOIN crm_share s ON s.principal_id = h.id AND s.privilege = 'read'
                AND s.record_type = %(type)s AND s.record_id = %(record)s
            WHERE h.user_id = p.id
        ) THEN 'shared'
        WHEN p.id IN (SELECT id FROM boss) THEN 'report'
    END AS reach
    FROM crm_user u
    JOIN crm_principal p ON p.id = u.principal_ptr_id
    LEFT JOIN held ON held.user_id = p.id
    WHERE u.is_active
) reader
WHERE reach IS NOT NULL
ORDER BY array_position(ARRAY['owner', 'team', 'shared', 'report', 'unit'], reach), name, user_id
LIMIT %(limit)s
"""


def readers(record: Record, limit: int = SHOWN + 1) -> list[Reader]:
    """Users who can read the record, those closest to it first; one query."""
    named = {
        "type": record.type_key(),
        "record": record.pk,
        "owner": record.owner_id,
        "unit": record.unit_id,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_READERS, named)
        return [Reader(pk, name, AccessReason(reach)) for pk, name, reach in cursor.fetchall()]
