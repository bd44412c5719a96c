from decimal import Decimal

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Record, search_text
from sales_docs.models.columns import amount_column
from sales_docs.models.document import (
    Document,
    DocumentLine,
    a_customer_is_named,
    amounts_are_in_range,
)
from sales_docs.models.order import Order, OrderLine
from sales_docs.querysets import InvoiceQuerySet

POSTED_STAYS = (
    "number",
    "kind",
    "fiscal_year",
    "issued_on",
    "due_on",
    "currency_id",
    "decimal_places",
    "billing_name",
    "billing_address",
    "delivery_name",
    "delivery_address",
    "customer_reference",
    "payment_terms",
    "description",
    "terms",
    "discount_percent",
    "discount_amount",
    "freight_amount",
    "freight_tax",
    "freight_tax_name",
    "freight_tax_rate",
    "rounding",
    "total_line_discount",
    "detail_amount",
    "header_discount",
    "total_tax",
    "total_amount",
    "order_id",
    "credits_id",
    "posted_at",
)


class InvoiceSeries(models.Model):
    """One row is a series of invoice numbers; it has no gaps within a fiscal year."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Bills")
        CREDIT = "credit", _("Credit notes")

    kind = models.CharField(_("used for"), max_length=8, choices=Kind, unique=True)
    format = models.CharField(
        _("format"),
        max_length=40,
        help_text=_(
            "Text with {number:5}, {fiscal}, {year}, {yy} or {month}. "
            "{fiscal} must be in it, because numbers begin again each fiscal year."
        ),
    )

    class Meta:
        verbose_name = _("series of numbers without gaps")
        verbose_name_plural = _("series of numbers without gaps")
        ordering = ("kind",)

    def __str__(self) -> str:
        return self.format


class InvoiceCounter(models.Model):
    """One row is the last number given in a series in one fiscal year.

    It is locked from the moment a number is taken until the invoice is written, and rolls back
    with it: so numbers have no gaps and follow their dates.
    """

    series = models.ForeignKey(InvoiceSeries, models.PROTECT, related_name="counters")
    fiscal_year = models.PositiveIntegerField()
    last_number = models.PositiveIntegerField(default=0)
    last_issued_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "fiscal_year"], name="invoicecounter_once")
        ]

    def __str__(self) -> str:
        return f"{self.series_id}:{self.fiscal_year}"


class Invoice(Document):
    """One row is a bill, or a credit note against one. Without a number it is a draft."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Bill")
        CREDIT = "credit", _("Credit note")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")
        PAID = "paid", _("Paid")
        CREDITED = "credited", _("Credited")
        CANCELED = "canceled", _("Canceled")

    number = models.CharField(_("number"), max_length=40, blank=True, editable=False)
    kind = models.CharField(
        _("kind"), max_length=8, choices=Kind, default=Kind.INVOICE, editable=False
    )
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.DRAFT, editable=False
    )
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, editable=False, related_name="invoices"
    )
    order_percent = models.DecimalField(
        _("part of the whole, in percent"),
        max_digits=9,
        decimal_places=6,
        null=True,
        editable=False,
    )
    credits = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="credit_note",
        verbose_name=_("corrects"),
    )
    fiscal_year = models.PositiveIntegerField(null=True, editable=False)
    issued_on = models.DateField(_("date"), null=True, editable=False)
    due_on = models.DateField(_("due"), null=True, blank=True)
    posted_at = models.DateTimeField(_("posted"), null=True, editable=False)
    paid_amount = amount_column(_("paid"), editable=False)
    paid_on = models.DateField(_("paid on"), null=True, editable=False)
    search_text = search_text("name", "number", "customer_reference")

    objects = InvoiceQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        triggers = [
            *Record.Meta.triggers,
            pgtrigger.Protect(
                name="posted_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.number <> '' AND ("
                    + " OR ".join(
                        f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in POSTED_STAYS
                    )
                    + ")"
                ),
            ),
            pgtrigger.Protect(
                name="posted_not_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.number <> ''"),
            ),
        ]
        constraints = [
            *Record.Meta.constraints,
            a_customer_is_named("invoice"),
            amounts_are_in_range("invoice"),
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(number=""), name="invoice_number"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "canceled"), number="")
                | (
                    models.Q(state__in=("posted", "paid", "credited"))
                    & ~models.Q(number="")
                    & models.Q(
                        issued_on__isnull=False,
                        fiscal_year__isnull=False,
                        posted_at__isnull=False,
                    )
                ),
                name="invoice_number_when_posted",
            ),
            models.CheckConstraint(
                condition=models.Q(number="") | models.Q(deleted_at__isnull=True),
                name="invoice_posted_not_binned",
            ),
        ]

    @property
    def balance(self) -> Decimal:
        """What is still to be paid; below zero on a credit note whose payments go back.

        Nothing of what was canceled or credited: the credit note holds what was paid of it.
        """
        if self.state in (self.State.CREDITED, self.State.CANCELED):
            return Decimal(0)
        return self.total_amount - self.paid_amount

    @property
    def number_or_kind(self) -> str:
        """A draft has no number yet."""
        return self.number or self.get_kind_display()

    @property
    def is_part(self) -> bool:
        """Whether its amounts are settled elsewhere, and are not computed from prices again."""
        return self.order_id is not None or self.credits_id is not None


class InvoiceLine(DocumentLine):
    """One row is a line of an invoice."""

    document = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(
        OrderLine, models.PROTECT, null=True, editable=False, related_name="invoice_lines"
    )

    class Meta(DocumentLine.Meta):
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        triggers = [
            pgtrigger.Trigger(
                name="posted_stays",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("owner_number", "text")],
                func=(
                    "SELECT number INTO owner_number FROM sales_docs_invoice WHERE id = "
                    "CASE WHEN TG_OP = 'DELETE' THEN OLD.document_id ELSE NEW.document_id END; "
                    "IF owner_number <> '' THEN "
                    "RAISE EXCEPTION 'lines of a posted invoice never change' "
                    "USING ERRCODE = '23514'; END IF; "
                    "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
                ),
            )
        ]


class Payment(models.Model):
    """One row is money received for an invoice."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    amount = amount_column(_("amount"))
    paid_on = models.DateField(_("paid on"))
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    recorded_by = models.ForeignKey("crm.Principal", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("paid_on", "id")
        constraints = [models.CheckConstraint(condition=~models.Q(amount=0), name="payment_amount")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.amount}"
