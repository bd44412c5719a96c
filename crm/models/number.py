from django.db import models
from django.utils.translation import gettext_lazy as _


class NumberSeries(models.Model):
    """One row is the format of the numbers of one record type.

    Numbers come from a database sequence and may have gaps; invoices have a series of
    their own without gaps.
    """

    key = models.CharField(_("record type"), max_length=40, primary_key=True)
    prefix = models.CharField(_("prefix"), max_length=12, blank=True)
    digits = models.PositiveSmallIntegerField(_("digits"), default=5)

    class Meta:
        verbose_name = _("number format")
        verbose_name_plural = _("number formats")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(digits__gte=3, digits__lte=12), name="crm_number_digits"
            )
        ]

    def __str__(self) -> str:
        return self.prefix + "1".rjust(self.digits, "0")
