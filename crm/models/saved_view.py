from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.principal import User


class SavedView(models.Model):
    """One row is a list view somebody saved: conditions, columns and order."""

    record_type = models.CharField(max_length=40)
    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=80)
    conditions = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    sort = models.CharField(max_length=120, blank=True)
    is_shared = models.BooleanField(_("everyone may use it"), default=False)
    is_default = models.BooleanField(_("opens first for me"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "record_type", "name"], name="crm_view_name_once"
            ),
            models.UniqueConstraint(
                fields=["owner", "record_type"],
                condition=models.Q(is_default=True),
                name="crm_view_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name
