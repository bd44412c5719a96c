from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import WebAddressField
from crm.models import Record, search_text
from crm.models.querysets import Folded


class Competitor(Record):
    """One row is a company that fights for the same deals."""

    name = models.CharField(_("name"), max_length=160)
    website = WebAddressField(_("website"), blank=True)
    key_product = models.CharField(_("best seller"), max_length=160, blank=True)
    overview = models.TextField(_("overview"), blank=True)
    strengths = models.TextField(_("strengths"), blank=True)
    weaknesses = models.TextField(_("weaknesses"), blank=True)
    how_we_win = models.TextField(_("how we win against them"), blank=True)
    search_text = search_text("name", "website", "key_product")

    class Meta(Record.Meta):
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        indexes = [
            *Record.Meta.indexes,
            models.Index(Folded("name"), "id", name="competitor_name"),
            GinIndex(OpClass("name", "gin_trgm_ops"), name="competitor_alike"),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name=""), name="competitor_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
