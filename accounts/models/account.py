from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.models.address import MainAddress, ShippingAddress
from accounts.models.industry import Industry
from accounts.models.reach import Reachable
from accounts.models.web import WebAddressField
from accounts.querysets import AccountQuerySet
from crm.models import Currency, Record, number_field, number_trigger, search_text
from crm.models.querysets import Folded


class Account(MainAddress, ShippingAddress, Reachable, Record):
    """One row is an organisation the company sells to, buys from or competes with."""

    class Relationship(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        CUSTOMER = "customer", _("Customer")
        PARTNER = "partner", _("Partner")
        SUPPLIER = "supplier", _("Supplier")
        COMPETITOR = "competitor", _("Rival")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=160)
    number = number_field()
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name=_("belongs to"),
    )
    relationship = models.CharField(
        _("relationship"), max_length=12, choices=Relationship, default=Relationship.PROSPECT
    )
    customer_since_on = models.DateField(_("customer since"), null=True, blank=True)
    industry = models.CharField(_("industry"), max_length=24, choices=Industry, blank=True)
    annual_revenue = models.DecimalField(
        _("annual revenue"),
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("currency"),
    )
    employees = models.PositiveIntegerField(
        _("employees"), null=True, blank=True, validators=[MaxValueValidator(10_000_000)]
    )
    founded_year = models.PositiveSmallIntegerField(
        _("founded in"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1000), MaxValueValidator(2200)],
    )
    website = WebAddressField(_("website"), blank=True)
    primary_contact = models.ForeignKey(
        "accounts.Contact",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("main person"),
    )
    description = models.TextField(_("description"), blank=True)
    search_text = search_text("name", "number", "email", "phone", "city", "website")

    objects = AccountQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        triggers = [*Record.Meta.triggers, number_trigger("account")]
        indexes = [
            *Record.Meta.indexes,
            models.Index(Folded("name"), "id", name="account_name"),
            models.Index(Upper("name"), name="account_same_name"),
            models.Index(fields=["industry"], include=["id"], name="account_industry"),
            models.Index(Upper("email"), name="account_email"),
            models.Index(Upper("website"), name="account_website"),
            models.Index(Upper("phone"), name="account_phone"),
            GinIndex(OpClass("name", "gin_trgm_ops"), name="account_alike"),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name=""), name="account_has_name"),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="account_not_own_parent",
                violation_error_message=_("It cannot belong to itself."),
            ),
            models.CheckConstraint(
                condition=models.Q(annual_revenue__isnull=True) | models.Q(annual_revenue__gte=0),
                name="account_revenue_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name
