"""What happened to documents, for those who need to follow. Emitted inside the operation."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class QuoteActivated:
    quote_id: int


@dataclass(frozen=True, kw_only=True)
class QuoteRevised:
    quote_id: int
    revision_id: int


@dataclass(frozen=True, kw_only=True)
class QuoteClosed:
    quote_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderCreated:
    """`quote_id` is None for an order made without a quote."""

    order_id: int
    quote_id: int | None


@dataclass(frozen=True, kw_only=True)
class OrderClosed:
    order_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class InvoicePosted:
    """`order_id` is None for a bill of no order, and for a credit note."""

    invoice_id: int
    number: str
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class InvoicePaid:
    """Nothing is left to pay."""

    invoice_id: int
