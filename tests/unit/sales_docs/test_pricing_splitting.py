"""Billing an order in parts: never more than the order, and exactly the order in the end."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_docs.pricing import splitting
from sales_docs.pricing.splitting import Ordered, OrderedLine, TooMuch
from sales_docs.pricing.values import Agreed

AMOUNTS = ("net_amount", "line_discount", "header_discount", "tax_amount")


def agreed(*amounts):
    return Agreed(**dict(zip(AMOUNTS, map(Decimal, amounts), strict=True)))


def ordered(*lines, places=2, **more):
    return Ordered(
        places=places,
        lines=tuple(
            OrderedLine(key=str(number), quantity=Decimal(quantity), amounts=amounts)
            for number, (quantity, amounts) in enumerate(lines, start=1)
        ),
        **{name: Decimal(value) for name, value in more.items()},
    )


def plus(left, right):
    return Agreed(**{name: getattr(left, name) + getattr(right, name) for name in AMOUNTS})


def billed(order, part, *, percent=Decimal(0)):
    """The order after the part has been billed."""
    taken = {line.key: line for line in part.lines}
    lines = [
        replace(
            line,
            billed_quantity=line.billed_quantity + taken[line.key].quantity,
            billed=plus(line.billed, taken[line.key].amounts),
        )
        if line.key in taken
        else line
        for line in order.lines
    ]
    return replace(
        order,
        lines=tuple(lines),
        billed_freight=order.billed_freight + part.freight,
        billed_freight_tax=order.billed_freight_tax + part.freight_tax,
        billed_percent=order.billed_percent + percent,
    )


def assert_billed_exactly(order):
    assert order.is_billed
    assert [line.billed for line in order.lines] == [line.amounts for line in order.lines]
    assert order.billed_freight == order.freight
    assert order.billed_freight_tax == order.freight_tax


def test_a_hundred_in_three_parts_of_one_unit_each():
    order = ordered(("3", agreed("100.00", "0", "0", "20.00")), freight="10.00", freight_tax="2.00")
    parts = []
    for _ in range(3):
        part = splitting.split_off(order, {"1": Decimal(1)})
        parts.append(part)
        order = billed(order, part)
    assert [str(part.lines[0].amounts.net_amount) for part in parts] == ["33.33", "33.34", "33.33"]
    assert [str(part.lines[0].amounts.tax_amount) for part in parts] == ["6.67", "6.66", "6.67"]
    assert [str(part.freight) for part in parts] == ["3.33", "3.34", "3.33"]
    assert_billed_exactly(order)


def test_thirty_percent_and_then_the_rest():
    order = ordered(
        ("1", agreed("99.99", "1.00", "0.50", "5.50")), ("7", agreed("70", "0", "0", "0"))
    )
    thirty = splitting.split_off(order, splitting.quantities_of(order, Decimal(30)))
    assert [str(line.quantity) for line in thirty.lines] == ["0.30000", "2.10000"]
    assert str(thirty.lines[0].amounts.net_amount) == "30.00"
    assert str(thirty.lines[0].amounts.base_amount) == "30.45"
    order = billed(order, thirty, percent=Decimal(30))
    rest = splitting.split_off(order, splitting.quantities_of(order, Decimal(70)))
    assert_billed_exactly(billed(order, rest, percent=Decimal(70)))


def test_a_percentage_takes_from_a_line_no_more_than_is_left():
    order = ordered(("10", agreed("10", "0", "0", "0")), ("10", agreed("10", "0", "0", "0")))
    order = billed(order, splitting.split_off(order, {"1": Decimal(8)}))
    quantities = splitting.quantities_of(order, Decimal(50))
    assert quantities == {"1": Decimal(2), "2": Decimal(5)}


def test_more_than_is_left_is_refused_and_says_how_much_is():
    order = ordered(("3", agreed("100.00", "0", "0", "0")))
    with pytest.raises(TooMuch) as refused:
        splitting.split_off(order, {"1": Decimal("3.00001")})
    assert (refused.value.key, refused.value.left) == ("1", Decimal(3))


@pytest.mark.parametrize("percent", ["0", "-1", "70.01"])
def test_a_percentage_outside_what_is_left_is_refused(percent):
    order = replace(ordered(("3", agreed("1", "0", "0", "0"))), billed_percent=Decimal(30))
    with pytest.raises(TooMuch) as refused:
        splitting.quantities_of(order, Decimal(percent))
    assert refused.value.left == 70


def test_a_line_cannot_be_billed_backwards():
    order = ordered(("3", agreed("100.00", "0", "0", "0")))
    with pytest.raises(TooMuch):
        splitting.split_off(order, {"1": Decimal(-1)})


def test_freight_of_an_order_worth_nothing_comes_with_its_end():
    order = ordered(("2", agreed("0", "0", "0", "0")), freight="5.00")
    first = splitting.split_off(order, {"1": Decimal(1)})
    assert first.freight == 0
    last = splitting.split_off(billed(order, first), {"1": Decimal(1)})
    assert last.freight == 5


# Any order, in any parts

places = st.sampled_from([0, 2, 3])


@st.composite
def any_order(draw):
    decimals = draw(places)

    def amount(top):
        return draw(st.decimals(0, top, places=decimals))

    lines = []
    for number in range(draw(st.integers(1, 5))):
        sign = draw(st.sampled_from([1, 1, 1, -1]))
        amounts = Agreed(
            net_amount=amount(10**6),
            line_discount=amount(100),
            header_discount=amount(100),
            tax_amount=amount(10**5),
        )
        lines.append(
            OrderedLine(
                key=str(number),
                quantity=sign * draw(st.decimals("0.001", 1000, places=3)),
                amounts=amounts if sign > 0 else -amounts,
            )
        )
    return Ordered(
        places=decimals, lines=tuple(lines), freight=amount(1000), freight_tax=amount(200)
    )


@given(order=any_order(), data=st.data())
def test_parts_by_quantity_add_up_to_the_order_exactly(order, data):
    for _ in range(data.draw(st.integers(0, 4))):
        quantities = {
            line.key: (line.left * data.draw(st.integers(0, 10)) / 10).quantize(line.quantity)
            for line in order.lines
        }
        part = splitting.split_off(order, quantities)
        for taken in part.lines:
            sign = 1 if taken.quantity > 0 else -1
            assert all(sign * getattr(taken.amounts, name) >= 0 for name in AMOUNTS)
        assert part.freight >= 0
        order = billed(order, part)
    order = billed(order, splitting.split_off(order, splitting.everything_left(order)))
    assert_billed_exactly(order)


@given(order=any_order(), cuts=st.lists(st.decimals("0.01", "99.99", places=2), max_size=6))
def test_parts_by_percentage_add_up_to_the_order_exactly(order, cuts):
    marks = [Decimal(0), *sorted(set(cuts)), Decimal(100)]
    for before, after in pairwise(marks):
        quantities = splitting.quantities_of(order, after - before)
        order = billed(order, splitting.split_off(order, quantities), percent=after - before)
    assert_billed_exactly(order)


@given(order=any_order(), percent=st.decimals("0.01", "99.99", places=2), data=st.data())
def test_parts_by_quantity_and_percentage_mix(order, percent, data):
    some = {
        line.key: (line.quantity * data.draw(st.integers(0, 10)) / 10).quantize(line.quantity)
        for line in order.lines
    }
    order = billed(order, splitting.split_off(order, some))
    quantities = splitting.quantities_of(order, percent)
    order = billed(order, splitting.split_off(order, quantities), percent=percent)
    quantities = splitting.quantities_of(order, 100 - percent)
    order = billed(order, splitting.split_off(order, quantities), percent=100 - percent)
    assert_billed_exactly(order)
