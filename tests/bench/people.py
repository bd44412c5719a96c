"""Three users who do the clicking: few own rows, a normal share, the whole company."""

from crm.access.actor import Actor
from crm.administration.services import copy_role
from crm.models import Role, RolePrivilege, User
from crm.models.levels import Level, Privilege

FEW = 4
COLLEAGUE = "bench-colleague-"


def clickers() -> dict[str, User]:
    """Finds or makes the narrow, the normal and the wide user."""
    return {
        "narrow": _narrow(),
        "normal": User.objects.get(username="rep"),
        "wide": User.objects.get(username="admin"),
    }


def _narrow() -> User:
    found = User.objects.filter(username="bench-narrow").first()
    if found:
        return found
    source = Role.objects.get(profile="sales_rep")
    role = copy_role(actor=Actor.system(), role_id=source.pk, name="Own records only")
    RolePrivilege.objects.filter(role=role, privilege=Privilege.READ).update(level=Level.OWN)
    unit = User.objects.get(username="rep").unit
    user = User.objects.create_user("bench-narrow", password=None, name="Narrow", unit=unit)
    role.holders.add(user)
    return user


def colleagues(user: User, count: int) -> list[User]:
    """People with the roles, unit and settings of one user: found, or made."""
    known = list(User.objects.filter(username__startswith=COLLEAGUE).order_by("pk")[:count])
    for number in range(len(known), count):
        made = User.objects.create_user(
            f"{COLLEAGUE}{number}",
            password=None,
            name=f"Colleague {number}",
            unit=user.unit,
            language=user.language,
            time_zone=user.time_zone,
        )
        for role in user.roles.all():
            role.holders.add(made)
        known.append(made)
    return known


def give_few(user: User, models: list[type]) -> None:
    """A handful of rows of each type become the narrow user's."""
    for model in models:
        rows = model.objects.alive()
        if not rows.filter(owner=user).exists():
            ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:FEW])
            rows.filter(pk__in=ids).update(owner=user)
