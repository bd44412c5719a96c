from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from crm.models import Currency, Record, number_trigger, search_text
from sales_docs.models import Product
from service.querysets import ContractLineQuerySet, ContractQuerySet

MOST_UNITS = 1_000_000


class Contract(Record):
    """One row is what a customer may expect of our service, for how long and at what price."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        INVOICED = "invoiced", _("Invoiced")
        ACTIVE = "active", _("Active")
        ON_HOLD = "on_hold", _("On hold")
        CANCELED = "canceled", _("Canceled")
        EXPIRED = "expired", _("Expired")

    class Level(models.TextChoices):
        GOLD = "gold", _("Gold")
        SILVER = "silver", _("Silver")
        BRONZE = "bronze", _("Bronze")

    class Billing(models.TextChoices):
        ONCE = "once", _("Once")
        MONTHLY = "monthly", _("Monthly")
        QUARTERLY = "quarterly", _("Quarterly")
        YEARLY = "yearly", _("Yearly")

    name = models.CharField(_("name"), max_length=160)
    number = models.CharField(
        _("number"),
        max_length=40,
        blank=True,
        editable=False,
        help_text=_("A renewal carries the number it renews."),
    )
    term = models.PositiveSmallIntegerField(_("term"), default=1, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="contracts", db_index=False)
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="contracts"
    )
    state = models.CharField(
        _("status"), max_length=8, choices=State, default=State.DRAFT, editable=False
    )
    level = models.CharField(_("service level"), max_length=8, choices=Level, blank=True)
    billing = models.CharField(_("billed"), max_length=10, choices=Billing, default=Billing.ONCE)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    canceled_on = models.DateField(_("canceled on"), null=True, blank=True, editable=False)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    total = models.DecimalField(
        _("total"), max_digits=20, decimal_places=4, default=0, editable=False
    )
    renews = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="renewals",
        verbose_name=_("renews"),
        db_index=False,
    )
    description = models.TextField(_("description"), blank=True)
    search_text = search_text("name", "number")

    objects = ContractQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        triggers = [*Record.Meta.triggers, number_trigger("contract")]
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["account", "state", "ends_on"], name="contract_account"),
            models.Index(
                fields=["starts_on"],
                name="contract_to_start",
                condition=models.Q(state="invoiced"),
            ),
            models.Index(
                fields=["ends_on"],
                name="contract_to_end",
                condition=models.Q(state__in=["invoiced", "active"]),
            ),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name=""), name="contract_has_name"),
            models.UniqueConstraint(fields=["number", "term"], name="contract_number_term"),
            models.UniqueConstraint(
                fields=["renews"],
                condition=models.Q(deleted_at__isnull=True),
                name="contract_renewed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="contract_dates",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(state="canceled", canceled_on__isnull=False)
                | (~models.Q(state="canceled") & models.Q(canceled_on__isnull=True)),
                name="contract_canceled_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_number(self) -> str:
        """The number, with the term where it was renewed: CON-00012, CON-00012-2."""
        return self.number if self.term == 1 else f"{self.number}-{self.term}"


class ContractLine(models.Model):
    """One row is one thing a contract grants: so many cases, so many minutes, or cover by date."""

    class Allotment(models.TextChoices):
        CASES = "cases", _("A number of requests")
        MINUTES = "minutes", _("Working minutes")
        DATES = "dates", _("Everything between two days")

    class State(models.TextChoices):
        EXISTING = "existing", _("In place")
        RENEWED = "renewed", _("Renewed")
        CANCELED = "canceled", _("Canceled")
        EXPIRED = "expired", _("Expired")

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("title"), max_length=160)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="contract_lines"
    )
    serial_number = models.CharField(_("serial number"), max_length=80, blank=True)
    state = models.CharField(
        _("status"), max_length=8, choices=State, default=State.EXISTING, editable=False
    )
    allotment = models.CharField(
        _("what it grants"), max_length=8, choices=Allotment, default=Allotment.CASES
    )
    total = models.PositiveIntegerField(
        _("how many"), null=True, blank=True, validators=[MaxValueValidator(MOST_UNITS)]
    )
    starts_on = models.DateField(_("covered from"))
    ends_on = models.DateField(_("covered until"))
    price = models.DecimalField(
        _("price"),
        max_digits=20,
        decimal_places=4,
        default=0,
        validators=[MinValueValidator(0)],
    )
    discount = models.DecimalField(
        _("discount"),
        max_digits=20,
        decimal_places=4,
        default=0,
        validators=[MinValueValidator(0)],
    )

    objects = ContractLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a contract")
        verbose_name_plural = _("lines of contracts")
        ordering = ("contract_id", "position", "id")
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="contractline_has_title"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="contractline_dates",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(allotment="dates", total__isnull=True)
                | (~models.Q(allotment="dates") & models.Q(total__gte=1)),
                name="contractline_total",
                violation_error_message=_("Say how many; cover between two days has no number."),
            ),
            models.CheckConstraint(
                condition=models.Q(price__gte=0, discount__gte=0)
                & models.Q(discount__lte=models.F("price")),
                name="contractline_price",
                violation_error_message=_("The discount is larger than the price."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def net(self) -> Decimal:
        return self.price - self.discount
