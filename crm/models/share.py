from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.levels import Privilege
from crm.models.principal import Principal


class Share(models.Model):
    """One row lets a user or team use one privilege on one record they do not own."""

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    principal = models.ForeignKey(
        Principal, models.CASCADE, related_name="+", verbose_name=_("shared with")
    )
    privilege = models.CharField(_("privilege"), max_length=12, choices=Privilege)
    granted_by = models.ForeignKey(Principal, models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "record_type", "privilege", "record_id"],
                name="crm_share_once",
            )
        ]
        indexes = [models.Index(fields=["record_type", "record_id"], name="crm_share_record")]
        verbose_name = _("share")
        verbose_name_plural = _("shares")

    def __str__(self) -> str:
        return f"{self.record_type}:{self.record_id} -> {self.principal_id}"
