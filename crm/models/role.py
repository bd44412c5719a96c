from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.levels import Level, Privilege
from crm.models.principal import Principal


class Role(models.Model):
    """One row is a named set of privileges that users and teams can hold."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    profile = models.CharField(
        max_length=32,
        blank=True,
        editable=False,
        help_text=_("Key of the standard role this one was made from."),
    )
    description = models.CharField(_("description"), max_length=240, blank=True)
    can_administer = models.BooleanField(
        _("may change settings"),
        default=False,
        help_text=_("Settings, roles, users and names."),
    )
    holders = models.ManyToManyField(
        Principal, related_name="roles", blank=True, verbose_name=_("held by")
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class RolePrivilege(models.Model):
    """One row grants a role one privilege on one record type, up to a level."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="privileges")
    record_type = models.CharField(_("record type"), max_length=40)
    privilege = models.CharField(_("privilege"), max_length=12, choices=Privilege)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "record_type", "privilege"],
                name="crm_role_privilege_once",
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=[level.value for level in Level if level]),
                name="crm_role_privilege_level",
            ),
        ]
        verbose_name = _("role privilege")
        verbose_name_plural = _("role privileges")

    def __str__(self) -> str:
        return f"{self.record_type}.{self.privilege}={self.level}"
