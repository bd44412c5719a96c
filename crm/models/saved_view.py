from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.principal import User


class SavedView(models.Model):
    """One row is a list view somebody saved: conditions, columns and order.

    `conditions` holds the view it is made from, the text of the quick find, and a tree of the
    condition engine: `{"base": "all", "q": "", "where": {"all": [...]}}`.
    """

    record_type = models.CharField(max_length=40)
    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=80)
    conditions = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    sort = models.CharField(max_length=120, blank=True)
    is_shared = models.BooleanField(_("everyone may use it"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "record_type", "name"], name="crm_view_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PinnedView(models.Model):
    """One row says which view a user wants to see first in the list of a record type."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    record_type = models.CharField(max_length=40)
    view = models.CharField(
        max_length=40, help_text=_("Key of a view that ships, or 's' and the id of a saved one.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "record_type"], name="crm_pin_one_per_type")
        ]

    def __str__(self) -> str:
        return f"{self.record_type}:{self.view}"
