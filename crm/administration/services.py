"""Changing roles as a whole."""

from collections.abc import Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models import Role, RolePrivilege, User
from crm.models.levels import Level, Privilege
from crm.operations import operation


@operation
def set_role_levels(
    *, actor: Actor, role_id: int, levels: Mapping[tuple[str, Privilege], Level]
) -> Role:
    """Replaces a role's levels for the pairs given; others stay. Locks the role."""
    actor.require_administrator()
    role = Role.objects.select_for_update().get(pk=role_id)
    for (record_type, privilege), level in levels.items():
        row: dict[str, Any] = {"role": role, "record_type": record_type, "privilege": privilege}
        if level:
            RolePrivilege.objects.update_or_create(**row, defaults={"level": level})
        else:
            RolePrivilege.objects.filter(**row).delete()
    return role


@operation
def copy_role(*, actor: Actor, role_id: int, name: str) -> Role:
    """Makes a role with the same levels under a new name, held by nobody."""
    actor.require_administrator()
    if Role.objects.filter(name__iexact=name).exists():
        raise RuleViolation(
            _("There is a role of this name."), fields={"name": _("Choose another name.")}
        )
    source = Role.objects.get(pk=role_id)
    role = Role.objects.create(
        name=name, description=source.description, can_administer=source.can_administer
    )
    RolePrivilege.objects.bulk_create(
        RolePrivilege(role=role, record_type=r.record_type, privilege=r.privilege, level=r.level)
        for r in source.privileges.all()
    )
    return role


@operation
def remove_second_factor(*, actor: Actor, user_id: int) -> None:
    """Takes all second factors of a user away and ends their sessions. It stands in the history."""
    actor.require_administrator()
    user = User.objects.select_for_update().get(pk=user_id)
    Authenticator.objects.filter(user_id=user.pk).delete()
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()
    LogEntry.objects.log_actions(
        user_id=actor.id or user.pk,
        queryset=[user],
        action_flag=CHANGE,
        change_message=_("Took the second factor away."),
    )
