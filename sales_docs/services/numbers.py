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
UPDATE sales_docs_invoicecounter SET last_number = last_number + 1, last_issued_on = %(day)s
WHERE series_id = %(series)s AND fiscal_year = %(year)s
AND (last_issued_on IS NULL OR last_issued_on <= %(day)s)
RETURNING last_number
"""


def install_series(**_: Any) -> None:
    """A new database has both series; administrators change their formats."""
    for kind, text in FIRST_FORMATS.items():
        InvoiceSeries.objects.get_or_create(kind=kind, defaults={"format": text})


def next_number(series: InvoiceSeries, *, year: int, day: date) -> int:
    """The number after the last one. Locks the counter until the transaction ends.

    Everybody who posts waits for this one row, so it is taken and raised by one statement.
    Raises RuleViolation when a later day has a number already.
    """
    number = _raised(series, year, day)
    if number is None:
        InvoiceCounter.objects.get_or_create(series=series, fiscal_year=year)
        number = _raised(series, year, day)
    if number is None:
        message = _("A later date has a number already, and numbers follow their dates.")
        raise RuleViolation(message, fields={"issued_on": message})
    return number


def _raised(series: InvoiceSeries, year: int, day: date) -> int | None:
    """The counter's new number; None where there is no counter yet, or one of a later day."""
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, {"series": series.pk, "year": year, "day": day})
        row = cursor.fetchone()
    return row[0] if row else None
