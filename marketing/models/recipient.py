import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketing.models.activity import CampaignActivity
from marketing.querysets import RecipientQuerySet


class Recipient(models.Model):
    """One row is the decision about one record of a mailing, made once at launch.

    pending > claimed (leased to a worker) > sending (the intent is committed, the message is
    with the mail server) > sent or failed. A row whose worker died while sending is unknown
    and stays so until a person decides.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        CLAIMED = "claimed", _("Next")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Refused")
        UNKNOWN = "unknown", _("Unknown")
        SKIPPED = "skipped", _("Left out")

    class Reason(models.TextChoices):
        NONE = "", _("None")
        NO_ADDRESS = "no_address", _("No e-mail address")
        BAD_ADDRESS = "bad_address", _("The address can't be right")
        DO_NOT_EMAIL = "do_not_email", _("Asked not to be e-mailed")
        DO_NOT_BULK_EMAIL = "do_not_bulk_email", _("Asked for no mass e-mail")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BLOCKED = "blocked", _("On the block list")
        CLOSED = "closed", _("Closed meanwhile")
        RECENT = "recent", _("Got a mailing recently")
        DUPLICATE = "duplicate", _("Same address twice")
        GONE = "gone", _("Deleted meanwhile")
        CANCELED = "canceled", _("The mailing was canceled")

    activity = models.ForeignKey(
        CampaignActivity, models.CASCADE, related_name="recipients", db_index=False
    )
    record_type = models.CharField(max_length=16)
    record_id = models.BigIntegerField()
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=254, blank=True)
    address_key = models.CharField(max_length=254, blank=True)
    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=20, choices=Reason, default="", blank=True)
    note = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, blank=True)
    handed_over_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "record_type", "record_id"], name="marketing_recipient_once"
            ),
            models.UniqueConstraint(
                fields=["activity", "address_key"],
                condition=~models.Q(state="skipped"),
                name="marketing_recipient_address",
            ),
            models.CheckConstraint(
                condition=(models.Q(state="skipped") & ~models.Q(reason=""))
                | (~models.Q(state="skipped") & models.Q(reason="")),
                name="marketing_recipient_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["claimed", "sending"])
                | models.Q(claim__isnull=False, lease_until__isnull=False),
                name="marketing_recipient_leased",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(handed_over_at__isnull=False),
                name="marketing_recipient_sent_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["activity", "due_at", "id"],
                name="marketing_recipient_waiting",
                condition=models.Q(state="pending"),
            ),
            models.Index(
                fields=["lease_until"],
                name="marketing_recipient_lease",
                condition=models.Q(state__in=["claimed", "sending"]),
            ),
            models.Index(fields=["activity", "state", "reason"], name="marketing_recipient_count"),
            models.Index(
                "activity",
                models.F("finished_at").desc(nulls_last=True),
                models.F("id").desc(),
                name="marketing_recipient_latest",
            ),
            models.Index(fields=["record_type", "record_id"], name="marketing_recipient_record"),
            models.Index(
                fields=["address_key", "finished_at"],
                name="marketing_recipient_quiet",
                condition=models.Q(state="sent"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"
