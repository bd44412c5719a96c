from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Record, number_field, number_trigger, search_text
from crm.models.querysets import Folded
from marketing.models.columns import amount, currency, in_order, not_negative
from marketing.models.marketing_list import MarketingList
from marketing.querysets import CampaignQuerySet


class Campaign(Record):
    """One row is a plan to win customers: its budget, its mailings and what came of them."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        READY = "ready", _("Ready to launch")
        LAUNCHED = "launched", _("Launched")
        COMPLETED = "completed", _("Completed")
        CANCELED = "canceled", _("Canceled")
        SUSPENDED = "suspended", _("Suspended")

    class Kind(models.TextChoices):
        ADVERTISEMENT = "advertisement", _("Advertisement")
        DIRECT = "direct", _("Direct marketing")
        EVENT = "event", _("Event")
        CO_BRANDING = "co_branding", _("Co-branding")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=160)
    number = number_field()
    kind = models.CharField(_("type"), max_length=16, choices=Kind, default=Kind.DIRECT)
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.PROPOSED, editable=False
    )
    proposed_start_on = models.DateField(_("planned start"), null=True, blank=True)
    proposed_end_on = models.DateField(_("planned end"), null=True, blank=True)
    actual_start_on = models.DateField(_("started"), null=True, blank=True)
    actual_end_on = models.DateField(_("ended"), null=True, blank=True)
    currency = currency()
    budget = amount(_("budget"))
    misc_costs = amount(_("other costs"))
    estimated_revenue = amount(_("expected revenue"))
    expected_response = models.DecimalField(
        _("expected response"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Percent of the people who are reached."),
    )
    offer = models.TextField(_("offer"), blank=True)
    description = models.TextField(_("description"), blank=True)
    lists = models.ManyToManyField(
        MarketingList, blank=True, editable=False, related_name="campaigns"
    )
    search_text = search_text("name", "number", "offer")

    objects = CampaignQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        triggers = [*Record.Meta.triggers, number_trigger("campaign")]
        indexes = [
            *Record.Meta.indexes,
            models.Index(Folded("name"), "id", name="campaign_name"),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name=""), name="campaign_has_name"),
            models.CheckConstraint(
                condition=not_negative("budget", "misc_costs", "estimated_revenue"),
                name="campaign_amounts_positive",
            ),
            models.CheckConstraint(
                condition=in_order("proposed_start_on", "proposed_end_on"),
                name="campaign_planned_in_order",
                violation_error_message=_("The planned end comes before the planned start."),
            ),
            models.CheckConstraint(
                condition=in_order("actual_start_on", "actual_end_on"),
                name="campaign_dates_in_order",
                violation_error_message=_("The end comes before the start."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
