from django.db import models
from django.utils.translation import gettext_lazy as _

from sales_docs.models.document import DocumentLine


class OpportunityLine(DocumentLine):
    """One row is something a customer may buy, on an opportunity."""

    document = models.ForeignKey("opportunities.Opportunity", models.CASCADE, related_name="lines")

    class Meta(DocumentLine.Meta):
        verbose_name = _("line")
        verbose_name_plural = _("lines")
