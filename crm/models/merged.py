from django.db import models
from django.utils.translation import gettext_lazy as _


class MergedRecord(models.Model):
    """One row says that a record was merged into another one, and what it brought along.

    The row outlives the record it is about: its address leads to the one that stayed.
    """

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    survivor_id = models.BigIntegerField()
    operation = models.UUIDField()
    merged_at = models.DateTimeField()
    brought = models.JSONField(
        default=dict, help_text=_("Pointer -> keys of the rows that moved to the one that stayed.")
    )
    dropped = models.JSONField(
        default=dict,
        help_text=_("Pointer -> rows that went: the one that stayed had such a row of its own."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id"], name="crm_merged_once")
        ]
        indexes = [
            models.Index(fields=["record_type", "survivor_id"], name="crm_merged_survivor"),
            models.Index(fields=["operation"], name="crm_merged_operation"),
        ]
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")

    def __str__(self) -> str:
        return f"{self.record_type}:{self.record_id} -> {self.survivor_id}"
