from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Currency, Record, search_text
from sales_docs.models.columns import price_column
from sales_docs.models.tax import TaxCode
from sales_docs.pricing.prices import QUANTITY_PLACES
from sales_docs.querysets import ProductQuerySet


class Product(Record):
    """One row is something that can be sold, or a family that products are grouped in."""

    class Structure(models.TextChoices):
        PRODUCT = "product", _("Single item")
        FAMILY = "family", _("Family")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    name = models.CharField(_("name"), max_length=160)
    code = models.CharField(_("code"), max_length=60, blank=True)
    structure = models.CharField(
        _("structure"), max_length=8, choices=Structure, default=Structure.PRODUCT
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("family"),
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE)
    description = models.TextField(_("description"), blank=True)
    unit_of_measure = models.CharField(_("unit"), max_length=20, default="pc")
    quantity_decimals = models.PositiveSmallIntegerField(
        _("decimals in quantities"),
        default=2,
        validators=[MaxValueValidator(QUANTITY_PLACES)],
    )
    list_price = price_column(
        _("list price"),
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
    tax_code = models.ForeignKey(
        TaxCode,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tax"),
    )
    valid_from = models.DateField(_("sold from"), null=True, blank=True)
    valid_until = models.DateField(_("sold until"), null=True, blank=True)
    search_text = search_text("name", "code")

    objects = ProductQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["code"],
                condition=~models.Q(code="") & models.Q(deleted_at__isnull=True),
                name="product_code",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="product_dates",
                violation_error_message=_("The last day of sale lies before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(list_price__isnull=True)
                | models.Q(list_price__gte=0, currency__isnull=False),
                name="product_price_has_currency",
                violation_error_message=_("A price needs a currency."),
            ),
            models.CheckConstraint(
                condition=models.Q(structure="product") | models.Q(list_price__isnull=True),
                name="product_family_has_no_price",
                violation_error_message=_("A family has no price; what belongs to it has."),
            ),
            models.CheckConstraint(
                condition=models.Q(quantity_decimals__lte=QUANTITY_PLACES),
                name="product_quantity_decimals",
            ),
        ]

    def __str__(self) -> str:
        return self.name
