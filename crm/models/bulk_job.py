from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.principal import User
from crm.models.undo_job import UndoJob


class BulkJob(models.Model):
    """One row is one verb over many rows: chosen, then worked off in the background."""

    class State(models.TextChoices):
        CHOSEN = "chosen", _("Rows chosen")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Stopped")

    record_type = models.CharField(max_length=40)
    verb = models.CharField(max_length=40)
    ids = ArrayField(models.BigIntegerField(), help_text=_("In key order."))
    data = models.TextField(blank=True, help_text=_("What was posted, as in an address."))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.CHOSEN)
    operation = models.UUIDField()
    position = models.PositiveIntegerField(default=0, help_text=_("Rows that were dealt with."))
    changed = models.PositiveIntegerField(default=0)
    refused = models.JSONField(
        default=dict, help_text=_("Key -> why the row was left alone, for the first of them.")
    )
    refused_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("Rows that were left alone.")
    )
    failure = models.TextField(blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undo = models.OneToOneField(UndoJob, models.SET_NULL, null=True, related_name="bulk_job")

    class Meta:
        verbose_name = _("change to many rows")
        verbose_name_plural = _("changes to many rows")
        indexes = [
            models.Index(fields=["created_by", "-id"], name="crm_bulkjob_mine"),
            models.Index(
                fields=["id"],
                name="crm_bulkjob_open",
                condition=models.Q(state__in=["running", "undoing"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.record_type}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.RUNNING, self.State.UNDOING)
