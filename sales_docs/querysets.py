"""Which products, price lists and documents: by business names."""

from datetime import date
from typing import Self

from django.db.models import F, Q

from crm.models.querysets import RecordQuerySet


def in_force(day: date) -> Q:
    """Rows whose dates, where they have any, hold the day."""
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (
        Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    )


class ProductQuerySet(RecordQuerySet):
    def active(self) -> Self:
        return self.filter(state="active")

    def families(self) -> Self:
        return self.filter(structure="family")

    def sellable(self, day: date) -> Self:
        """What can be put on a new line that day."""
        return self.active().filter(in_force(day), structure="product")


class PriceListQuerySet(RecordQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def usable(self, day: date) -> Self:
        return self.active().filter(in_force(day))


class DocumentQuerySet(RecordQuerySet):
    """Quotes, orders and invoices alike."""

    def of_opportunity(self, opportunity_id: int) -> Self:
        return self.filter(opportunity_id=opportunity_id)


class QuoteQuerySet(DocumentQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=("draft", "active"))

    def active(self) -> Self:
        return self.filter(state="active")

    def won(self) -> Self:
        return self.filter(state="won")

    def closed(self) -> Self:
        return self.filter(state="closed")


class OrderQuerySet(DocumentQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=("active", "submitted"))

    def to_bill(self) -> Self:
        """Orders of which something is still to be billed."""
        return self.filter(state__in=("active", "submitted", "fulfilled"))


class InvoiceQuerySet(DocumentQuerySet):
    def draft(self) -> Self:
        return self.filter(state="draft")

    def posted(self) -> Self:
        return self.exclude(number="")

    def unpaid(self) -> Self:
        return self.filter(state="posted")

    def overdue(self, day: date) -> Self:
        return self.unpaid().filter(due_on__lt=day, paid_amount__lt=F("total_amount"))
