"""What the templates of the line grid are given."""

from typing import Any

from django.urls import reverse

from crm.registry.links import action_url, record_url
from sales_docs.lines.line_form import LineForm
from sales_docs.models import Document, TaxCode
from sales_docs.pricing.values import DiscountMode
from sales_docs.services.editing import lines_of
from sales_docs.sums import computed_sums, stored_sums


def grid_context(form: LineForm) -> dict[str, Any]:
    record = form.record
    is_document = isinstance(record, Document)
    return {
        "form": form,
        "rows": form.rows,
        "currency": form.figures.currency,
        "tax_codes": _tax_codes(form) if is_document else [],
        "has_tax": is_document,
        "is_per_unit": is_document and record.discount_mode == DiscountMode.PER_UNIT,
        "lines_url": action_url(record, "lines"),
        "record_url": record_url(record),
        "product_lookup_url": f"{reverse('records:lookup', args=['product'])}?view=sellable",
    }


def _tax_codes(form: LineForm) -> list[tuple[str, TaxCode]]:
    """Those in use, and those that stand on a line already."""
    used = {row.cells["tax_code"] for row in form.rows}
    used.add(form.header.get("freight_tax_code", ""))
    codes = [(str(code.pk), code) for code in TaxCode.objects.all()]
    return [(key, code) for key, code in codes if code.is_active or key in used]


def sums_of(form: LineForm) -> list[Any]:
    """What was just computed; what is stored where it could not be."""
    if form.totals is not None:
        return computed_sums(form.record, form.totals)
    return stored_sums(form.record, lines_of(form.record))
