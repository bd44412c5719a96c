"""Who can own records and hold roles: users and teams share one table of principals."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.row import QuickRow
from crm.models.unit import BusinessUnit


class Principal(QuickRow):
    """One row is somebody who can own records: a user or a team."""

    class Kind(models.TextChoices):
        USER = "user", _("User")
        TEAM = "team", _("Team")

    kind = models.CharField(max_length=8, choices=Kind, editable=False)
    name = models.CharField(_("name"), max_length=160)
    unit = models.ForeignKey(
        BusinessUnit,
        models.PROTECT,
        related_name="principals",
        verbose_name=_("business unit"),
    )

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("owner")
        verbose_name_plural = _("owners")

    def __str__(self) -> str:
        return self.name


class UserManager(DjangoUserManager):  # type: ignore[type-arg]
    def _create_user_object(
        self, username: str, email: str | None, password: str | None, **extra: Any
    ) -> "User":
        extra.setdefault("name", _full_name(extra) or username)
        if "unit" not in extra and "unit_id" not in extra:
            extra["unit"] = BusinessUnit.objects.get(parent=None)
        return super()._create_user_object(username, email, password, kind="user", **extra)


def _full_name(values: dict[str, Any]) -> str:
    return f"{values.get('first_name', '')} {values.get('last_name', '')}".strip()


class User(Principal, AbstractUser):
    """One row is a person who signs in. Its key is its principal's key."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    manager = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("manager"),
    )
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.AUTO)
    has_shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("name", "principal_ptr_id")

    def __str__(self) -> str:
        return self.name


class Team(Principal):
    """One row is a group of users that can own records and hold roles."""

    members = models.ManyToManyField(
        User, through="TeamMembership", related_name="teams", verbose_name=_("members")
    )
    description = models.CharField(_("description"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name", "principal_ptr_id")


class TeamMembership(models.Model):
    """One row says that a user belongs to a team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="crm_member_once")]
        verbose_name = _("team member")
        verbose_name_plural = _("team members")

    def __str__(self) -> str:
        return f"{self.team_id}:{self.user_id}"
