"""Numbers without gaps: one series for bills and one for credit notes, anew each fiscal year."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from crm.errors import RuleViolation
from sales_docs.models import InvoiceCounter, InvoiceSeries

FIRST_FORMATS = {
    InvoiceSeries.Kind.INVOICE: "INV-{fiscal}-{number:5}",
    InvoiceSeries.Kind.CREDIT: "CRN-{fiscal}-{number:5}",
}


def install_series(**_: Any) -> None:
    """A new database has both series; administrators change their formats."""
    for kind, text in FIRST_FORMATS.items():
        InvoiceSeries.objects.get_or_create(kind=kind, defaults={"format": text})


def next_number(series: InvoiceSeries, *, year: int, day: date) -> int:
    """The number after the last one. Locks the counter until the transaction ends.

    Raises RuleViolation when a later day has a number already.
    """
    InvoiceCounter.objects.get_or_create(series=series, fiscal_year=year)
    counter = InvoiceCounter.objects.select_for_update(of=("self",)).get(
        series=series, fiscal_year=year
    )
    if counter.last_issued_on and day < counter.last_issued_on:
        message = _("A later date has a number already, and numbers follow their dates.")
        raise RuleViolation(message, fields={"issued_on": message})
    counter.last_number += 1
    counter.last_issued_on = day
    counter.save(update_fields=["last_number", "last_issued_on"])
    return counter.last_number
