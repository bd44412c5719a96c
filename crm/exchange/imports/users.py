"""Importing people: a user per row, with the manager and the unit the file names."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.exchange.imports.fields import ImportField, Kind
from crm.exchange.imports.targets import Target, rows_by
from crm.models import BusinessUnit, ImportRow, Role, User


class UserTarget(Target):
    """Users made by an import cannot sign in until an administrator gives them a password."""

    key = "user"
    model = User

    @property
    def label(self) -> str:
        return _("Users")

    @property
    def fields(self) -> Mapping[str, ImportField]:
        described = (
            ImportField(
                name="name",
                label=gettext_lazy("name"),
                is_required=True,
                max_length=160,
                aliases=("sales_agent", "user", "agent"),
            ),
            ImportField(name="email", label=gettext_lazy("e-mail"), max_length=254),
            ImportField(name="job_title", label=gettext_lazy("job title"), max_length=120),
            ImportField(
                name="unit",
                label=gettext_lazy("business unit"),
                kind=Kind.LINK,
                link=BusinessUnit,
                make=_make_unit,
                aliases=("regional_office", "office", "unit"),
            ),
            ImportField(
                name="manager",
                label=gettext_lazy("manager"),
                kind=Kind.LINK,
                link=User,
                make=_make_manager,
            ),
        )
        return {one.name: one for one in described}

    def identities(self) -> tuple[str, ...]:
        return ("email", "name")

    def may_import(self, actor: Actor) -> bool:
        return actor.can_administer

    def existing(self, actor: Actor, name: str, values: Iterable[Any]) -> dict[Any, Any]:
        return rows_by(User.objects.all(), name, values)

    def blank(self, actor: Actor) -> Any:
        return User(kind="user", unit=BusinessUnit.objects.get(parent=None))

    def check(self, record: Any, changes: Mapping[str, Any]) -> None:
        if record.manager_id and record.manager_id == record.pk:
            raise RuleViolation(
                _("Nobody can be their own manager."), fields={"manager": _("Choose another.")}
            )
        if record.manager_id and not changes and record.unit.parent_id is None:
            record.unit = record.manager.unit

    def save_new(self, records: list[Any]) -> None:
        role = Role.objects.filter(profile="sales_rep").first()
        for user in records:
            _create(user, role)
        _seat_managers(records)

    def save_changed(self, changed: Sequence[tuple[Any, set[str]]]) -> None:
        for user, _attributes in changed:
            user.save()

    def may_change(self, actor: Actor, record: Any) -> bool:
        return actor.can_administer

    def take_back(self, job_id: int) -> None:
        """People stay, because records may be theirs; they can no longer sign in."""
        made = ImportRow.objects.filter(job=job_id, verdict=ImportRow.Verdict.NEW)
        User.objects.filter(pk__in=made.values("record_id")).update(is_active=False)


def _seat_managers(users: list[User]) -> None:
    """A manager the file only names sits where the first of the reports sits, not at the top.

    At the root, a level that reaches down would reach the whole company.
    """
    for user in users:
        manager = user.manager
        if (
            manager
            and manager.unit.parent_id is None
            and not manager.roles.filter(can_administer=True)
        ):
            manager.unit_id = user.unit_id
            manager.save(update_fields=["unit"])


def _create(user: User, role: Role | None) -> User:
    user.username = free_username(user.name)
    user.set_unusable_password()
    user.save(force_insert=True)
    if role:
        role.holders.add(user)
    return user


def free_username(name: str) -> str:
    """'Mei-Mei Johns' -> 'mei-mei.johns', with a number behind it when that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9.-]+", "", re.sub(r"\s+", ".", plain.strip())) or "user"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    if base not in taken:
        return base
    return next(f"{base}{n}" for n in range(2, len(taken) + 3) if f"{base}{n}" not in taken)


def _make_unit(_actor: Actor, name: str) -> BusinessUnit:
    root = BusinessUnit.objects.get(parent=None)
    return BusinessUnit.objects.create(name=name, parent=root)


def _make_manager(_actor: Actor, name: str) -> User:
    user = User(kind="user", name=name, unit=BusinessUnit.objects.get(parent=None))
    return _create(user, Role.objects.filter(profile="sales_manager").first())
