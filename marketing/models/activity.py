from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Record, search_text
from marketing.models.campaign import Campaign
from marketing.models.columns import amount, currency, in_order, not_negative
from marketing.models.marketing_list import MarketingList
from marketing.querysets import CampaignActivityQuerySet

MAX_RATE = 6000


class CampaignActivity(Record):
    """One row is a step of a campaign: an e-mail to its lists, or something that only costs."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        EVENT = "event", _("Event")
        PRINT = "print", _("Print")
        VIDEO = "video", _("Video and radio")
        SOCIAL = "social", _("Social media")
        SEARCH = "search", _("Search engines")
        OTHER = "other", _("Other")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        RUNNING = "running", _("In progress")
        PAUSED = "paused", _("Paused")
        COMPLETED = "completed", _("Completed")
        CANCELED = "canceled", _("Canceled")

    name = models.CharField(_("name"), max_length=160)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="activities")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.EMAIL)
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.PROPOSED, editable=False
    )
    scheduled_start_on = models.DateField(_("planned start"), null=True, blank=True)
    scheduled_end_on = models.DateField(_("planned end"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    currency = currency()
    budget = amount(_("budget"))
    actual_cost = amount(_("actual cost"))
    description = models.TextField(_("description"), blank=True)

    subject = models.CharField(_("subject"), max_length=200, blank=True, editable=False)
    message = models.TextField(_("message"), blank=True, editable=False)
    plain_text = models.TextField(_("plain text"), blank=True, editable=False)
    sender_name = models.CharField(_("sender"), max_length=120, blank=True, editable=False)
    sender_email = models.EmailField(_("sender's address"), blank=True, editable=False)
    reply_to = models.EmailField(_("answers go to"), blank=True, editable=False)
    language = models.CharField(
        _("language of the frame"),
        max_length=8,
        choices=settings.LANGUAGES,
        default="en",
        editable=False,
        help_text=_("What the CRM adds to the message: why one gets it and how to unsubscribe."),
    )
    rate_per_minute = models.PositiveIntegerField(
        _("mails a minute, at most"),
        default=300,
        editable=False,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_RATE)],
    )
    quiet_days = models.PositiveSmallIntegerField(
        _("leave out who got a mailing in the last days"),
        default=0,
        editable=False,
        validators=[MaxValueValidator(365)],
    )
    lists = models.ManyToManyField(
        MarketingList, blank=True, editable=False, related_name="campaign_activities"
    )
    search_text = search_text("name", "subject")

    objects = CampaignActivityQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("campaign activity")
        verbose_name_plural = _("campaign activities")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name=""), name="campaignactivity_has_name"),
            models.CheckConstraint(
                condition=not_negative("budget", "actual_cost"),
                name="campaignactivity_amounts_positive",
            ),
            models.CheckConstraint(
                condition=in_order("scheduled_start_on", "scheduled_end_on"),
                name="campaignactivity_dates_in_order",
                violation_error_message=_("The planned end comes before the planned start."),
            ),
            models.CheckConstraint(
                condition=models.Q(rate_per_minute__gte=1, rate_per_minute__lte=MAX_RATE),
                name="campaignactivity_rate",
            ),
            models.CheckConstraint(
                condition=models.Q(channel="email") | ~models.Q(state="paused"),
                name="campaignactivity_only_mail_pauses",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_mailing(self) -> bool:
        return self.channel == self.Channel.EMAIL
