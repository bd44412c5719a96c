"""Five roles every company starts with, by group of record types rather than by type.

A type declared later gets its levels from its group the next time migrations run, unless an
administrator has changed the role's row for that type.
"""

from typing import Any

from django.utils.translation import gettext_noop

from crm.models import BusinessUnit, RecordTypeName, Role, RolePrivilege
from crm.models.levels import Level, Privilege
from crm.registry.registry import registry

P = Privilege
ALL = tuple(Privilege)
NONE, OWN, UNIT, DEEP, ORG = Level

# (create, read, write, delete, append, append to, assign, share, export, merge)
FULL = dict.fromkeys(ALL, ORG)
READER = {P.READ: ORG, P.APPEND_TO: ORG}
READER_EXPORT = READER | {P.EXPORT: ORG}


def _levels(read: Level, write: Level, delete: Level = OWN, export: Level = OWN) -> dict[P, Level]:
    return {
        P.CREATE: OWN,
        P.READ: read,
        P.WRITE: write,
        P.DELETE: delete,
        P.APPEND: write,
        P.APPEND_TO: read,
        P.ASSIGN: write,
        P.SHARE: write,
        P.EXPORT: export,
        P.MERGE: write,
    }


REP = _levels(read=UNIT, write=OWN)
MANAGER = _levels(read=DEEP, write=DEEP, delete=DEEP, export=DEEP)
AGENT = _levels(read=ORG, write=UNIT)

PROFILES: dict[str, tuple[str, dict[str, dict[P, Level]]]] = {
    "sales_rep": (
        gettext_noop("Sales rep"),
        {
            "customers": REP | {P.READ: UNIT},
            "sales": REP,
            "collateral": READER,
            "service": READER,
            "knowledge": READER,
            "marketing": READER,
            "work": REP,
        },
    ),
    "sales_manager": (
        gettext_noop("Sales manager"),
        {
            "customers": MANAGER,
            "sales": MANAGER,
            "collateral": FULL,
            "service": READER_EXPORT,
            "knowledge": READER,
            "marketing": READER_EXPORT,
            "work": MANAGER,
        },
    ),
    "service_agent": (
        gettext_noop("Service agent"),
        {
            "customers": AGENT,
            "sales": READER,
            "collateral": READER,
            "service": AGENT,
            "knowledge": AGENT,
            "work": AGENT,
        },
    ),
    "marketer": (
        gettext_noop("Marketer"),
        {
            "customers": _levels(read=ORG, write=OWN, export=ORG),
            "sales": READER | {P.CREATE: OWN, P.WRITE: OWN, P.APPEND: OWN},
            "collateral": READER,
            "marketing": _levels(read=ORG, write=UNIT, export=ORG),
            "work": REP,
        },
    ),
    "administrator": (
        gettext_noop("Administrator"),
        dict.fromkeys(
            ("customers", "sales", "collateral", "service", "knowledge", "marketing", "work"), FULL
        ),
    ),
}


def install_standard_roles(**_: Any) -> None:
    """Creates the standard roles, and rows for record types they do not know yet."""
    RecordTypeName.objects.bulk_create(
        [RecordTypeName(record_type=record_type.key) for record_type in registry.declared.values()],
        ignore_conflicts=True,
    )
    if not BusinessUnit.objects.exists():
        BusinessUnit.objects.create(name="Company")
    for profile, (name, groups) in PROFILES.items():
        role, _created = Role.objects.get_or_create(
            profile=profile,
            defaults={"name": name, "can_administer": profile == "administrator"},
        )
        known = set(role.privileges.values_list("record_type", flat=True))
        RolePrivilege.objects.bulk_create(
            RolePrivilege(role=role, record_type=record_type.key, privilege=privilege, level=level)
            for record_type in registry.declared.values()
            if record_type.key not in known
            for privilege, level in groups.get(record_type.group, {}).items()
            if level
        )
