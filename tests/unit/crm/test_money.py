"""Rounding, sharing out, writing and reading amounts."""

import ast
from decimal import Decimal
from pathlib import Path

import pytest
from babel import Locale
from babel.numbers import format_currency, get_currency_precision, parse_pattern
from hypothesis import given
from hypothesis import strategies as st

from crm.values import money

ENGLISH = Locale.parse("en")
FRENCH = Locale.parse("fr")
MONEY_CODE = ("crm/values/money.py", "sales_docs")

units = st.integers(-(10**12), 10**12)
weights = st.lists(
    st.decimals(0, 10**9, places=3, allow_nan=False, allow_infinity=False), min_size=1, max_size=20
).filter(any)


@pytest.mark.parametrize(
    ("code", "exponent"), [("EUR", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4), ("HUF", 2), ("IQD", 3)]
)
def test_exponent_is_the_one_of_iso_4217(code, exponent):
    assert money.currency_exponent(code) == exponent


def test_cldr_would_have_dropped_decimals_that_are_accounted_for():
    assert get_currency_precision("IQD") == 0
    assert money.round_to(Decimal("1.2345"), money.currency_exponent("IQD")) == Decimal("1.235")


def test_currencies_are_those_in_use_today():
    assert {"EUR", "USD", "JPY", "BHD", "CHF"} <= set(money.currencies())
    assert not {"DEM", "FRF", "XXX"} & set(money.currencies())


@pytest.mark.parametrize(
    ("amount", "rounding", "rounded"),
    [
        ("0.125", money.Rounding.HALF_UP, "0.13"),
        ("-0.125", money.Rounding.HALF_UP, "-0.13"),
        ("0.124999", money.Rounding.HALF_UP, "0.12"),
        ("0.125", money.Rounding.HALF_EVEN, "0.12"),
        ("0.135", money.Rounding.HALF_EVEN, "0.14"),
    ],
)
def test_half_a_unit_goes_away_from_zero_unless_told_otherwise(amount, rounding, rounded):
    result = money.round_to(Decimal(amount), 2, rounding=rounding)
    assert str(result) == rounded


def test_rounding_is_exact_far_beyond_the_default_precision():
    amount = Decimal("123456789012345678901234567890123.445")
    assert str(money.round_to(amount, 2)) == "123456789012345678901234567890123.45"


def test_a_hundred_in_three_leaves_the_odd_cent_on_the_first():
    shares = money.allocate(Decimal("100.00"), [Decimal(1)] * 3, places=2)
    assert [str(share) for share in shares] == ["33.34", "33.33", "33.33"]


def test_the_odd_unit_goes_to_the_largest_remainder():
    shares = money.allocate(Decimal(10), [Decimal("1.4"), Decimal("2.5"), Decimal("3.1")], places=0)
    assert [str(share) for share in shares] == ["2", "4", "4"]


def test_nothing_falls_on_a_weight_of_zero():
    shares = money.allocate(Decimal("-0.05"), [Decimal(0), Decimal(1), Decimal("2.5")], places=2)
    assert [str(share) for share in shares] == ["0.00", "-0.01", "-0.04"]


@given(units=units, weights=weights, places=st.sampled_from([0, 2, 3]))
def test_shares_add_up_and_stray_less_than_one_unit(units, weights, places):
    amount = Decimal(units).scaleb(-places)
    shares = money.allocate(amount, weights, places=places)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        exact = amount * weight / sum(weights)
        assert abs(share - exact) < money.smallest_unit(places) + Decimal("1e-12")


def test_a_return_among_the_lines_takes_its_share_with_its_sign():
    shares = money.allocate(Decimal("8.00"), [Decimal(100), Decimal(-20)], places=2)
    assert [str(share) for share in shares] == ["10.00", "-2.00"]


@given(units=units, weights=weights)
def test_negating_amount_and_weights_negates_every_share(units, weights):
    shares = money.allocate(Decimal(units), weights, places=0)
    mirrored = money.allocate(Decimal(-units), [-weight for weight in weights], places=0)
    assert mirrored == [-share for share in shares]


@pytest.mark.parametrize("weights", [[Decimal(0)], [Decimal(2), Decimal(-2)], []])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="Weights"):
        money.allocate(Decimal(1), weights, places=2)


