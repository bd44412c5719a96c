"""What happened: field history written by triggers, and the journal written by operations."""

import json
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class _Exact(json.JSONDecoder):
    """Reads fractions as the decimals the database wrote; a float would change them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"parse_float": Decimal, **kwargs})


class HistoryField(models.JSONField):
    """Values as history keeps them. To the database it is any other JSON column."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decoder = _Exact

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("decoder", None)
        return name, "django.db.models.JSONField", args, kwargs


class FieldChange(models.Model):
    """One row is one change of one record: field name -> [old, new]. Written by a trigger only."""

    class Event(models.TextChoices):
        INSERT = "insert", _("Created")
        UPDATE = "update", _("Changed")
        DELETE = "delete", _("Deleted")

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    version = models.IntegerField(help_text=_("The record's version after the change."))
    event = models.CharField(max_length=8, choices=Event)
    changes = HistoryField(default=dict)
    at = models.DateTimeField(db_default=models.functions.Now())
    actor_id = models.BigIntegerField(null=True)
    operation = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["record_type", "record_id", "-id"], name="crm_change_record"),
            models.Index(fields=["operation"], name="crm_change_operation"),
        ]

    def __str__(self) -> str:
        return f"{self.record_type}:{self.record_id} v{self.version}"


class JournalEntry(models.Model):
    """One row says who did what to a record and what was meant; the timeline shows it."""

    operation = models.UUIDField()
    verb = models.CharField(max_length=40)
    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    actor = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    is_undone = models.BooleanField(default=False)
    is_final = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Its operation can't be taken back with Undo."),
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["record_type", "record_id", "-at", "-id"], name="crm_journal_record"
            ),
            models.Index(fields=["operation"], name="crm_journal_operation"),
            models.Index(fields=["actor", "-at"], name="crm_journal_actor"),
        ]
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")

    def __str__(self) -> str:
        return f"{self.verb} {self.record_type}:{self.record_id}"
