from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from crm.models import Currency, Record, number_field, number_trigger, search_text
from crm.models.querysets import Folded
from opportunities.models.choices import BudgetStatus, PurchaseProcess, Rating, Timeframe
from opportunities.models.competitor import Competitor
from opportunities.querysets import OpportunityQuerySet


def _amount(label: Any, **options: Any) -> models.DecimalField:
    return models.DecimalField(
        label,
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        **options,
    )


class Opportunity(Record):
    """One row is a deal that may be won: with whom, for how much, and how far it has come."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    class Reason(models.TextChoices):
        IN_PROGRESS = "in_progress", _("Open")
        ON_HOLD = "on_hold", _("On hold")
        WON = "won", _("Won")
        CANCELED = "canceled", _("Canceled")
        OUT_SOLD = "out_sold", _("Out-sold")

    class Stage(models.TextChoices):
        QUALIFY = "qualify", _("Qualify")
        DEVELOP = "develop", _("Develop")
        PROPOSE = "propose", _("Propose")
        CLOSE = "close", _("Close")

    class Forecast(models.TextChoices):
        PIPELINE = "pipeline", _("Pipeline")
        BEST_CASE = "best_case", _("Best case")
        COMMITTED = "committed", _("Committed")
        OMITTED = "omitted", _("Left out")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    DEFAULT_PROBABILITY = 20

    name = models.CharField(_("topic"), max_length=200)
    number = number_field()
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="opportunities"
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="opportunities"
    )
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.OPEN, editable=False
    )
    reason = models.CharField(
        _("status"), max_length=12, choices=Reason, default=Reason.IN_PROGRESS, editable=False
    )
    stage = models.CharField(_("stage"), max_length=8, choices=Stage, default=Stage.QUALIFY)
    stage_entered_at = models.DateTimeField(_("in stage since"), db_default=Now(), editable=False)

    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    price_list = models.ForeignKey(
        "sales_docs.PriceList",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="opportunities",
    )
    estimated_revenue = _amount(_("est. revenue"))
    is_revenue_calculated = models.BooleanField(
        _("revenue from lines"),
        default=False,
        help_text=_("The estimated revenue is then the total of the lines."),
    )
    actual_revenue = _amount(_("actual revenue"), editable=False)
    probability = models.PositiveSmallIntegerField(
        _("probability"), default=DEFAULT_PROBABILITY, validators=[MaxValueValidator(100)]
    )
    forecast = models.CharField(
        _("forecast"), max_length=12, choices=Forecast, default=Forecast.PIPELINE
    )
    rating = models.CharField(_("rating"), max_length=8, choices=Rating, default=Rating.WARM)
    engaged_on = models.DateField(_("first engaged"), null=True, blank=True)
    est_close_on = models.DateField(_("est. close date"), null=True, blank=True)
    closed_on = models.DateField(_("actual close date"), null=True, blank=True, editable=False)

    timeframe = models.CharField(_("timeframe"), max_length=16, choices=Timeframe, blank=True)
    purchase_process = models.CharField(
        _("purchase process"), max_length=12, choices=PurchaseProcess, blank=True
    )
    budget_amount = _amount(_("budget"))
    budget_status = models.CharField(
        _("budget status"), max_length=12, choices=BudgetStatus, blank=True
    )
    has_decision_maker = models.BooleanField(_("decision maker known"), default=False)
    current_situation = models.TextField(_("current situation"), blank=True)
    customer_need = models.TextField(_("need"), blank=True)
    pain_points = models.TextField(_("pain points"), blank=True)
    proposed_solution = models.TextField(_("proposed solution"), blank=True)
    description = models.TextField(_("description"), blank=True)

    has_stakeholders = models.BooleanField(_("stakeholders identified"), default=False)
    has_rivals = models.BooleanField(_("rivals identified"), default=False)
    has_sales_team = models.BooleanField(_("sales team identified"), default=False)
    has_proposal = models.BooleanField(_("proposal developed"), default=False)
    has_review = models.BooleanField(_("reviewed internally"), default=False)
    has_presented = models.BooleanField(_("proposal presented"), default=False)
    has_final_proposal = models.BooleanField(_("final proposal completed"), default=False)
    has_presented_final = models.BooleanField(_("final proposal presented"), default=False)
    decision_on = models.DateField(_("decision date"), null=True, blank=True)
    has_thanked = models.BooleanField(_("thank-you sent"), default=False)
    has_debrief = models.BooleanField(_("debrief filed"), default=False)

    competitors = models.ManyToManyField(Competitor, blank=True, related_name="opportunities")
    lost_to = models.ForeignKey(
        Competitor,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="won_against_us",
        verbose_name=_("lost to"),
    )
    originating_lead = models.ForeignKey(
        "leads.Lead",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="opportunities",
    )
    campaign = models.ForeignKey(
        "marketing.Campaign",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="opportunities",
    )
    search_text = search_text("name", "number")

    objects = OpportunityQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        triggers = [*Record.Meta.triggers, number_trigger("opportunity")]
        indexes = [
            *Record.Meta.indexes,
            models.Index(
                fields=["stage", "est_close_on", "id"],
                name="opportunity_open_stage",
                condition=models.Q(state="open", deleted_at__isnull=True),
            ),
            models.Index(
                fields=["owner", "est_close_on", "id"],
                name="opportunity_open_owner",
                condition=models.Q(state="open", deleted_at__isnull=True),
            ),
            models.Index(Folded("name"), "id", name="opportunity_name"),
            models.Index(
                "stage",
                "rating",
                models.F("est_close_on").desc(nulls_last=True),
                models.F("id").desc(),
                name="opportunity_stage",
                include=["account"],
                condition=models.Q(deleted_at__isnull=True),
            ),
            # In the order of the lists: empty values last, whichever way it goes.
            models.Index(
                fields=["est_close_on", "id"],
                name="opportunity_open_close",
                condition=models.Q(state="open", deleted_at__isnull=True),
            ),
            models.Index(
                models.F("est_close_on").desc(nulls_last=True),
                models.F("id").desc(),
                name="opportunity_close",
            ),
            models.Index(
                models.F("estimated_revenue").desc(nulls_last=True),
                models.F("id").desc(),
                name="opportunity_revenue",
            ),
            models.Index(
                "state",
                models.F("closed_on").desc(nulls_last=True),
                models.F("id").desc(),
                name="opportunity_closed",
            ),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name=""), name="opportunity_has_topic"),
            models.CheckConstraint(
                condition=models.Q(probability__lte=100), name="opportunity_probability"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", reason__in=["in_progress", "on_hold"])
                | models.Q(state="won", reason="won")
                | models.Q(state="lost", reason__in=["canceled", "out_sold"]),
                name="opportunity_reason_of_state",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="open", forecast__in=["pipeline", "best_case", "committed", "omitted"]
                )
                | models.Q(state="won", forecast="won")
                | models.Q(state="lost", forecast="lost"),
                name="opportunity_forecast_of_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_on=None, actual_revenue=None)
                | ~models.Q(state="open"),
                name="opportunity_open_has_no_actuals",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def held(self, name: str) -> Any:
        """A field's value; of a link its id, without fetching what it links to."""
        field: Any = self._meta.get_field(name)
        return getattr(self, field.attname)
