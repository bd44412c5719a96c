"""The pricing engine: exact figures by the formulas, and sums that hold for any document."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.values.money import Rounding
from sales_docs.pricing import prices
from sales_docs.pricing.engine import price_document
from sales_docs.pricing.trace import TraceKind, TraceStep
from sales_docs.pricing.values import (
    Agreed,
    DiscountMode,
    HeaderInput,
    LineInput,
    Problem,
    ProblemCode,
    Tax,
)

STANDARD = Tax(code="FR20", name="TVA 20 %", rate=Decimal(20))
REDUCED = Tax(code="FR55", name="TVA 5,5 %", rate=Decimal("5.5"))


def line(key="1", *, quantity="1", price="100", **more):
    decimals = {"discount_amount", "discount_percent", "typed_tax"}
    more = {name: Decimal(value) if name in decimals else value for name, value in more.items()}
    return LineInput(
        key=key,
        quantity=Decimal(quantity),
        unit_price=prices.list_price(Decimal(price), price_list="Europe 2026"),
        **more,
    )


def header(currency="EUR", **more):
    return HeaderInput(
        currency=currency,
        **{name: Decimal(value) if type(value) is str else value for name, value in more.items()},
    )


def tier(since, kind, value, until=None):
    return prices.VolumeTier(
        since=Decimal(since),
        until=until and Decimal(until),
        kind=kind,
        value=Decimal(value),
        source="Volume",
    )


def steps_of(totals):
    return [(step.kind, str(step.amount)) for step in totals.lines[0].trace]


def test_a_document_comes_to_what_the_formulas_say():
    totals = price_document(
        header(discount_percent="10", discount_amount="5", freight="12.50", freight_tax=STANDARD),
        [
            line("1", quantity="3", price="33.335", tax=STANDARD),
            line("2", quantity="2", price="50", discount_amount="10", tax=REDUCED),
        ],
    )
    first, second = totals.lines
    assert str(first.base_amount) == "100.01"
    assert str(second.base_amount) == "100.00"
    assert str(totals.detail_amount) == "190.01"
    assert str(totals.total_line_discount) == "10.00"
    assert str(totals.header_discount) == "24.00"  # 19.001 + 5, rounded
    assert [str(each.header_discount) for each in totals.lines] == ["12.63", "11.37"]
    assert [str(each.net_amount) for each in totals.lines] == ["87.38", "78.63"]
    assert [str(each.tax_amount) for each in totals.lines] == ["17.48", "4.32"]
    assert [str(each.extended_amount) for each in totals.lines] == ["117.49", "94.32"]
    assert str(totals.pre_freight_amount) == "166.01"
    assert str(totals.freight_tax) == "2.50"
    assert str(totals.total_tax) == "24.30"
    assert str(totals.total_amount) == "202.81"
    groups = [(group.tax, str(group.base), str(group.amount)) for group in totals.tax_groups]
    assert groups == [(STANDARD, "99.88", "19.98"), (REDUCED, "78.63", "4.32")]
    assert totals.problems == ()


def test_a_discount_per_unit_is_taken_for_every_unit():
    lines = [line(quantity="4", price="50", discount_amount="1.255")]
    per_unit = price_document(header(discount_mode=DiscountMode.PER_UNIT), lines)
    per_line = price_document(header(discount_mode=DiscountMode.PER_LINE), lines)
    assert str(per_unit.detail_amount) == "194.98"
    assert str(per_line.detail_amount) == "198.74"
    assert (TraceKind.DISCOUNT_PER_UNIT, "-5.02") in steps_of(per_unit)
    assert (TraceKind.DISCOUNT_AMOUNT, "-1.26") in steps_of(per_line)


def test_a_discount_in_percent_and_one_in_money_are_both_taken():
    totals = price_document(
        header(), [line(quantity="11", price="212", discount_percent="5", discount_amount="0.40")]
    )
    assert str(totals.lines[0].line_discount) == "117.00"
    assert str(totals.detail_amount) == "2215.00"


@pytest.mark.parametrize(
    ("quantity", "base"), [("9", "9.00"), ("10", "9.00"), ("99", "89.10"), ("100", "75.00")]
)
def test_the_tier_that_covers_the_quantity_lowers_the_price_of_each_unit(quantity, base):
    tiers = (
        tier("10", prices.TierKind.PERCENT, "10", until="99"),
        tier("100", prices.TierKind.AMOUNT, "0.25"),
    )
    totals = price_document(header(), [line(quantity=quantity, price="1", volume_tiers=tiers)])
    assert str(totals.lines[0].base_amount) == base


def test_a_fraction_of_a_cent_in_the_price_counts():
    totals = price_document(header(), [line(quantity="10000", price="0.012345")])
    assert str(totals.total_amount) == "123.45"


def test_a_typed_tax_stands_and_is_marked():
    totals = price_document(
        header(), [line(tax=STANDARD, typed_tax="19.99"), line("2", tax=STANDARD)]
    )
    assert [str(each.tax_amount) for each in totals.lines] == ["19.99", "20.00"]
    assert [each.is_tax_typed for each in totals.lines] == [True, False]
    assert [(str(group.amount), group.is_typed) for group in totals.tax_groups] == [("39.99", True)]


def test_a_typed_tax_of_zero_is_not_the_same_as_none_typed():
    totals = price_document(header(), [line(tax=STANDARD, typed_tax="0")])
    assert totals.total_tax == 0
    assert totals.lines[0].is_tax_typed


def test_untaxed_lines_and_freight_make_a_group_of_their_own():
    totals = price_document(header(freight="7"), [line(), line("2", tax=STANDARD)])
    assert [(group.tax.code, str(group.base)) for group in totals.tax_groups] == [
        ("FR20", "100.00"),
        ("", "107.00"),
    ]


@pytest.mark.parametrize(
    ("currency", "base", "tax", "total"),
    [("JPY", "334", "67", "401"), ("EUR", "333.75", "66.75", "400.50"),
     ("BHD", "333.750", "66.750", "400.500")],
)  # fmt: skip
def test_amounts_have_the_decimals_of_their_currency(currency, base, tax, total):
    totals = price_document(header(currency), [line(quantity="2.5", price="133.5", tax=STANDARD)])
    assert str(totals.lines[0].base_amount) == base
    assert str(totals.total_tax) == tax
    assert str(totals.total_amount) == total


def test_a_document_keeps_its_own_rounding_and_decimals():
    lines = [line(quantity="1", price="0.125")]
    assert str(price_document(header(), lines).total_amount) == "0.13"
    even = header(rounding=Rounding.HALF_EVEN)
    assert str(price_document(even, lines).total_amount) == "0.12"
    assert str(price_document(header(exponent=3), lines).total_amount) == "0.125"


def test_the_trace_tells_the_whole_story_of_a_line():
    tiers = (tier("10", prices.TierKind.PERCENT, "10"),)
    totals = price_document(
        header(discount_percent="5"),
        [line(quantity="11", price="10000", volume_tiers=tiers, discount_amount="9", tax=STANDARD)],
    )
    assert steps_of(totals) == [
        (TraceKind.LIST_PRICE, "10000"),
        (TraceKind.VOLUME_PERCENT, "-1000.000000"),
        (TraceKind.UNIT_PRICE, "9000.000000"),
        (TraceKind.BASE_AMOUNT, "99000.00"),
        (TraceKind.DISCOUNT_AMOUNT, "-9.00"),
        (TraceKind.DISCOUNT_SHARE, "-4949.55"),
        (TraceKind.NET_AMOUNT, "94041.45"),
        (TraceKind.TAX, "18808.29"),
    ]
    stored = [step.to_json() for step in totals.lines[0].trace]
    assert [TraceStep.from_json(step) for step in stored] == list(totals.lines[0].trace)
    assert all(isinstance(value, str) for step in stored for value in step.values())


def test_a_discount_larger_than_the_lines_takes_no_more_than_they_come_to():
    totals = price_document(header(discount_amount="150"), [line(tax=STANDARD)])
    assert totals.header_discount == 100
    assert totals.total_amount == 0
    assert totals.problems == (Problem(code=ProblemCode.DISCOUNT_ABOVE_DOCUMENT),)


def test_a_negative_discount_is_no_discount():
    totals = price_document(header(discount_amount="-1"), [line()])
    assert totals.total_amount == 100
    assert totals.problems == (Problem(code=ProblemCode.DISCOUNT_ABOVE_DOCUMENT),)


def test_problems_name_their_line():
    lines = [
        line("a", discount_amount="100.01"),
        line("b", quantity="0"),
        LineInput(key="c", quantity=Decimal(2), unit_price=prices.missing_price()),
    ]
    assert price_document(header(), lines).problems == (
        Problem(code=ProblemCode.DISCOUNT_ABOVE_LINE, key="a"),
        Problem(code=ProblemCode.NO_QUANTITY, key="b"),
        Problem(code=ProblemCode.MISSING_PRICE, key="c"),
    )


def test_a_document_without_lines_comes_to_nothing():
    totals = price_document(header("JPY"), [])
    assert (totals.total_amount, totals.tax_groups, totals.problems) == (0, (), ())


def test_agreed_amounts_come_out_as_they_went_in():
    agreed = Agreed(
        net_amount=Decimal("33.34"),
        line_discount=Decimal("1.00"),
        header_discount=Decimal("2.00"),
        tax_amount=Decimal("6.66"),
    )
    totals = price_document(header(), [line(agreed=agreed, tax=STANDARD), line("2", tax=STANDARD)])
    assert totals.lines[0].agreed == agreed
    assert str(totals.lines[0].base_amount) == "36.34"
    assert str(totals.header_discount) == "2.00"
    assert str(totals.total_amount) == "160.00"


# Any document at all

percents = st.decimals(0, 100, places=2)
taxes = st.sampled_from([STANDARD, REDUCED, Tax(code="", name="", rate=Decimal(0))])


@st.composite
def any_line(draw, key):
    return LineInput(
        key=key,
        quantity=draw(st.decimals("-50", "1000", places=3)),
        unit_price=prices.typed_price(draw(st.decimals(0, 100000, places=4))),
        discount_amount=draw(st.decimals(0, 10, places=3)),
        discount_percent=draw(percents),
        tax=draw(taxes),
        typed_tax=draw(st.none() | st.decimals(0, 50, places=3)),
    )


@st.composite
def any_document(draw):
    keys = [str(number) for number in range(draw(st.integers(0, 12)))]
    return draw(
        st.builds(
            HeaderInput,
            currency=st.sampled_from(["JPY", "EUR", "BHD"]),
            discount_mode=st.sampled_from(DiscountMode),
            rounding=st.sampled_from(Rounding),
            discount_percent=percents,
            discount_amount=st.decimals(0, 1000, places=3),
            freight=st.decimals(0, 100, places=3),
            freight_tax=taxes,
        )
    ), [draw(any_line(key)) for key in keys]


@given(any_document())
def test_lines_header_and_tax_groups_add_up_to_the_last_unit(document):
    totals = price_document(*document)
    lines = totals.lines
    assert sum(each.net_amount for each in lines) == totals.pre_freight_amount
    assert sum(each.extended_amount - each.tax_amount for each in lines) == totals.detail_amount
    assert sum(each.header_discount for each in lines) == totals.header_discount
    assert sum(each.tax_amount for each in lines) + totals.freight_tax == totals.total_tax
    assert sum(each.base for each in totals.tax_groups) == (
        totals.pre_freight_amount + totals.freight
    )
    assert sum(each.amount for each in totals.tax_groups) == totals.total_tax
    by_groups = sum(each.base + each.amount for each in totals.tax_groups)
    assert by_groups == totals.total_amount


@given(any_document())
def test_every_amount_is_a_decimal_in_whole_units(document):
    totals = price_document(*document)
    amounts = [totals.total_amount, totals.total_tax, totals.total_line_discount, totals.freight]
    for each in totals.lines:
        amounts += [each.base_amount, each.net_amount, each.tax_amount, each.extended_amount]
        amounts += [each.header_discount, each.line_discount]
    assert {type(amount) for amount in amounts} == {Decimal}
    assert {amount.as_tuple().exponent for amount in amounts} == {-totals.places}


@given(any_document())
def test_a_share_of_the_discount_never_exceeds_its_line(document):
    for each in price_document(*document).lines:
        assert abs(each.header_discount) <= abs(each.line_amount)
        assert each.header_discount * each.line_amount >= 0


@given(any_document())
def test_a_credit_of_everything_nets_to_zero(document):
    head, lines = document
    totals = price_document(head, lines)
    credit = price_document(
        HeaderInput(
            currency=head.currency,
            freight=-totals.freight,
            freight_tax=head.freight_tax,
            typed_freight_tax=-totals.freight_tax,
        ),
        [
            LineInput(
                key=each.key,
                quantity=-each.quantity,
                unit_price=prices.locked_price(each.price_per_unit),
                tax=each.tax,
                agreed=-each.agreed,
            )
            for each in totals.lines
        ],
    )
    assert credit.total_amount == -totals.total_amount
    assert credit.total_tax == -totals.total_tax
    assert credit.header_discount == -totals.header_discount
