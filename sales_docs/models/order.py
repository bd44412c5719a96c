from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Record, number_field, number_trigger, search_text
from sales_docs.models.columns import amount_column, total_column
from sales_docs.models.document import (
    Document,
    DocumentLine,
    a_customer_is_named,
    amounts_are_in_range,
)
from sales_docs.models.quote import Quote, QuoteLine
from sales_docs.querysets import OrderQuerySet


class Order(Document):
    """One row is what a customer has ordered."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUBMITTED = "submitted", _("Submitted")
        FULFILLED = "fulfilled", _("Fulfilled")
        INVOICED = "invoiced", _("Invoiced")
        CANCELED = "canceled", _("Canceled")

    class Reason(models.TextChoices):
        NONE = "", _("None")
        PENDING = "pending", _("Pending")
        ON_HOLD = "on_hold", _("On hold")
        COMPLETE = "complete", _("Complete")
        PARTIAL = "partial", _("Partial")
        NO_MONEY = "no_money", _("No money")

    number = number_field()
    quote = models.OneToOneField(
        Quote, models.PROTECT, null=True, editable=False, related_name="order"
    )
    state = models.CharField(
        _("state"), max_length=9, choices=State, default=State.ACTIVE, editable=False
    )
    reason = models.CharField(
        _("reason"), max_length=8, choices=Reason, default="", blank=True, editable=False
    )
    billed_amount = total_column(_("invoiced, drafts included"))
    posted_amount = amount_column(_("invoiced"), db_default=0, editable=False)
    bill_count = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text=_("Bills made from it that have not been canceled."),
    )
    are_prices_locked = models.BooleanField(_("prices locked"), default=False, editable=False)
    ordered_on = models.DateField(_("ordered on"), null=True, blank=True)
    requested_delivery_on = models.DateField(_("requested delivery"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    closing_note = models.TextField(_("closing note"), blank=True, editable=False)
    search_text = search_text("name", "number", "customer_reference")

    objects = OrderQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        triggers = [*Record.Meta.triggers, number_trigger("order")]
        constraints = [
            *Record.Meta.constraints,
            a_customer_is_named("order"),
            amounts_are_in_range("order"),
        ]

    @property
    def draft_amount(self) -> Decimal:
        """What stands on invoices that are not posted yet."""
        return self.billed_amount - self.posted_amount


class OrderLine(DocumentLine):
    """One row is a line of an order."""

    document = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    quote_line = models.ForeignKey(
        QuoteLine, models.SET_NULL, null=True, editable=False, related_name="order_lines"
    )

    class Meta(DocumentLine.Meta):
        verbose_name = _("line")
        verbose_name_plural = _("lines")
