from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Currency, Record
from crm.values.money import MAX_EXPONENT, Rounding
from sales_docs.models.columns import amount_column, percent_column, total_column
from sales_docs.models.price_list import PriceList
from sales_docs.models.tax import TaxCode
from sales_docs.pricing.values import DiscountMode


class DiscountModeChoice(models.TextChoices):
    PER_LINE = DiscountMode.PER_LINE.value, _("For the line")
    PER_UNIT = DiscountMode.PER_UNIT.value, _("For each unit")


class RoundingChoice(models.TextChoices):
    HALF_UP = Rounding.HALF_UP.value, _("Half up")
    HALF_EVEN = Rounding.HALF_EVEN.value, _("Half to even")


def a_customer_is_named(table: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(account__isnull=False) | models.Q(contact__isnull=False),
        name=f"{table}_customer",
        violation_error_message=_("Say whom it is for: a company, a person or both."),
    )


def amounts_are_in_range(table: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(
            discount_percent__gte=0,
            discount_percent__lte=100,
            decimal_places__lte=MAX_EXPONENT,
        ),
        name=f"{table}_amounts",
    )


class Document(Record):
    """The header that quotes, orders and invoices share. Totals are written by services only.

    How discounts, rounding and decimals work is kept on the document, so that a later change of
    settings or standards never changes a document that exists.
    """

    name = models.CharField(_("subject"), max_length=200)
    account = models.ForeignKey(
        "accounts.Account", models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    contact = models.ForeignKey(
        "accounts.Contact", models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    opportunity = models.ForeignKey(
        "opportunities.Opportunity",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="%(class)ss",
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    price_list = models.ForeignKey(
        PriceList, models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    customer_reference = models.CharField(_("customer's reference"), max_length=80, blank=True)
    payment_terms = models.CharField(_("payment terms"), max_length=120, blank=True)
    shipping_terms = models.CharField(_("shipping terms"), max_length=120, blank=True)
    billing_name = models.CharField(
        _("billed to"),
        max_length=200,
        blank=True,
        help_text=_("Empty: the customer's name."),
    )
    billing_address = models.TextField(_("billing address"), blank=True)
    delivery_name = models.CharField(_("delivered to"), max_length=200, blank=True)
    delivery_address = models.TextField(_("delivery address"), blank=True)
    description = models.TextField(
        _("introduction"), blank=True, help_text=_("Printed above the lines.")
    )
    terms = models.TextField(
        _("terms"), blank=True, help_text=_("Printed below. Empty: the company's terms.")
    )

    discount_mode = models.CharField(
        _("line discounts"),
        max_length=8,
        choices=DiscountModeChoice,
        default=DiscountModeChoice.PER_LINE,
    )
    rounding = models.CharField(
        _("rounding"),
        max_length=9,
        choices=RoundingChoice,
        default=RoundingChoice.HALF_UP,
        editable=False,
    )
    decimal_places = models.PositiveSmallIntegerField(_("decimals"), default=2, editable=False)
    discount_percent = percent_column(_("discount in percent"))
    discount_amount = amount_column(_("discount"))
    freight_amount = amount_column(_("freight"))
    freight_tax_code = models.ForeignKey(
        TaxCode,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tax on freight"),
    )
    freight_tax_name = models.CharField(max_length=80, blank=True, editable=False)
    freight_tax_rate = models.DecimalField(
        max_digits=7, decimal_places=4, default=0, editable=False
    )

    detail_amount = total_column(_("lines"))
    total_line_discount = total_column(_("discounts on lines"))
    header_discount = total_column(_("discount on the whole"))
    freight_tax = total_column(_("tax on freight"))
    total_tax = total_column(_("tax"))
    total_amount = total_column(_("total"))
    request_key = models.UUIDField(
        null=True,
        unique=True,
        editable=False,
        help_text=_("Names the request that made it, so that a repeated one makes no other."),
    )
    lines_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Record.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def customer(self) -> Any:
        """Whom the document is for: the company where there is one, else the person."""
        return self.account or self.contact


class PriceSource(models.TextChoices):
    """Where a line's price comes from; a catalogue price follows the catalogue while unlocked."""

    CATALOGUE = "catalogue", _("Price list")
    TYPED = "typed", _("Typed")
    LOCKED = "locked", _("Agreed")


class DocumentLine(models.Model):
    """What every line has. `document` is the concrete line's link to its document."""

    position = models.PositiveIntegerField(_("position"))
    product = models.ForeignKey(
        "sales_docs.Product", models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=60, blank=True)
    description = models.TextField(_("description"), blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=5)
    price_source = models.CharField(max_length=9, choices=PriceSource, editable=False)
    price_per_unit = models.DecimalField(_("price per unit"), max_digits=20, decimal_places=6)
    is_price_missing = models.BooleanField(default=False, editable=False)
    discount_percent = percent_column(_("discount in percent"))
    discount_amount = models.DecimalField(_("discount"), max_digits=20, decimal_places=6, default=0)
    tax_code = models.ForeignKey(
        TaxCode, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax")
    )
    tax_name = models.CharField(max_length=80, blank=True, editable=False)
    tax_rate = models.DecimalField(
        _("tax rate"), max_digits=7, decimal_places=4, default=0, editable=False
    )
    typed_tax = models.DecimalField(
        _("typed tax"), max_digits=20, decimal_places=MAX_EXPONENT, null=True, blank=True
    )
    is_agreed = models.BooleanField(
        default=False,
        editable=False,
        help_text=_("The amounts are a part of another document's and are not computed again."),
    )

    volume_discount = models.DecimalField(
        _("volume discount"), max_digits=20, decimal_places=6, default=0, editable=False
    )
    base_amount = total_column(_("amount"))
    line_discount = total_column(_("discount on the line"))
    header_discount = total_column(_("share of the discount"))
    net_amount = total_column(_("net"))
    tax_amount = total_column(_("tax"))
    extended_amount = total_column(_("amount with tax"))
    price_trace = models.JSONField(default=list, editable=False)

    class Meta:
        abstract = True
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(condition=~models.Q(quantity=0), name="%(class)s_quantity"),
            models.CheckConstraint(
                condition=models.Q(
                    net_amount=models.F("base_amount")
                    - models.F("line_discount")
                    - models.F("header_discount")
                ),
                name="%(class)s_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.name}"

    def copy_to(self, model: "type[Self]", **values: Any) -> "DocumentLine":
        """An unsaved line of another document with what this one says and comes to."""
        shared = {
            field.attname: getattr(self, field.attname) for field in DocumentLine._meta.local_fields
        }
        return model(**{**shared, **values})
