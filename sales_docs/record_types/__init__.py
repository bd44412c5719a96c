"""The catalogue and the documents, declared; and what they add to pages of other types."""

from sales_docs.record_types import additions, catalogue, invoice, order, quote

__all__ = ["additions", "catalogue", "invoice", "order", "quote"]
