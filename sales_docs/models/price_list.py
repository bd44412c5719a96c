from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Currency, Record, search_text
from sales_docs.models.columns import price_column
from sales_docs.models.product import Product
from sales_docs.querysets import PriceListQuerySet


class PriceList(Record):
    """One row is a list of prices in one currency, in force between two days."""

    name = models.CharField(_("name"), max_length=160)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    description = models.TextField(_("description"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    valid_from = models.DateField(_("in force from"), null=True, blank=True)
    valid_until = models.DateField(_("in force until"), null=True, blank=True)
    search_text = search_text("name")

    objects = PriceListQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="pricelist_dates",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceListItem(models.Model):
    """One row is what one unit of a product costs on a price list."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, models.PROTECT, related_name="price_list_items")
    amount = price_column(_("price per unit"), validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ("product__name", "id")
        constraints = [
            models.UniqueConstraint(fields=["price_list", "product"], name="pricelistitem_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="pricelistitem_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.price_list_id}:{self.product_id}"
