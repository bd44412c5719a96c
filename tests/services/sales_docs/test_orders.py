"""An order's life: prices locked and unlocked, submitted, fulfilled, canceled."""

from decimal import Decimal

import pytest

from crm.errors import RuleViolation
from sales_docs.models import PriceListItem
from sales_docs.services.billing import create_invoice_from_order
from sales_docs.services.invoices import cancel_invoice
from sales_docs.services.orders import (
    cancel_order,
    create_order_from_quote,
    fulfil_order,
    lock_prices,
    submit_order,
    use_current_prices,
)
from sales_docs.services.quotes import activate_quote
from tests.factories.sales_docs import (
    line,
    make_order,
    make_price_list,
    make_product,
    make_quote,
    make_tax_code,
    put_lines,
)


@pytest.fixture
def bench(owner):
    return make_product(owner)


@pytest.fixture
def order(owner, as_actor, bench):
    prices = make_price_list(owner, {bench: "10"})
    quote = make_quote(
        owner,
        line(product=bench, tax_code=make_tax_code()),
        line("Installation", price="5"),
        price_list=prices,
    )
    activate_quote(actor=as_actor(owner), record_id=quote.pk)
    return create_order_from_quote(actor=as_actor(owner), record_id=quote.pk)


def nets(order):
    return [str(each.net_amount) for each in order.lines.all()]


def test_agreed_prices_ignore_the_catalogue_until_they_are_unlocked(owner, as_actor, order):
    PriceListItem.objects.update(amount=12)
    put_lines(as_actor(owner), order, line("More", price="1"))
    assert nets(order) == ["10.0000", "5.0000", "1.0000"]
    use_current_prices(actor=as_actor(owner), record_id=order.pk)
    order.refresh_from_db()
    assert nets(order) == ["12.0000", "5.0000", "1.0000"]
    assert not order.are_prices_locked
    assert str(order.total_amount) == "20.4000"


def test_agreed_taxes_ignore_a_new_rate_until_they_are_unlocked(owner, as_actor, order):
    code = make_tax_code()
    code.rate = Decimal(25)
    code.save()
    put_lines(as_actor(owner), order, line("More", price="1"))
    order.refresh_from_db()
    assert str(order.total_tax) == "2.0000"
    use_current_prices(actor=as_actor(owner), record_id=order.pk)
    order.refresh_from_db()
    assert str(order.total_tax) == "2.5000"


def test_locked_prices_stay(owner, as_actor, bench):
    prices = make_price_list(owner, {bench: "10"})
    order = make_order(owner, line(product=bench), price_list=prices)
    lock_prices(actor=as_actor(owner), record_id=order.pk)
    PriceListItem.objects.update(amount=12)
    put_lines(as_actor(owner), order, line("More", price="1"))
    assert nets(order) == ["10.0000", "1.0000"]


def test_a_submitted_order_is_read_only(owner, as_actor, order):
    submit_order(actor=as_actor(owner), record_id=order.pk)
    with pytest.raises(RuleViolation, match="no longer active"):
        put_lines(as_actor(owner), order, line())
    with pytest.raises(RuleViolation, match="no longer active"):
        use_current_prices(actor=as_actor(owner), record_id=order.pk)
    order.refresh_from_db()
    assert (order.state, len(nets(order))) == ("submitted", 2)


@pytest.mark.parametrize("reason", ["complete", "partial"])
def test_a_fulfilled_order_has_no_way_back(owner, as_actor, order, reason):
    done = fulfil_order(actor=as_actor(owner), record_id=order.pk, reason=reason)
    assert (done.state, done.reason) == ("fulfilled", reason)
    with pytest.raises(RuleViolation, match="open"):
        cancel_order(actor=as_actor(owner), record_id=order.pk)
    order.refresh_from_db()
    assert order.state == "fulfilled"


def test_a_canceled_order_is_not_fulfilled(owner, as_actor, order):
    cancel_order(actor=as_actor(owner), record_id=order.pk, note="Bankrupt.")
    with pytest.raises(RuleViolation, match="open"):
        fulfil_order(actor=as_actor(owner), record_id=order.pk)
    order.refresh_from_db()
    assert (order.state, order.reason) == ("canceled", "no_money")


def test_a_billed_order_keeps_lines_and_prices_until_the_bill_is_canceled(owner, as_actor, order):
    bill = create_invoice_from_order(
        actor=as_actor(owner), record_id=order.pk, extent="percent", percent=Decimal(10)
    )
    for refused in (
        lambda: use_current_prices(actor=as_actor(owner), record_id=order.pk),
        lambda: cancel_order(actor=as_actor(owner), record_id=order.pk),
        lambda: put_lines(as_actor(owner), order, line()),
    ):
        with pytest.raises(RuleViolation, match="billed"):
            refused()
    cancel_invoice(actor=as_actor(owner), record_id=bill.pk)
    cancel_order(actor=as_actor(owner), record_id=order.pk)
    order.refresh_from_db()
    assert (order.state, order.billed_amount) == ("canceled", 0)
