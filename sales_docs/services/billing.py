"""From an order to its bills: what is left, and the next part of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models.levels import Privilege
from crm.operations import journal, operation
from crm.records.services import refuse_stale, save_changed
from crm.registry.registry import registry
from crm.values.money import format_quantity
from crm.values.reader_locale import reader_locale
from sales_docs.calculation import agreed_amounts, price_lines, put_totals
from sales_docs.models import Invoice, InvoiceLine, Order, OrderLine, PriceSource
from sales_docs.pricing import splitting
from sales_docs.pricing.splitting import Ordered, OrderedLine, Part, TooMuch
from sales_docs.pricing.values import Agreed
from sales_docs.rules.documents import require_state
from sales_docs.rules.lines import line_field, require_storable_parts
from sales_docs.services.copying import copy_header, save_copy
from sales_docs.services.editing import lines_of
from sales_docs.services.locking import lock_document, made_before

BILLABLE = (
    Order.State.ACTIVE,
    Order.State.SUBMITTED,
    Order.State.FULFILLED,
)
STANDING = Q(kind=Invoice.Kind.INVOICE) & ~Q(state=Invoice.State.CANCELED) | Q(
    kind=Invoice.Kind.CREDIT
) & ~Q(number="")
"""Bills count from their draft on, credit notes from when they are posted."""
AMOUNTS = ("net_amount", "line_discount", "header_discount", "tax_amount")
ZERO = Decimal(0)


class Extent(StrEnum):
    """How much of an order a bill takes."""

    REST = "rest"
    QUANTITIES = "quantities"
    PERCENT = "percent"


def read_ordered(order: Order, lines: Sequence[OrderLine]) -> Ordered:
    """The order as the splitting sees it, with what its bills have had: three queries."""
    bills = Invoice.objects.alive().filter(STANDING, order=order)
    had = bills.aggregate(
        freight=Sum("freight_amount", default=ZERO),
        freight_tax=Sum("freight_tax", default=ZERO),
        percent=Sum("order_percent", default=ZERO),
    )
    by_line = _billed_by_line(bills)
    return Ordered(
        places=order.decimal_places,
        lines=tuple(_ordered_line(line, by_line.get(line.pk)) for line in lines),
        freight=order.freight_amount,
        freight_tax=order.freight_tax,
        billed_freight=had["freight"],
        billed_freight_tax=had["freight_tax"],
        billed_percent=had["percent"],
    )


def _billed_by_line(bills: Any) -> dict[int, Mapping[str, Decimal]]:
    rows = (
        InvoiceLine.objects.filter(document__in=bills, order_line__isnull=False)
        .values("order_line_id")
        .annotate(
            billed_quantity=Sum("quantity"),
            **{f"billed_{name}": Sum(F(name)) for name in AMOUNTS},
        )
        .order_by("order_line_id")
    )
    return {row.pop("order_line_id"): row for row in map(dict[str, Any], rows)}


def _ordered_line(line: OrderLine, had: Mapping[str, Decimal] | None) -> OrderedLine:
    amounts = {name: had[f"billed_{name}"] if had else ZERO for name in AMOUNTS}
    return OrderedLine(
        key=str(line.pk),
        quantity=line.quantity,
        amounts=agreed_amounts(line),
        billed_quantity=had["billed_quantity"] if had else ZERO,
        billed=Agreed(**amounts),
    )


@operation
def create_invoice_from_order(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    extent: str = Extent.REST.value,
    percent: Decimal | None = None,
    quantities: Mapping[int, Decimal] | None = None,
    request_key: UUID | None = None,
) -> Invoice:
    """A draft bill for what is left of an order, for quantities of its lines, or for a percentage.

    Locks the order. A repeated `request_key` gives the bill it made the first time. The amounts
    are shares of the order's, so that all bills together come to the order exactly. Journals
    'billed' on the order. Raises RuleViolation when nothing, or less than asked for, is left.
    """
    order: Order = lock_document(actor=actor, key="order", record_id=record_id)
    actor.require_type(Privilege.CREATE, "invoice")
    made: Invoice | None = made_before(Invoice, request_key, order=order)
    if made:
        return made
    refuse_stale(order, version)
    _require_billable(order)
    lines: list[Any] = lines_of(order)
    ordered = read_ordered(order, lines)
    require_storable_parts(quantities or {}, percent)
    part = _part_of(ordered, Extent(extent), percent=percent, quantities=quantities or {})
    by_percent = percent if Extent(extent) is Extent.PERCENT else None
    invoice = _bill(order, lines, part, percent=by_percent, request_key=request_key)
    is_billed = _is_everything(ordered, part)
    _note_bill(order, invoice, is_billed=is_billed)
    return invoice


def _require_billable(order: Order) -> None:
    if order.state == Order.State.INVOICED:
        raise RuleViolation(_("Everything on it is billed already."))
    require_state(order, *BILLABLE, message=_("This %(type)s is canceled."))


def _part_of(
    ordered: Ordered,
    extent: Extent,
    *,
    percent: Decimal | None,
    quantities: Mapping[int, Decimal],
) -> Part:
    try:
        if extent is Extent.PERCENT:
            wanted = splitting.quantities_of(ordered, percent or ZERO)
        elif extent is Extent.QUANTITIES:
            wanted = {str(key): quantity for key, quantity in quantities.items() if quantity}
        else:
            wanted = splitting.everything_left(ordered)
        part = splitting.split_off(ordered, wanted)
    except TooMuch as error:
        raise _too_much(error) from error
    if not part.lines:
        raise RuleViolation(_("Nothing is left to bill. Choose other quantities."))
    return part


def _too_much(error: TooMuch) -> RuleViolation:
    left = format_quantity(error.left, locale=reader_locale())
    if error.key:
        message = _("Only %(left)s is left to bill.") % {"left": left}
        return RuleViolation(message, fields={line_field(error.key, "quantity"): message})
    message = _("Enter a percentage above 0 and up to %(left)s.") % {"left": left}
    return RuleViolation(message, fields={"percent": message})


def _bill(
    order: Order,
    lines: Sequence[OrderLine],
    part: Part,
    *,
    percent: Decimal | None,
    request_key: UUID | None,
) -> Invoice:
    invoice = copy_header(
        order,
        Invoice(),
        order=order,
        order_percent=percent,
        request_key=request_key,
        discount_percent=ZERO,
        discount_amount=ZERO,
        freight_amount=part.freight,
        freight_tax=part.freight_tax,
    )
    by_key = {str(line.pk): line for line in lines}
    bill_lines = [
        _bill_line(by_key[taken.key], invoice, taken.quantity, taken.amounts)
        for taken in part.lines
    ]
    return save_with_lines(invoice, bill_lines)


def save_with_lines(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Invoice:
    """Prices the agreed lines, inserts the invoice and then its lines."""
    totals = price_lines(invoice, [(str(number), line) for number, line in enumerate(lines)])
    put_totals(invoice, totals)
    invoice = save_copy(invoice)
    for line in lines:
        line.document = invoice
    InvoiceLine.objects.bulk_create(lines)
    return invoice


def _bill_line(
    line: OrderLine, invoice: Invoice, quantity: Decimal, amounts: Agreed
) -> InvoiceLine:
    return agreed_line(line, invoice, quantity, amounts, order_line_id=line.pk)


def agreed_line(
    line: Any, invoice: Invoice, quantity: Decimal, amounts: Agreed, **extra: Any
) -> InvoiceLine:
    """A line whose amounts are settled: they are put on it and not computed again."""
    copy: Any = line.copy_to(InvoiceLine, document=invoice, quantity=quantity, **extra)
    copy.is_agreed = True
    copy.price_source = PriceSource.LOCKED
    copy.discount_percent = copy.discount_amount = ZERO
    copy.typed_tax = None
    for name in AMOUNTS:
        setattr(copy, name, getattr(amounts, name))
    return copy  # type: ignore[no-any-return]


def _is_everything(ordered: Ordered, part: Part) -> bool:
    taken = {line.key: line.quantity for line in part.lines}
    return all(line.left == taken.get(line.key, ZERO) for line in ordered.lines)


def _note_bill(order: Order, invoice: Invoice, *, is_billed: bool) -> None:
    changes = {"billed_amount": order.billed_amount, "bill_count": order.bill_count}
    order.billed_amount += invoice.total_amount
    order.bill_count += 1
    if is_billed:
        changes["state"] = order.state
        order.state = Order.State.INVOICED
    order = save_changed(registry.get("order"), order, changes)
    journal("billed_whole" if is_billed else "billed", order, is_final=True, invoice_id=invoice.pk)


def give_back(order: Order, invoice: Invoice, *, amount: Decimal) -> None:
    """A bill was canceled or credited: what it took can be billed again. The order is locked."""
    changes = {"billed_amount": order.billed_amount, "bill_count": order.bill_count}
    if invoice.number:
        changes["posted_amount"] = order.posted_amount
        order.posted_amount -= amount
    order.billed_amount -= amount
    order.bill_count -= 1
    if order.state == Order.State.INVOICED:
        changes["state"] = order.state
        order.state = Order.State.FULFILLED if order.closed_on else Order.State.ACTIVE
    order = save_changed(registry.get("order"), order, changes)
    journal("billing_undone", order, is_final=True, invoice_id=invoice.pk)
