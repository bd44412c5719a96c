from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Record, number_trigger, search_text
from sales_docs.models.document import (
    Document,
    DocumentLine,
    a_customer_is_named,
    amounts_are_in_range,
)
from sales_docs.querysets import QuoteQuerySet


class Quote(Document):
    """One row is one revision of an offer to a customer."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        WON = "won", _("Won")
        CLOSED = "closed", _("Closed")

    class Reason(models.TextChoices):
        NONE = "", _("None")
        LOST = "lost", _("Lost")
        CANCELED = "canceled", _("Canceled")
        REVISED = "revised", _("Revised")

    number = models.CharField(_("number"), max_length=40, blank=True, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    revises = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="revised_by",
        verbose_name=_("revision of"),
    )
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.DRAFT, editable=False
    )
    reason = models.CharField(
        _("reason"), max_length=8, choices=Reason, default="", blank=True, editable=False
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    requested_delivery_on = models.DateField(_("requested delivery"), null=True, blank=True)
    activated_at = models.DateTimeField(_("sent"), null=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    closing_note = models.TextField(_("closing note"), blank=True, editable=False)
    search_text = search_text("name", "number", "customer_reference")

    objects = QuoteQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        triggers = [*Record.Meta.triggers, number_trigger("quote")]
        constraints = [
            *Record.Meta.constraints,
            a_customer_is_named("quote"),
            amounts_are_in_range("quote"),
            models.UniqueConstraint(fields=["number", "revision"], name="quote_number"),
            models.CheckConstraint(
                condition=models.Q(state="closed", reason__in=("lost", "canceled", "revised"))
                | (~models.Q(state="closed") & models.Q(reason="")),
                name="quote_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="quote_dates",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    @property
    def number_and_revision(self) -> str:
        if not self.revision:
            return self.number
        words = {"number": self.number, "revision": self.revision}
        return gettext("%(number)s, revision %(revision)s") % words


class QuoteLine(DocumentLine):
    """One row is a line of a quote."""

    document = models.ForeignKey(Quote, models.CASCADE, related_name="lines")

    class Meta(DocumentLine.Meta):
        verbose_name = _("line")
        verbose_name_plural = _("lines")
