"""An order's life: made from a won quote, priced, submitted, fulfilled or canceled."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models.levels import Privilege
from crm.operations import current, emit, journal, operation
from crm.records.services import refuse_stale, save_changed
from crm.registry.registry import registry
from opportunities.models import Opportunity
from opportunities.services import win_opportunity
from sales_docs.calculation import price_lines, put_totals
from sales_docs.events import OrderClosed, OrderCreated
from sales_docs.models import Order, PriceSource, Quote, TaxCode
from sales_docs.rules.documents import require_state
from sales_docs.services.copying import copy_header, copy_lines, save_copy
from sales_docs.services.editing import lines_of, put_freight_tax
from sales_docs.services.locking import lock_document, lock_parents
from sales_docs.services.quotes import close_siblings

OPEN = (Order.State.ACTIVE, Order.State.SUBMITTED)


@operation
def create_order_from_quote(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    ordered_on: date | None = None,
    note: str = "",
    closes_siblings: bool = False,
    wins_opportunity: bool = False,
    actual_revenue: Decimal | None = None,
) -> Order:
    """Wins an active quote and makes the order with its lines, at the agreed prices.

    However many people press at once, there is one order and all get it. Locks the opportunity,
    then the quote and its siblings. Journals 'won' and emits OrderCreated. Raises RuleViolation
    when the quote is not active, or the opportunity cannot be won yet.
    """
    lock_parents(Quote, record_id)
    quote: Quote = lock_document(actor=actor, key="quote", record_id=record_id)
    made: Order | None = Order.objects.filter(quote=quote).first()
    if made:
        return made
    refuse_stale(quote, version)
    actor.require_type(Privilege.CREATE, "order")
    require_state(quote, Quote.State.ACTIVE, message=_("Only an active %(type)s can be ordered."))
    day = ordered_on or _today()
    order = _order_of(quote, day)
    _win(quote, day=day, note=note, order=order)
    if closes_siblings:
        close_siblings(quote, actor=actor, on=day)
    if wins_opportunity and quote.opportunity_id:
        _win_opportunity(quote, actor=actor, day=day, revenue=actual_revenue)
    emit(OrderCreated(order_id=order.pk, quote_id=quote.pk))
    return order


def _order_of(quote: Quote, day: date) -> Order:
    order: Order = copy_header(
        quote,
        Order(),
        quote=quote,
        ordered_on=day,
        requested_delivery_on=quote.requested_delivery_on,
        are_prices_locked=True,
    )
    order = save_copy(order)
    copy_lines(lines_of(quote), order, locks=True, link="quote_line")
    return order


def _win(quote: Quote, *, day: date, note: str, order: Order) -> None:
    changes = {
        "state": quote.state,
        "closed_on": quote.closed_on,
        "closing_note": quote.closing_note,
    }
    quote.state, quote.closed_on, quote.closing_note = Quote.State.WON, day, note
    save_changed(registry.get("quote"), quote, changes)
    journal("ordered", quote, is_final=True, order=order, note=note)


def _win_opportunity(quote: Quote, *, actor: Actor, day: date, revenue: Decimal | None) -> None:
    opportunity = quote.opportunity
    if opportunity is None or opportunity.state != Opportunity.State.OPEN:
        return
    win_opportunity(
        actor=actor,
        record_id=opportunity.pk,
        version=None,
        actual_revenue=quote.total_amount - quote.total_tax if revenue is None else revenue,
        closed_on=day,
    )


@operation
def use_current_prices(*, actor: Actor, record_id: int, version: int | None = None) -> Order:
    """Lets an order's prices and taxes follow the catalogue again; typed prices stay.

    Locks the order. Journals 'prices_unlocked'.
    """
    order = _lock_editable(actor, record_id, version=version)
    codes = {code.pk: code for code in TaxCode.objects.all()}
    lines = lines_of(order)
    for line in lines:
        if line.product_id and line.price_source == PriceSource.LOCKED:
            line.price_source = PriceSource.CATALOGUE
        code = codes.get(line.tax_code_id or 0)
        if code is not None:
            line.tax_name, line.tax_rate = code.name, code.rate
    changes = put_freight_tax(order) | {"are_prices_locked": order.are_prices_locked}
    order.are_prices_locked = False
    totals = price_lines(order, [(str(line.pk), line) for line in lines])
    for line in lines:
        line.save()
    order.lines_version += 1
    changes |= put_totals(order, totals) | {"lines_version": order.lines_version - 1}
    saved: Order = save_changed(registry.get("order"), order, changes)
    journal("prices_unlocked", saved, is_final=True)
    return saved


@operation
def lock_prices(*, actor: Actor, record_id: int, version: int | None = None) -> Order:
    """Keeps the prices an order has now, whatever happens to the catalogue.

    Locks the order. Journals 'prices_locked'.
    """
    order = _lock_editable(actor, record_id)
    if order.are_prices_locked:
        return order
    refuse_stale(order, version)
    for line in lines_of(order):
        line.price_source = PriceSource.LOCKED
        line.save(update_fields=["price_source"])
    order.are_prices_locked = True
    order.lines_version += 1
    changes = {"are_prices_locked": False, "lines_version": order.lines_version - 1}
    saved: Order = save_changed(registry.get("order"), order, changes)
    journal("prices_locked", saved, is_final=True)
    return saved


def _lock_editable(actor: Actor, record_id: int, *, version: int | None = None) -> Order:
    order: Order = lock_document(actor=actor, key="order", record_id=record_id, version=version)
    require_state(
        order,
        Order.State.ACTIVE,
        message=_("This %(type)s is no longer active, so it can't be changed."),
    )
    if order.bill_count:
        raise RuleViolation(_("Part of it is billed already, so its prices stay."))
    return order


@operation
def submit_order(*, actor: Actor, record_id: int, version: int | None = None) -> Order:
    """Hands an active order over to whoever delivers it; it can't be edited from then on.

    Locks the order. Journals 'submitted'.
    """
    order: Order = lock_document(actor=actor, key="order", record_id=record_id)
    if order.state == Order.State.SUBMITTED:
        return order
    refuse_stale(order, version)
    require_state(order, Order.State.ACTIVE, message=_("Only an active %(type)s can be submitted."))
    if not order.lines.exists():
        raise RuleViolation(_("Add a line first: there is nothing on it yet."))
    changes = {"state": order.state, "reason": order.reason}
    order.state, order.reason = Order.State.SUBMITTED, Order.Reason.NONE
    order = save_changed(registry.get("order"), order, changes)
    journal("submitted", order)
    return order


@operation
def fulfil_order(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    reason: str = Order.Reason.COMPLETE.value,
    closed_on: date | None = None,
    note: str = "",
) -> Order:
    """Says that an order was delivered, completely or in part. There is no way back.

    Locks the order. Journals 'fulfilled', emits OrderClosed.
    """
    if reason not in {Order.Reason.COMPLETE, Order.Reason.PARTIAL}:
        raise RuleViolation(_("Choose a reason."), fields={"reason": _("Choose a reason.")})
    order: Order = lock_document(actor=actor, key="order", record_id=record_id)
    if order.closed_on is not None and order.state != Order.State.CANCELED:
        return order
    refuse_stale(order, version)
    require_state(
        order,
        *OPEN,
        Order.State.INVOICED,
        message=_("Only an open %(type)s can be fulfilled."),
    )
    state = order.state if order.state == Order.State.INVOICED else Order.State.FULFILLED
    return _close(order, state, reason=reason, on=closed_on, note=note, verb="fulfilled")


@operation
def cancel_order(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    closed_on: date | None = None,
    note: str = "",
) -> Order:
    """Ends an order that will not be delivered. Locks the order.

    Journals 'canceled', emits OrderClosed. Raises RuleViolation while something is billed.
    """
    order: Order = lock_document(actor=actor, key="order", record_id=record_id)
    if order.state == Order.State.CANCELED:
        return order
    refuse_stale(order, version)
    require_state(order, *OPEN, message=_("Only an open %(type)s can be canceled."))
    if order.bill_count:
        raise RuleViolation(
            _("Part of it is billed already. Cancel or credit what was billed first.")
        )
    return _close(
        order,
        Order.State.CANCELED,
        reason=Order.Reason.NO_MONEY.value,
        on=closed_on,
        note=note,
        verb="canceled",
    )


def _close(
    order: Order, state: str, *, reason: str, on: date | None, note: str, verb: str
) -> Order:
    changes = {
        "state": order.state,
        "reason": order.reason,
        "closed_on": order.closed_on,
        "closing_note": order.closing_note,
    }
    order.state, order.reason = state, reason
    order.closed_on, order.closing_note = on or _today(), note
    order = save_changed(registry.get("order"), order, changes)
    journal(verb, order, reason=reason, note=note)
    emit(OrderClosed(order_id=order.pk, state=order.state))
    return order


def _today() -> date:
    return timezone.localdate(current().at)
