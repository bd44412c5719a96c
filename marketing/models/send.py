from django.db import models

from crm.models import Principal
from marketing.models.activity import CampaignActivity


class Send(models.Model):
    """One row is the pace of one launched mailing: when its next batch may be claimed."""

    activity = models.OneToOneField(
        CampaignActivity, models.CASCADE, primary_key=True, related_name="send"
    )
    launched_at = models.DateTimeField()
    launched_by = models.ForeignKey(
        Principal, models.PROTECT, null=True, related_name="+", db_index=False
    )
    site_url = models.CharField(max_length=200)
    next_claim_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_claim_at"], name="marketing_send_due")]

    def __str__(self) -> str:
        return f"send {self.activity_id}"
