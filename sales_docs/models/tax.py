from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class TaxCode(models.Model):
    """One row is a tax that can be put on a line: a rate and what documents call it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    rate = models.DecimalField(
        _("rate in percent"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    note = models.CharField(
        _("note"),
        max_length=200,
        blank=True,
        help_text=_("Printed under the tax summary, for example why no tax is due."),
    )
    is_default = models.BooleanField(_("for new lines"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("tax code")
        verbose_name_plural = _("tax codes")
        ordering = ("-is_default", "code")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rate__gte=0, rate__lte=100), name="taxcode_rate"
            ),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="taxcode_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name
