from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from crm.models import User
from service.models.contract import ContractLine


class CaseCover(models.Model):
    """One row says that a case is served under a line of a contract."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="cover")
    line = models.ForeignKey(ContractLine, models.PROTECT, related_name="covers")

    class Meta:
        verbose_name = _("cover")
        verbose_name_plural = _("covers")

    def __str__(self) -> str:
        return f"{self.case_id}:{self.line_id}"


class AllotmentEntry(models.Model):
    """One row takes from, or gives back to, what a contract line grants. Never changed."""

    class Reason(models.TextChoices):
        RESOLVED = "resolved", _("Resolved")
        REACTIVATED = "reactivated", _("Taken up again")
        UNDONE = "undone", _("Undone")

    line = models.ForeignKey(ContractLine, models.PROTECT, related_name="entries")
    case = models.ForeignKey(Case, models.PROTECT, related_name="allotment_entries")
    amount = models.IntegerField(
        _("amount"), help_text=_("Negative where something was used, positive where given back.")
    )
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    refunds = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="refund"
    )
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("entry of an allotment")
        verbose_name_plural = _("entries of allotments")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__lte=0, refunds__isnull=True, reason="resolved")
                | models.Q(
                    amount__gte=0,
                    refunds__isnull=False,
                    reason__in=["reactivated", "undone"],
                ),
                name="allotmententry_sign",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.amount:+}"
