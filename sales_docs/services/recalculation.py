"""Pricing again what is stored, when something the prices depend on has changed."""

from typing import Any

from crm.operations import journal
from crm.records.services import save_changed
from crm.registry.registry import registry
from sales_docs.calculation import put_totals
from sales_docs.models import Document
from sales_docs.services.catalogue import default_tax_code
from sales_docs.services.editing import lines_of, reprice


def recalculate(document: Document) -> Any:
    """Prices the lines of a document anew and writes what comes of it, inside an operation."""
    lines = lines_of(document)
    if not lines:
        return document
    totals = reprice(document, lines)
    changes: dict[str, Any] = {**put_totals(document, totals)}
    changes["lines_version"] = document.lines_version
    document.lines_version += 1
    document = save_changed(registry.of(document), document, changes)
    journal("recalculated", document, is_final=True)
    return document


def fill_taxes(document: Document) -> None:
    """Gives lines without a tax the one of their product, else the default."""
    fallback = default_tax_code()
    for line in lines_of(document):
        code = line.tax_code or (line.product.tax_code if line.product else None) or fallback
        if code is not None and line.tax_code is None:
            line.tax_code, line.tax_name, line.tax_rate = code, code.name, code.rate
            line.save(update_fields=["tax_code", "tax_name", "tax_rate"])
