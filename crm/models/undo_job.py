from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.principal import User


class UndoJob(models.Model):
    """One row is an undo of so many records that it is worked off in batches."""

    class State(models.TextChoices):
        RUNNING = "running", _("Being undone")
        DONE = "done", _("Undone")
        FAILED = "failed", _("Stopped")

    operations = ArrayField(models.UUIDField(), help_text=_("What is taken back."))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0, help_text=_("Records the operations touched."))
    done = models.PositiveIntegerField(default=0, help_text=_("Records that were dealt with."))
    cursor_type = models.CharField(max_length=40, blank=True, help_text=_("Where to go on."))
    cursor_key = models.BigIntegerField(default=0)
    left = models.PositiveIntegerField(default=0, help_text=_("Records that stay as they are."))
    reasons = models.JSONField(default=list, help_text=_("[type, id, why] of the first of them."))
    failure = models.TextField(blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("undo of many rows")
        verbose_name_plural = _("undos of many rows")
        indexes = [
            models.Index(
                fields=["id"], name="crm_undojob_open", condition=models.Q(state="running")
            )
        ]

    def __str__(self) -> str:
        return f"undo {self.pk}"