def test_an_unrounded_amount_cannot_be_shared_out():
    with pytest.raises(ValueError, match="decimals"):
        money.allocate(Decimal("0.001"), [Decimal(1)], places=2)


@pytest.mark.parametrize(
    ("amount", "code", "english", "french"),
    [
        ("1234567.5", "EUR", "€1,234,567.50", "1\u202f234\u202f567,50\xa0€"),
        ("-1234", "JPY", "-¥1,234", "-1\u202f234\xa0JPY"),
        ("0.5", "BHD", "BHD\xa00.500", "0,500\xa0BHD"),
        ("12", "IQD", "IQD\xa012.000", "12,000\xa0IQD"),
    ],
)
def test_money_is_written_as_its_reader_does(amount, code, english, french):
    assert money.format_money(Decimal(amount), code, locale=FRENCH) == french
    written = money.format_money(Decimal(amount), code, locale=ENGLISH)
    assert written.replace("\xa0", "") == english.replace("\xa0", "")


def test_a_price_shows_the_decimals_it_has():
    assert money.format_price(Decimal("0.012500"), places=2, locale=ENGLISH) == "0.0125"
    assert money.format_price(Decimal("27600.000000"), places=2, locale=ENGLISH) == "27,600.00"
    assert money.format_quantity(Decimal("2.50000"), locale=FRENCH) == "2,5"
    assert money.format_percent(Decimal("5.50"), locale=FRENCH) == "5,5\xa0%"


@pytest.mark.parametrize(
    ("typed", "english", "french"),
    [
        ("1234", "1234", "1234"),
        ("1,234.50", "1234.50", "1234.50"),
        ("1.234,50", "1234.50", "1234.50"),
        ("1\u202f234,50", "1234.50", "1234.50"),
        ("1’234.50", "1234.50", "1234.50"),
        ("1,234", "1234", "1.234"),
        ("1.234", "1.234", "1.234"),
        ("1,5", "1.5", "1.5"),
        ("12,34,567", "1234567", "1234567"),
        ("−4", "-4", "-4"),
        (" .5 ", "0.5", "0.5"),
    ],
)
def test_numbers_are_read_as_people_type_and_paste_them(typed, english, french):
    assert money.parse_number(typed, locale=ENGLISH) == Decimal(english)
    assert money.parse_number(typed, locale=FRENCH) == Decimal(french)


@pytest.mark.parametrize(
    "typed",
    ["", "-", ".", "abc", "1e5", "NaN", "Infinity", "٣", "1,2.3.4", "--1", "1,23,4", "1 €", "0x1"],
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(money.NotANumber):
        money.parse_number(typed, locale=ENGLISH)


@given(units=units, locale=st.sampled_from(["en", "fr", "de", "de_CH", "en_IN"]))
def test_what_we_write_we_can_read(units, locale):
    amount = Decimal(units).scaleb(-2)
    reader = Locale.parse(locale)
    written = money.format_amount(amount, places=2, locale=reader)
    assert money.parse_number(written, locale=reader) == amount


def test_money_code_knows_no_float():
    root = Path(__file__).parents[3]
    files = [root / MONEY_CODE[0], *sorted((root / MONEY_CODE[1]).rglob("*.py"))]
    assert len(files) > 1
    found = [
        f"{file.relative_to(root)}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id in {"float", "FloatField"})
        or (isinstance(node, ast.Attribute) and node.attr in {"FloatField", "to_float"})
    ]
    assert found == []


@given(
    st.decimals(-(10**15), 10**15, places=5, allow_nan=False),
    st.sampled_from(["EUR", "USD", "JPY", "BHD", "CLF"]),
    st.sampled_from(["en_GB", "en_US", "fr", "de", "de_CH", "sv", "es", "hi", "ar"]),
)
def test_amounts_are_written_as_babel_writes_them(amount, code, language):
    locale = Locale.parse(language)
    exact = money.round_to(amount, money.currency_exponent(code)).copy_sign(amount)
    assert money.format_money(amount, code, locale=locale) == format_currency(
        exact, code, locale=locale, currency_digits=False, format=_with_places(locale, code)
    )


def _with_places(locale, code):
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    places = money.currency_exponent(code)
    pattern.frac_prec = (places, places)
    return pattern
