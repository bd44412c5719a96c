"""Amounts are Decimals beside an ISO 4217 code. Nothing in here, or near it, is ever a float.

The number of decimals comes from ISO 4217 and not from CLDR (which babel carries): CLDR says how
people write prices (IQD without decimals), ISO how accounts are kept (IQD with three).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from babel.numbers import (
    NumberPattern,
    get_territory_currencies,
    parse_pattern,
)

NO_MINOR_UNIT = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"}
    | {"VND", "VUV", "XAF", "XOF", "XPF"}
)
THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
FOUR_DECIMALS = frozenset({"CLF", "UYW"})

DEFAULT_EXPONENT = 2
MAX_EXPONENT = 4
"""No currency has more decimals: an amount column with this many holds them all."""

MINUS = "\N{MINUS SIGN}"
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""Wide enough that no sum or product of columns is rounded before we say so."""

BY_THOUSANDS = (3, 3)


class Rounding(StrEnum):
    """How an amount between two units is settled. A document keeps the one it was made with."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


_WHOLE = re.compile(r"[0-9]*|[0-9]{1,3}([,.])(?:[0-9]{2,3}\1)*[0-9]{3}")
_FRACTION = re.compile(r"[0-9]*")
_DECIMAL_ROUNDING = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN}


class NotANumber(ValueError):
    """The text a person typed cannot be read as a number."""


@cache
def currencies() -> tuple[str, ...]:
    """The codes that are legal tender somewhere today, in order."""
    territories: dict[str, object] = get_global("territory_currencies")  # type: ignore[assignment]
    codes = {code for territory in territories for code in get_territory_currencies(territory)}
    return tuple(sorted(codes))


def currency_exponent(code: str) -> int:
    """How many decimals ISO 4217 gives the currency."""
    if code in NO_MINOR_UNIT:
        return 0
    if code in THREE_DECIMALS:
        return 3
    if code in FOUR_DECIMALS:
        return 4
    return DEFAULT_EXPONENT


def currency_choices(locale: Locale) -> list[tuple[str, str]]:
    """Code and 'EUR - Euro' in the reader's language, for a select."""
    names = locale.currencies
    return [(code, f"{code} \N{EN DASH} {names.get(code, code)}") for code in currencies()]


def smallest_unit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def round_to(amount: Decimal, places: int, *, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """Half up means away from zero, so that a credit mirrors what it credits."""
    return amount.quantize(
        smallest_unit(places), rounding=_DECIMAL_ROUNDING[rounding], context=EXACT
    )


def allocate(amount: Decimal, weights: Sequence[Decimal], *, places: int) -> list[Decimal]:
    """Share an amount by largest remainder: the shares add up to it to the last unit.

    The amount is rounded to `places` already; the weights may be of both signs but do not add up
    to zero. Equal remainders go to the earlier one. Everything is counted in whole units, so
    nothing is lost on the way, and negating the amount negates every share.
    """
    parts = _as_integers(weights)
    total = sum(parts)
    if total == 0:
        raise ValueError("Weights that add up to zero share nothing.")
    parts = [part if total > 0 else -part for part in parts]
    units = _whole_units(abs(amount), places)
    quotients = [divmod(units * part, abs(total)) for part in parts]
    counts = [share for share, _ in quotients]
    by_remainder = sorted(range(len(counts)), key=lambda index: (-quotients[index][1], index))
    for index in by_remainder[: units - sum(counts)]:
        counts[index] += 1
    sign = -1 if amount < 0 else 1
    return [_from_units(sign * count, places) for count in counts]


def _from_units(count: int, places: int) -> Decimal:
    return Decimal(count).scaleb(-places, context=EXACT)


def _whole_units(amount: Decimal, places: int) -> int:
    units = amount.scaleb(places, context=EXACT)
    if units != units.to_integral_value():
        raise ValueError(f"{amount} has more than {places} decimals.")
    return int(units)


def _as_integers(numbers: Sequence[Decimal]) -> list[int]:
    exponents = [number.as_tuple().exponent for number in numbers]
    places = max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)
    return [int(number.scaleb(max(places, 0), context=EXACT)) for number in numbers]


def add_up(amounts: Sequence[Decimal], *, places: int) -> Decimal:
    """The exact sum, written with the currency's decimals also when there is nothing to add."""
    with localcontext(EXACT):
        return sum(amounts, start=_from_units(0, places))


def format_money(
    amount: Decimal, currency: str, *, locale: Locale, exponent: int | None = None
) -> str:
    """1,234.50 EUR as its reader writes it: '€1,234.50', '1 234,50 €', 'JP¥1,235'."""
    places = currency_exponent(currency) if exponent is None else exponent
    return _fixed(_currency_pattern(locale), places, amount, locale, currency)


