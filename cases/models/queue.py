from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.querysets import QueueItemQuerySet, QueueQuerySet
from crm.models import Principal, Record, search_text


class Queue(Record):
    """One row is a line of work that several people take their next case from."""

    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    is_private = models.BooleanField(
        _("for its members only"),
        default=False,
        help_text=_("Only its members and its owner work in it."),
    )
    members = models.ManyToManyField(
        Principal, blank=True, related_name="+", verbose_name=_("members"), editable=False
    )
    search_text = search_text("name", "description")

    objects = QueueQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name=""), name="queue_has_name"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(deleted_at__isnull=True),
                name="queue_name_once",
                violation_error_message=_("There is one of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QueueItem(models.Model):
    """One row says that a case lies in a queue, since when, and who has taken it."""

    queue = models.ForeignKey(
        Queue, models.PROTECT, related_name="items", verbose_name=_("queue"), db_index=False
    )
    case = models.OneToOneField(Case, models.CASCADE, related_name="queue_item")
    entered_at = models.DateTimeField(_("queued since"))
    worked_by = models.ForeignKey(
        Principal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("worked on by"),
        db_index=False,
    )

    objects = QueueItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("place in a queue")
        verbose_name_plural = _("places in queues")
        indexes = [
            models.Index(fields=["queue", "worked_by"], name="queueitem_queue"),
            models.Index(
                fields=["worked_by"],
                name="queueitem_worker",
                condition=models.Q(worked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue_id}:{self.case_id}"
