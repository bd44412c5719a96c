"""Who sees a record and why, computed by the gate itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.actor import Actor
from crm.access.levels import Level, Privilege
from crm.models import Principal, Record, RolePrivilege, Share, User

SHOWN = 100


@dataclass(frozen=True)
class Reason:
    """Somebody who can reach the record, and through what."""

    who: str
    why: str
    privileges: tuple[str, ...]
    principal_id: int


def who_sees(actor: Actor, record: Record) -> dict[str, Any]:
    """The actor's own privileges with their reasons, and everybody the record is open to."""
    return {
        "mine": [
            (privilege, actor.allows(privilege, record), MINE[reach(actor, privilege, record)])
            for privilege in Privilege
        ],
        "shares": shares_of(record),
        "readers": readers(record),
        "may_share": actor.allows(Privilege.SHARE, record),
    }


class Reach(StrEnum):
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
    Reach.UNLIMITED: gettext_lazy("You may do everything."),
    Reach.NO_ROLE: gettext_lazy("None of your roles gives this."),
    Reach.EVERYTHING: gettext_lazy("Your roles give this for the whole organisation."),
    Reach.OWNER: gettext_lazy("You own it."),
    Reach.TEAM: gettext_lazy("A team of yours owns it."),
    Reach.UNIT: gettext_lazy("It belongs to a unit your roles reach."),
    Reach.SHARED: gettext_lazy("It was shared with you."),
    Reach.REPORT: gettext_lazy("Somebody who reports to you owns it."),
    Reach.NOTHING: gettext_lazy("Your roles give this, but not for records of this owner."),
}
THEIRS = {
    Reach.UNLIMITED: gettext_lazy("May do everything"),
    Reach.EVERYTHING: gettext_lazy("Role for the whole organisation"),
    Reach.OWNER: gettext_lazy("Owner"),
    Reach.TEAM: gettext_lazy("Member of the team that owns it"),
    Reach.UNIT: gettext_lazy("Role for its unit"),
    Reach.SHARED: gettext_lazy("Shared with them"),
    Reach.REPORT: gettext_lazy("Manager of the owner"),
}


def reach(actor: Actor, privilege: Privilege, record: Record) -> Reach:
    """The first thing that lets the actor through, or what keeps the actor out."""
    scope = actor.scope(record.type_key(), privilege)
    doors = (
        (Reach.UNLIMITED, actor.is_unlimited),
        (Reach.NO_ROLE, actor.level(record.type_key(), privilege) == Level.NONE),
        (Reach.OWNER, record.owner_id == actor.id),
        (Reach.TEAM, record.owner_id in actor.principal_ids),
        (Reach.EVERYTHING, scope.is_everything),
        (Reach.UNIT, record.unit_id in scope.unit_ids),
        (Reach.SHARED, record.pk in scope.shared_ids),
        (Reach.REPORT, record.owner_id in scope.owner_ids),
    )
    return next((key for key, is_open in doors if is_open), Reach.NOTHING)


def shares_of(record: Record) -> list[Reason]:
    """Whom the record was shared with, one line each."""
    rows = Share.objects.filter(record_type=record.type_key(), record_id=record.pk)
    by_principal: dict[Principal, list[str]] = {}
    for share in rows.select_related("principal").order_by("principal__name", "privilege"):
        by_principal.setdefault(share.principal, []).append(str(Privilege(share.privilege).label))
    return [
        Reason(principal.name, _("Shared"), tuple(held), principal.pk)
        for principal, held in by_principal.items()
    ]


def readers(record: Record) -> list[tuple[str, Any]]:
    """(name, reason) of users who can read the record: those the gate lets through."""
    granted = RolePrivilege.objects.filter(record_type=record.type_key(), privilege=Privilege.READ)
    holders = User.objects.filter(is_active=True).filter(
        pk__in=Principal.objects.filter(roles__privileges__in=granted).values("pk")
    ) | User.objects.filter(is_active=True, teams__roles__privileges__in=granted)
    found = []
    for user in holders.distinct().order_by("name")[:SHOWN]:
        through = reach(Actor(user=user), Privilege.READ, record)
        if through in THEIRS:
            found.append((user.name, THEIRS[through]))
    return found