def format_amount(amount: Decimal, *, places: int, locale: Locale) -> str:
    """A figure in a column whose head names the currency."""
    return _fixed(_decimal_pattern(locale), places, amount, locale)


def format_price(amount: Decimal, *, places: int, locale: Locale) -> str:
    """A price per unit: the currency's decimals, and more where it has more."""
    return _apply(_pattern(_decimal_pattern(locale), places, 12), amount, locale)


def format_quantity(quantity: Decimal, *, locale: Locale) -> str:
    """As many decimals as it has: '3', '2.5'."""
    return _apply(_pattern(_decimal_pattern(locale), 0, 12), quantity, locale)


def format_percent(percent: Decimal, *, locale: Locale) -> str:
    """20 is twenty percent: '20%', '5,5 %'."""
    pattern = _pattern(str(locale.percent_formats[None].pattern), 0, 6)
    with localcontext(EXACT):
        return _apply(pattern, percent / 100, locale)


@cache
def _currency_pattern(locale: Locale) -> str:
    return str(locale.currency_formats["standard"].pattern)


@cache
def _decimal_pattern(locale: Locale) -> str:
    return str(locale.decimal_formats[None].pattern)


def _fixed(
    pattern: str, places: int, amount: Decimal, locale: Locale, currency: str | None = None
) -> str:
    """An amount with so many decimals. Babel says once what stands around and within figures:
    asking it for every amount takes half the time of a page of them."""
    frame = _frame(pattern, places, locale, currency, amount.is_signed())
    if frame is None or not amount.is_finite():
        return _apply(_pattern(pattern, places, places), amount, locale, currency)
    figures = f"{round_to(amount.copy_abs(), places):,f}"
    return f"{frame.before}{figures.translate(frame.marks)}{frame.after}"


@dataclass(frozen=True)
class _Frame:
    """What a pattern puts before, after and (instead of ',' and '.') within the figures."""

    before: str
    after: str
    marks: dict[int, str]


@lru_cache(maxsize=1024)
def _frame(
    pattern: str, places: int, locale: Locale, currency: str | None, is_negative: bool
) -> _Frame | None:
    """None where figures do not go by thousands, as in India."""
    parsed = _pattern(pattern, places, places)
    if parsed.grouping != BY_THOUSANDS:
        return None
    symbols = locale.number_symbols["latn"]
    marks = str.maketrans({",": str(symbols["group"]), ".": str(symbols["decimal"])})
    one = f"{_from_units(10**places, places):f}".translate(marks)
    shown = _apply(parsed, Decimal(-1 if is_negative else 1), locale, currency)
    before, found, after = shown.partition(one)
    return _Frame(before, after, marks) if found else None


@cache
def _pattern(pattern: str, min_places: int, max_places: int) -> NumberPattern:
    parsed = parse_pattern(pattern)
    parsed.frac_prec = (min_places, max_places)
    return parsed


def _apply(
    pattern: NumberPattern, amount: Decimal, locale: Locale, currency: str | None = None
) -> str:
    with localcontext(EXACT):
        return str(pattern.apply(amount, locale, currency=currency, currency_digits=False))


def parse_number(text: str, *, locale: Locale) -> Decimal:
    """What a person typed or pasted, in the form of their locale or of the other usual one.

    Where both a comma and a point stand, the last is the decimal mark. One alone is the decimal
    mark unless the locale groups thousands by it and exactly three digits follow.
    """
    digits = "".join(text.replace(MINUS, "-").split())
    digits = digits.replace("\N{RIGHT SINGLE QUOTATION MARK}", "").replace("'", "")
    negative, digits = digits.startswith("-"), digits.removeprefix("-")
    mark = _decimal_mark(digits, group=str(locale.number_symbols["latn"]["group"]))
    whole, _, fraction = digits.rpartition(mark) if mark else (digits, "", "")
    if not (whole or fraction) or not _WHOLE.fullmatch(whole) or not _FRACTION.fullmatch(fraction):
        raise NotANumber(text)
    whole = whole.replace(",", "").replace(".", "") or "0"
    number = Decimal(f"{whole}.{fraction}" if fraction else whole)
    return -number if negative else number


def _decimal_mark(digits: str, *, group: str) -> str:
    found = sorted((mark for mark in ",." if mark in digits), key=digits.rindex)
    if not found or (len(found) == 1 and digits.count(found[0]) > 1):
        return ""
    mark = found[-1]
    is_grouping = found == [group] and len(digits.rpartition(mark)[2]) == len("000")
    return "" if is_grouping else mark
