from django.db import models


class ColumnRename(models.Model):
    """One row says that a column of a record type was renamed, so that its history is still read.

    Written by the migration operation `crm.database.renames.record_rename`.
    """

    record_type = models.CharField(max_length=40)
    old = models.CharField(max_length=63)
    new = models.CharField(max_length=63)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_type", "old", "new"], name="crm_rename_once")
        ]

    def __str__(self) -> str:
        return f"{self.record_type}: {self.old} -> {self.new}"
