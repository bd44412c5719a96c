from django.db import models


class LocalMessage(models.Model):
    """One e-mail that would have left, kept to be read because no mail server is named."""

    sender = models.TextField()
    recipients = models.JSONField(default=list)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    raw = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=["-created_at", "-id"], name="crm_local_message_newest"),)

    def __str__(self) -> str:
        return self.subject
