"""Who may do what, worked out by hand from the tables and from who stands where.

Shares no code with the gate: it reads the role rows and knows the standing people.
"""

from crm.models import RolePrivilege, User

# Whose record the owner's is to each person, nearest first.
RELATIONS = {
    "owner": "own",
    "teammate": "unit",
    "manager": "below",
    "stranger": "far",
    "agent": "far",
    "marketer": "far",
    "boss": "far",
}
REACHED = {"own": 1, "unit": 2, "below": 3, "far": 4}


def may(user: User, type_key: str, privilege: str) -> bool:
    """Whether the person may use the privilege on a record owned by the standing owner."""
    rows = RolePrivilege.objects.filter(
        role__holders=user, record_type=type_key, privilege=privilege
    )
    level = max((row.level for row in rows), default=0)
    relation = RELATIONS[user.username]
    if level == 0:
        return False
    if user.username == "manager" and privilege == "read":
        return True  # the owner reports to the manager
    return level >= REACHED[relation]


def may_at_all(user: User, type_key: str, privilege: str) -> bool:
    return RolePrivilege.objects.filter(
        role__holders=user, record_type=type_key, privilege=privilege
    ).exists()
