"""Catalogue, price lists, documents and their lines."""

from sales_docs.models.document import Document, DocumentLine, PriceSource
from sales_docs.models.invoice import (
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    InvoiceSeries,
    Payment,
)
from sales_docs.models.opportunity_line import OpportunityLine
from sales_docs.models.order import Order, OrderLine
from sales_docs.models.price_list import PriceList, PriceListItem
from sales_docs.models.product import Product
from sales_docs.models.quote import Quote, QuoteLine
from sales_docs.models.tax import TaxCode

__all__ = [
    "Document",
    "DocumentLine",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLine",
    "InvoiceSeries",
    "OpportunityLine",
    "Order",
    "OrderLine",
    "Payment",
    "PriceList",
    "PriceListItem",
    "PriceSource",
    "Product",
    "Quote",
    "QuoteLine",
    "TaxCode",
]
