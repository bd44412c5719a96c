"""Numbers without gaps: one series for bills and one for credit notes, anew each fiscal year."""

from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from crm.errors import RuleViolation
from sales_docs.models import InvoiceCounter, InvoiceSeries

FIRST_FORMATS = {
    InvoiceSeries.Kind.INVOICE: "INV-{fiscal}-{number:5}",
    InvoiceSeries.Kind.CREDIT: "CRN-{fiscal}-{number:5}",
}


_RAISE = """
UPDATE sales_docs_invoicecounter AS counter
SET last_number = last_number + 1, last_issued_on = %(day)s
FROM sales_docs_invoiceseries AS series
WHERE series.kind = %(kind)s AND series_id = series.id AND fiscal_year = %(year)s
AND (last_issued_on IS NULL OR last_issued_on <= %(day)s)
RETURNING last_number, series.format
"""


def install_series(**_: Any) -> None:
    """A new database has both series; administrators change their formats."""
    for kind, text in FIRST_FORMATS.items():
        InvoiceSeries.objects.get_or_create(kind=kind, defaults={"format": text})


def next_number(kind: str, *, year: int, day: date) -> tuple[int, str]:
    """The number after the last one of a series, and the format of its numbers.

    Locks the counter until the transaction ends. Everybody who posts waits for this one row, so
    it is taken and raised by one statement. Raises RuleViolation when a later day has a number
    already.
    """
    raised = _raised(kind, year, day)
    if raised is None:
        series = InvoiceSeries.objects.get(kind=kind)
        InvoiceCounter.objects.get_or_create(series=series, fiscal_year=year)
        raised = _raised(kind, year, day)
    if raised is None:
        message = _("A later date has a number already, and numbers follow their dates.")
        raise RuleViolation(message, fields={"issued_on": message})
    return raised


def _raised(kind: str, year: int, day: date) -> tuple[int, str] | None:
    """The counter's new number; None where there is no counter yet, or one of a later day."""
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, {"kind": kind, "year": year, "day": day})
        row: tuple[int, str] | None = cursor.fetchone()
    return row
