from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class BusinessUnit(models.Model):
    """One row is a branch of the company; units form a tree with one root."""

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent unit"),
    )
    path = ArrayField(
        models.BigIntegerField(),
        default=list,
        editable=False,
        help_text=_("Ids from the root down to this unit; kept by a trigger."),
    )

    class Meta:
        verbose_name = _("business unit")
        verbose_name_plural = _("business units")
        ordering = ("name", "id")
        indexes = [GinIndex(fields=["path"], name="crm_unit_path")]
        constraints = [
            models.UniqueConstraint(
                models.F("parent"), models.F("name"), name="crm_unit_name_per_parent"
            ),
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(parent__isnull=True),
                name="crm_unit_single_root",
            ),
        ]

    def __str__(self) -> str:
        return self.name
