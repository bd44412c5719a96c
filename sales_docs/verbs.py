"""How the journal tells of documents and products, after the name of who did it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.values.money import format_money
from crm.values.reader_locale import reader_locale
from sales_docs.models import Order, Quote

Data = Mapping[str, Any]


def _with_note(told: str, data: Data) -> str:
    return f"{told}. “{data['note']}”" if data.get("note") else told


def _closed(data: Data) -> str:
    reason = data.get("reason", "")
    label = Quote.Reason(reason).label if reason in Quote.Reason.values else reason
    return _with_note(_("closed this: %(reason)s") % {"reason": label}, data)


def _ordered(data: Data) -> str:
    return _with_note(_("won this; it became %(order)s") % {"order": data.get("order", "")}, data)


def _fulfilled(data: Data) -> str:
    is_whole = data.get("reason") == Order.Reason.COMPLETE
    told = _("delivered this completely") if is_whole else _("delivered this in part")
    return _with_note(told, data)


def _paid(data: Data) -> str:
    amount = format_money(
        Decimal(data.get("amount", "0")), data.get("currency", ""), locale=reader_locale()
    )
    return _("booked a payment of %(amount)s") % {"amount": amount}


VERBS: dict[str, Any] = {
    "lines_changed": gettext_lazy("changed the lines"),
    "recalculated": gettext_lazy("had the prices computed again"),
    "prices_changed": gettext_lazy("changed the prices"),
    "prices_locked": gettext_lazy("locked the prices"),
    "prices_unlocked": gettext_lazy("let the prices follow the catalogue again"),
    "published": gettext_lazy("put this up for sale"),
    "retired": gettext_lazy("took this off sale"),
    "activated": gettext_lazy("activated this"),
    "revised": gettext_lazy("revised this; revision %(revision)s goes on"),
    "quote_closed": _closed,
    "ordered": _ordered,
    "submitted": gettext_lazy("submitted this"),
    "fulfilled": _fulfilled,
    "billed": gettext_lazy("billed a part of this"),
    "billed_whole": gettext_lazy("billed what was left of this"),
    "billing_undone": gettext_lazy("took a bill of this back"),
    "posted": gettext_lazy("posted this as %(number)s"),
    "credited": gettext_lazy("credited this"),
    "credit_begun": gettext_lazy("began a credit note for this"),
    "payment": _paid,
}
