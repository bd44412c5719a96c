from django.db import models

from crm.models.principal import User


class RecentRecord(models.Model):
    """One row remembers when a user last opened a record."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    title = models.CharField(max_length=240)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "record_type", "record_id"], name="crm_recent_once"
            )
        ]
        indexes = [models.Index(fields=["user", "-seen_at"], name="crm_recent_order")]

    def __str__(self) -> str:
        return self.title
