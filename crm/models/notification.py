"""What people are told: one row per person and matter, and what each wants to hear of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.principal import Principal, User


class Notification(models.Model):
    """One row tells one user what somebody did or what has happened, once.

    It holds no words and no title: both are made when it is read, of what the reader may see then.
    One operation tells a person of a type once: further records raise `count`.
    """

    class Mail(models.TextChoices):
        NONE = "", _("Not by e-mail")
        PENDING = "pending", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    recipient = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    record_type = models.CharField(max_length=40, blank=True)
    record_id = models.BigIntegerField(null=True, help_text=_("Empty where it tells of several."))
    count = models.PositiveIntegerField(default=1)
    data = models.JSONField(default=dict)
    actor = models.ForeignKey(
        Principal, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    operation = models.UUIDField(null=True)
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=8, choices=Mail, default=Mail.NONE, blank=True)
    mail_at = models.DateTimeField(null=True, help_text=_("When the e-mail was begun."))

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "recipient", "kind", "record_type"],
                name="crm_notification_once",
            ),
            models.UniqueConstraint(
                fields=["recipient", "record_id", "at"],
                condition=models.Q(kind="due"),
                name="crm_notification_reminded_once",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="crm_notification_newest"),
            models.Index(
                fields=["recipient", "-id"],
                name="crm_notification_unread",
                condition=models.Q(read_at__isnull=True),
            ),
            models.Index(fields=["record_type", "record_id"], name="crm_notification_record"),
            models.Index(
                fields=["recipient", "id"],
                name="crm_notification_to_mail",
                condition=models.Q(mail__in=["pending", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_type}:{self.record_id} -> {self.recipient_id}"


class NotificationChoice(models.Model):
    """One row says how a user wants to hear of one kind; without it, inside the CRM only."""

    class Way(models.TextChoices):
        NONE = "none", _("Not at all")
        INSIDE = "inside", _("Here")
        MAIL = "mail", _("Here and by e-mail")

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    way = models.CharField(max_length=8, choices=Way)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="crm_notification_choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.way}"
