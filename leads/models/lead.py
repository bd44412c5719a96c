from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Account,
    Contact,
    FullName,
    Industry,
    MainAddress,
    Reachable,
    WebAddressField,
)
from crm.models import Currency, Record, number_field, number_trigger, search_text
from crm.models.querysets import Folded
from leads.querysets import LeadQuerySet
from opportunities.models import BudgetStatus, Opportunity, PurchaseProcess, Rating, Timeframe


class LeadName(models.Func):
    """The person, else the company, else the topic: what the record is called."""

    output_field = models.TextField()

    def __init__(self, **extra: Any) -> None:
        super().__init__("first_name", "last_name", "company", "topic", **extra)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        parts = (compiler.compile(part)[0] for part in self.get_source_expressions())
        first, last, company, topic = parts
        return (
            f"coalesce(nullif(btrim({first} || ' ' || {last}), ''), nullif({company}, ''), {topic})"
        ), ()


def _amount(label: Any) -> models.DecimalField:
    return models.DecimalField(
        label,
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )


class Lead(MainAddress, Reachable, Record):
    """One row is somebody's interest, not yet worked out into a deal with a customer."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        QUALIFIED = "qualified", _("Qualified")
        DISQUALIFIED = "disqualified", _("Disqualified")

    class Reason(models.TextChoices):
        NEW = "new", _("New")
        CONTACTED = "contacted", _("Contacted")
        QUALIFIED = "qualified", _("Qualified")
        LOST = "lost", _("Lost")
        CANNOT_CONTACT = "cannot_contact", _("Cannot be reached")
        NO_LONGER_INTERESTED = "no_interest", _("No longer interested")
        CANCELED = "canceled", _("Canceled")

    class Source(models.TextChoices):
        ADVERTISEMENT = "advertisement", _("Advertisement")
        EMPLOYEE_REFERRAL = "employee_referral", _("Recommended by a colleague")
        EXTERNAL_REFERRAL = "external_referral", _("Recommended by somebody else")
        PARTNER = "partner", _("Partner")
        PUBLIC_RELATIONS = "public_relations", _("Press")
        EVENT = "event", _("Event")
        MAILING = "mailing", _("Mailing")
        WEB = "web", _("Website")
        PHONE = "phone", _("Phone")
        WORD_OF_MOUTH = "word_of_mouth", _("Word of mouth")
        OTHER = "other", _("Other")

    topic = models.CharField(_("topic"), max_length=200, blank=True)
    number = number_field()
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    company = models.CharField(_("company"), max_length=160, blank=True)
    name = models.GeneratedField(
        expression=LeadName(),
        output_field=models.CharField(max_length=200),
        db_persist=True,
        verbose_name=_("name"),
    )
    full_name = models.GeneratedField(
        expression=FullName(),
        output_field=models.CharField(max_length=161),
        db_persist=True,
        verbose_name=_("person"),
    )
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    mobile = models.CharField(_("mobile phone"), max_length=40, blank=True)
    website = WebAddressField(_("website"), blank=True)
    industry = models.CharField(_("industry"), max_length=24, choices=Industry, blank=True)
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("currency"),
    )
    annual_revenue = _amount(_("annual revenue"))
    employees = models.PositiveIntegerField(
        _("employees"), null=True, blank=True, validators=[MaxValueValidator(10_000_000)]
    )
    source = models.CharField(_("source"), max_length=20, choices=Source, blank=True)
    rating = models.CharField(_("rating"), max_length=8, choices=Rating, default=Rating.WARM)
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.OPEN, editable=False
    )
    reason = models.CharField(
        _("status"), max_length=16, choices=Reason, default=Reason.NEW, editable=False
    )
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    budget_amount = _amount(_("budget"))
    budget_status = models.CharField(
        _("budget status"), max_length=12, choices=BudgetStatus, blank=True
    )
    timeframe = models.CharField(_("timeframe"), max_length=16, choices=Timeframe, blank=True)
    purchase_process = models.CharField(
        _("purchase process"), max_length=12, choices=PurchaseProcess, blank=True
    )
    has_decision_maker = models.BooleanField(_("decision maker known"), default=False)
    need = models.TextField(_("need"), blank=True)
    description = models.TextField(_("description"), blank=True)

    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="leads"
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="leads"
    )
    opportunity = models.ForeignKey(
        Opportunity, models.SET_NULL, null=True, editable=False, related_name="qualified_leads"
    )
    campaign = models.ForeignKey(
        "marketing.Campaign", models.SET_NULL, null=True, blank=True, related_name="leads"
    )
    search_text = search_text(
        "topic", "number", "first_name", "last_name", "company", "email", "phone", "mobile"
    )

    objects = LeadQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        triggers = [*Record.Meta.triggers, number_trigger("lead")]
        indexes = [
            *Record.Meta.indexes,
            models.Index(
                fields=["owner", "-created_at", "-id"],
                name="lead_open_owner",
                condition=models.Q(state="open", deleted_at__isnull=True),
            ),
            models.Index(
                fields=["reason", "-created_at", "-id"],
                name="lead_open_reason",
                condition=models.Q(state="open", deleted_at__isnull=True),
            ),
            models.Index(
                fields=["-created_at", "-id"],
                name="lead_open",
                condition=models.Q(state="open", deleted_at__isnull=True),
            ),
            models.Index(
                "state",
                models.F("closed_at").desc(nulls_last=True),
                models.F("id").desc(),
                name="lead_closed",
            ),
            models.Index(Folded("name"), "id", name="lead_name"),
            models.Index(Upper("email"), name="lead_email"),
            models.Index(Upper("last_name"), Upper("company"), name="lead_same_name"),
            models.Index(Upper("mobile"), name="lead_mobile"),
            models.Index(Upper("phone"), name="lead_phone"),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(last_name="", company="", topic=""),
                name="lead_has_name",
                violation_error_message=_("Give a last name, a company or a topic."),
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", reason__in=["new", "contacted"])
                | models.Q(state="qualified", reason="qualified")
                | models.Q(
                    state="disqualified",
                    reason__in=["lost", "cannot_contact", "no_interest", "canceled"],
                ),
                name="lead_reason_of_state",
            ),
        ]

    def __str__(self) -> str:
        return self.name
