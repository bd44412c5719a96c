from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.querysets import RecordQuerySet
from crm.models.record import Record, search_text


class ActivityQuerySet(RecordQuerySet):
    def open(self) -> "ActivityQuerySet":
        return self.filter(state=Activity.State.OPEN)

    def planned(self) -> "ActivityQuerySet":
        """Open work with a date; notes are never planned."""
        return self.open().exclude(kind=Activity.Kind.NOTE)

    def regarding(self, record: Record) -> "ActivityQuerySet":
        return self.filter(regarding_type=record.type_key(), regarding_id=record.pk)


class Activity(Record):
    """One row is a task, phone call, appointment, e-mail or note about a record."""

    class Kind(models.TextChoices):
        TASK = "task", _("Task")
        CALL = "call", _("Phone call")
        APPOINTMENT = "appointment", _("Appointment")
        EMAIL = "email", _("E-mail")
        NOTE = "note", _("Note")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        COMPLETED = "completed", _("Completed")
        CANCELED = "canceled", _("Canceled")

    class Priority(models.IntegerChoices):
        HIGH = 1, _("High")
        NORMAL = 2, _("Normal")
        LOW = 3, _("Low")

    class Delivery(models.TextChoices):
        NONE = "", _("Not sent")
        PENDING = "pending", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    subject = models.CharField(_("subject"), max_length=240)
    body = models.TextField(_("description"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority, default=Priority.NORMAL
    )
    regarding_type = models.CharField(max_length=40, blank=True, editable=False)
    regarding_id = models.BigIntegerField(null=True, editable=False)
    due_at = models.DateTimeField(
        _("due"), null=True, blank=True, help_text=_("For an appointment, its start.")
    )
    end_at = models.DateTimeField(_("end"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    happened_at = models.DateTimeField(
        _("in the timeline at"), editable=False, help_text=_("Due, sent, done or written.")
    )
    minutes = models.PositiveIntegerField(
        _("minutes"), null=True, blank=True, validators=[MaxValueValidator(100_000)]
    )
    is_incoming = models.BooleanField(_("incoming"), default=False)
    location = models.CharField(_("location"), max_length=200, blank=True)
    recipients = models.JSONField(_("to"), default=list, blank=True, editable=False)
    delivery = models.CharField(
        max_length=8, choices=Delivery, default=Delivery.NONE, blank=True, editable=False
    )
    delivery_note = models.CharField(max_length=400, blank=True, editable=False)
    search_text = search_text("subject", "body")

    objects = ActivityQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            *Record.Meta.indexes,
            models.Index(
                fields=["regarding_type", "regarding_id", "-happened_at", "-id"],
                name="activity_timeline",
            ),
            models.Index(
                fields=["owner", "due_at", "id"],
                name="activity_open_due",
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["due_at", "id"],
                name="activity_planned",
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["regarding_type", "regarding_id", "due_at", "id"],
                name="activity_next_step",
                condition=models.Q(state="open", deleted_at__isnull=True),
            ),
            models.Index(
                fields=["id"],
                name="activity_to_send",
                condition=models.Q(delivery__in=["pending", "sending"]),
            ),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(end_at__isnull=True) | models.Q(end_at__gte=models.F("due_at")),
                name="activity_end_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(regarding_type="", regarding_id__isnull=True)
                | (~models.Q(regarding_type="") & models.Q(regarding_id__isnull=False)),
                name="activity_regarding_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
