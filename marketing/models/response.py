from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from crm.models import Record, search_text
from leads.models import Lead
from marketing.models.activity import CampaignActivity
from marketing.models.campaign import Campaign
from marketing.querysets import CampaignResponseQuerySet


class CampaignResponse(Record):
    """One row is an answer to a campaign, from somebody known or somebody who gave a name."""

    class Code(models.TextChoices):
        INTERESTED = "interested", _("Interested")
        NOT_INTERESTED = "not_interested", _("Not interested")
        DO_NOT_SEND = "do_not_send", _("Wants no more of it")
        ERROR = "error", _("Sent by mistake")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        LETTER = "letter", _("Letter")
        MEETING = "meeting", _("In person")
        WEB = "web", _("Website")
        OTHER = "other", _("Other")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        CANCELED = "canceled", _("Canceled")

    subject = models.CharField(_("subject"), max_length=200)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="responses")
    activity = models.ForeignKey(
        CampaignActivity, models.SET_NULL, null=True, blank=True, related_name="responses"
    )
    code = models.CharField(_("response"), max_length=16, choices=Code, default=Code.INTERESTED)
    channel = models.CharField(_("came by"), max_length=8, choices=Channel, default=Channel.EMAIL)
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.OPEN, editable=False
    )
    received_on = models.DateField(_("received on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="campaign_responses"
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="campaign_responses"
    )
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    company = models.CharField(_("company"), max_length=160, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    description = models.TextField(_("description"), blank=True)
    lead = models.ForeignKey(
        Lead, models.SET_NULL, null=True, editable=False, related_name="campaign_responses"
    )
    search_text = search_text("subject", "first_name", "last_name", "company", "email", "phone")

    objects = CampaignResponseQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("campaign response")
        verbose_name_plural = _("campaign responses")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(account__isnull=False)
                | models.Q(contact__isnull=False)
                | ~models.Q(last_name="", company="", email=""),
                name="campaignresponse_has_sender",
                violation_error_message=_(
                    "Say who answered: choose somebody, or give a last name, a company or an"
                    " e-mail address."
                ),
            ),
            models.CheckConstraint(
                condition=~models.Q(subject=""), name="campaignresponse_has_subject"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
                name="campaignresponse_closed_at",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def who(self) -> Any:
        """The record it came from, else the name that was given."""
        typed = f"{self.first_name} {self.last_name}".strip()
        return self.contact or self.account or typed or self.company or self.email
