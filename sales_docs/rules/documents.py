"""In which states documents can be changed and sent."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from crm import labels
from crm.errors import RuleViolation
from crm.values.money import currency_exponent
from sales_docs.models import Document, Invoice, Order, Quote
from sales_docs.pricing.values import DocumentTotals, ProblemCode
from sales_docs.rules.catalogue import require_usable_price_list
from sales_docs.rules.lines import line_field, require_sound_totals


def require_state(document: Document, *states: str, message: str) -> None:
    if document.state not in states:  # type: ignore[attr-defined]
        raise RuleViolation(labels.with_names(message, document.type_key()))


def lock_reason(document: Any) -> str | None:
    """Why neither the header nor the lines can be changed, or None."""
    if isinstance(document, Quote):
        return _quote_lock(document)
    if isinstance(document, Order) and document.state != Order.State.ACTIVE:
        return labels.with_names(
            _("This %(type)s is no longer active, so it can't be changed."), "order"
        )
    if isinstance(document, Invoice) and document.state != Invoice.State.DRAFT:
        return labels.with_names(
            _("This %(type)s is no longer a draft, so it can't be changed."), "invoice"
        )
    return None


def _quote_lock(quote: Quote) -> str | None:
    if quote.state == Quote.State.DRAFT:
        return None
    if quote.state == Quote.State.ACTIVE:
        return labels.with_names(
            _("This %(type)s is active, so that it matches the customer's copy. Revise it first."),
            "quote",
        )
    return labels.with_names(_("This %(type)s is closed, so it can't be changed."), "quote")


def lines_lock_reason(document: Any) -> str | None:
    """Why the lines can't be changed, or None."""
    if isinstance(document, Invoice) and document.is_part:
        return _("The lines are part of another document, so they can't be changed here.")
    if isinstance(document, Order) and document.bill_count:
        return _("Part of it is billed already, so its lines and prices stay.")
    return lock_reason(document)


def require_lines_unlocked(document: Any) -> None:
    reason = lines_lock_reason(document)
    if reason:
        raise RuleViolation(reason)


def require_something_to_send(document: Document, totals: DocumentTotals) -> None:
    """Nothing leaves the company without lines, or with a price that nobody has set."""
    if not totals.lines:
        raise RuleViolation(_("Add a line first: there is nothing on it yet."))
    missing = {
        line_field(problem.key, "price"): _("Set a price: the catalogue has none.")
        for problem in totals.problems
        if problem.code is ProblemCode.MISSING_PRICE
    }
    if missing:
        raise RuleViolation(_("Some lines have no price yet."), fields=missing)
    require_sound_totals(totals)


def require_same_currency(document: Document, changes: Mapping[str, Any]) -> None:
    """The header and all its lines share one currency, chosen before the first line."""
    if "currency" in changes and document.lines_version > 1:
        raise RuleViolation(
            _("The currency can't be changed any more."),
            fields={"currency": _("Remove the lines first, or begin anew.")},
        )


def prepare_document(document: Document, *, day: date, changes: Mapping[str, Any]) -> None:
    """Holds for every header that is saved, by whatever path."""
    is_new = document.pk is None
    require_same_currency(document, changes)
    if is_new or "currency" in changes:
        document.decimal_places = currency_exponent(document.currency_id)
    is_chosen = is_new and not is_copy(document)
    if document.price_list and (is_chosen or "price_list" in changes):
        require_usable_price_list(document.price_list, currency=document.currency_id, day=day)


def is_copy(document: Any) -> bool:
    """Whether it was made from another document, whose terms it keeps whatever the date."""
    sources = ("revises_id", "quote_id", "order_id", "credits_id")
    return any(getattr(document, name, None) for name in sources)


# Deleting


def require_deletable(document: Any) -> None:
    """What others stand on, or the law wants kept, is closed or canceled but not deleted."""
    message = None
    if isinstance(document, Quote) and document.state == Quote.State.WON:
        message = _("This %(type)s was won, so it stays.")
    elif isinstance(document, Order) and document.bill_count:
        message = _("Part of this %(type)s is billed, so it stays.")
    elif isinstance(document, Invoice) and document.number:
        message = _("This %(type)s is posted, so it stays. Make a credit note instead.")
    elif isinstance(document, Invoice) and document.is_part:
        message = _("This %(type)s is part of another document. Cancel it instead.")
    if message:
        raise RuleViolation(labels.with_names(message, document.type_key()))
