from django.db import models

from crm.models.principal import User


class SentForm(models.Model):
    """One row remembers what a form has made, so that sending it twice makes it once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    token = models.UUIDField()
    record_type = models.CharField(max_length=40, default="")
    record_id = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "token"], name="crm_sent_form_once")]

    def __str__(self) -> str:
        return f"{self.token} -> {self.record_type}:{self.record_id}"
