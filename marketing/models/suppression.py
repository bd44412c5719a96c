from django.db import models
from django.utils.translation import gettext_lazy as _

from marketing.models.activity import CampaignActivity


class Suppression(models.Model):
    """One row is an address that gets no mailings. Only its hash is kept, whoever is erased."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BLOCKED = "blocked", _("Blocked by an administrator")

    address_hash = models.CharField(max_length=64, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    activity = models.ForeignKey(
        CampaignActivity, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("since"), editable=False)

    class Meta:
        verbose_name = _("blocked address")
        verbose_name_plural = _("blocked addresses")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.address_hash[:12]
