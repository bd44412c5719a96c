"""What the company sets once for everybody."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Currency(models.Model):
    """One row is a currency the company trades in, with its rate to the base currency."""

    code = models.CharField(_("ISO code"), max_length=3, primary_key=True)
    rate = models.DecimalField(
        _("rate"),
        max_digits=18,
        decimal_places=8,
        default=1,
        validators=[MinValueValidator(0)],
        help_text=_("Units of this currency for one unit of the base currency."),
    )
    is_base = models.BooleanField(_("base currency"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="crm_currency_rate"),
            models.UniqueConstraint(
                fields=["is_base"], condition=models.Q(is_base=True), name="crm_currency_one_base"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CompanySettings(models.Model):
    """The single row of settings of the company that uses the system."""

    name = models.CharField(_("company name"), max_length=120, default="CRM")
    address = models.TextField(_("postal address"), blank=True)
    registration = models.TextField(
        _("registration lines"), blank=True, help_text=_("Shown at the foot of documents.")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    payment_details = models.TextField(_("payment details"), blank=True)
    document_terms = models.TextField(_("terms on documents"), blank=True)
    fiscal_year_start = models.PositiveSmallIntegerField(_("fiscal year starts in"), default=1)
    bin_days = models.PositiveSmallIntegerField(
        _("days in the bin"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_(
            "What is deleted can be restored, and what was done undone, for so many days. "
            "Then it is erased for good."
        ),
    )
    notification_days = models.PositiveSmallIntegerField(
        _("days notifications are kept"),
        default=60,
        db_default=60,
        validators=[MinValueValidator(7), MaxValueValidator(3650)],
        help_text=_("Older ones are taken away, whether they were read or not."),
    )

    class Meta:
        verbose_name = _("company settings")
        verbose_name_plural = _("company settings")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="crm_company_single"),
            models.CheckConstraint(
                condition=models.Q(fiscal_year_start__gte=1, fiscal_year_start__lte=12),
                name="crm_company_fiscal_month",
            ),
        ]

    def __str__(self) -> str:
        return self.name
