"""What a line and the totals may be."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.errors import RuleViolation
from crm.values.money import MAX_EXPONENT
from sales_docs.entries import HeaderEntry, LineEntry
from sales_docs.models import DocumentLine, Product
from sales_docs.pricing.prices import PERCENT_PLACES, PRICE_PLACES, QUANTITY_PLACES, ZERO
from sales_docs.pricing.values import DocumentTotals, Problem, ProblemCode

MAX_AMOUNT = Decimal(10) ** 13
MAX_LINES = 500
HUNDRED = Decimal(100)


def line_field(key: str, field: str) -> str:
    """How a message names a cell of the grid."""
    return f"line-{key}-{field}"


def require_sound_entry(entry: LineEntry, *, product: Product | None) -> None:
    fields: dict[str, object] = {}
    if not entry.name.strip():
        fields["name"] = _("Say what is sold.")
    if not entry.quantity:
        fields["quantity"] = _("The quantity cannot be zero.")
    elif product is not None and _decimals(entry.quantity) > product.quantity_decimals:
        fields["quantity"] = _quantity_message(product)
    if entry.price is not None and entry.price < 0 and product is not None:
        fields["price"] = _("The price cannot be negative.")
    if entry.discount_amount < 0:
        fields["discount"] = _("The discount cannot be negative.")
    if not 0 <= entry.discount_percent <= HUNDRED:
        fields["discount"] = _("A percentage lies between 0 and 100.")
    fields |= _unstorable(entry) | _unwritable(entry)
    if fields:
        raise RuleViolation(
            _("Some lines need another look."),
            fields={line_field(entry.key, name): message for name, message in fields.items()},
        )


def _unstorable(entry: LineEntry) -> dict[str, object]:
    """Numbers the columns cannot hold as they are: rounding them would be a silent change."""
    numbers = [
        ("quantity", entry.quantity, QUANTITY_PLACES),
        ("price", entry.price or ZERO, PRICE_PLACES),
        ("discount", entry.discount_amount, PRICE_PLACES),
        ("discount", entry.discount_percent, PERCENT_PLACES),
        ("tax", entry.typed_tax or ZERO, MAX_EXPONENT),
    ]
    return {
        name: _("This number is too large or has too many decimals.")
        for name, number, places in numbers
        if abs(number) >= MAX_AMOUNT or _decimals(number) > places
    }


def _unwritable(entry: LineEntry) -> dict[str, object]:
    """Text the columns cannot hold."""
    fields: dict[str, object] = {}
    for name in ("name", "unit", "description"):
        text = getattr(entry, name)
        limit = getattr(DocumentLine._meta.get_field(name), "max_length", None)
        if limit is not None and len(text) > limit:
            fields[name] = _("At most %(limit)s characters fit here.") % {"limit": limit}
        if "\0" in text:
            fields[name] = _("This holds a character that can't be kept. Type it again.")
    return fields


def require_storable_parts(quantities: Mapping[int, Decimal], percent: Decimal | None) -> None:
    """Parts of an order that round to another one, or to nothing."""
    told = _("This number is too large or has too many decimals.")
    fields: dict[str, object] = {
        line_field(str(key), "quantity"): told
        for key, quantity in quantities.items()
        if _decimals(quantity) > QUANTITY_PLACES
    }
    if percent is not None and _decimals(percent) > PERCENT_PLACES:
        fields["percent"] = told
    if fields:
        raise RuleViolation(told, fields=fields)


def _quantity_message(product: Product) -> str:
    if product.quantity_decimals == 0:
        return _("Only whole quantities of %(name)s are sold.") % {"name": product.name}
    return ngettext(
        "Quantities of %(name)s have at most %(count)s decimal.",
        "Quantities of %(name)s have at most %(count)s decimals.",
        product.quantity_decimals,
    ) % {"name": product.name, "count": product.quantity_decimals}


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def require_sound_header(entry: HeaderEntry, *, places: int) -> None:
    fields: dict[str, object] = {}
    if not 0 <= entry.discount_percent <= HUNDRED:
        fields["discount_percent"] = _("A percentage lies between 0 and 100.")
    if entry.discount_amount < 0:
        fields["discount_amount"] = _("The discount cannot be negative.")
    if entry.freight_amount < 0:
        fields["freight_amount"] = _("Freight cannot be negative.")
    for name in ("discount_amount", "freight_amount"):
        if _decimals(getattr(entry, name)) > places:
            fields[name] = _("That is less than the smallest unit of the currency.")
        if abs(getattr(entry, name)) >= MAX_AMOUNT:
            fields[name] = _("The amount is too large.")
    if fields:
        raise RuleViolation(_("Some values need another look."), fields=fields)


def require_sound_totals(totals: DocumentTotals) -> None:
    """Refuses what can't stand even in a draft. A missing price may wait until it is sent."""
    messages = {
        ProblemCode.NO_QUANTITY: ("quantity", _("The quantity cannot be zero.")),
        ProblemCode.DISCOUNT_ABOVE_LINE: (
            "discount",
            _("The discount is larger than what the line comes to."),
        ),
        ProblemCode.DISCOUNT_ABOVE_DOCUMENT: (
            "discount_amount",
            _("The discount is larger than what the lines come to."),
        ),
    }
    fields = {
        _field_of(problem, messages[problem.code][0]): messages[problem.code][1]
        for problem in totals.problems
        if problem.code in messages
    }
    fields |= {
        line_field(line.key, "quantity"): _("The amount is too large.")
        for line in totals.lines
        if abs(line.extended_amount) >= MAX_AMOUNT or abs(line.base_amount) >= MAX_AMOUNT
    }
    if not fields and abs(totals.total_amount) >= MAX_AMOUNT:
        fields["__all__"] = _("The total is too large.")
    if fields:
        raise RuleViolation(_("Some lines need another look."), fields=fields)


def _field_of(problem: Problem, field: str) -> str:
    return line_field(problem.key, field) if problem.key else field
