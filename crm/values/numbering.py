"""How numbers of documents are written: a format an administrator sets, and the fiscal year.

A format is text with placeholders in braces: `{number}` or `{number:5}` (digits to fill up with
zeros), `{year}`, `{yy}` and `{month}` of the day it is given, `{fiscal}` (the year in which the
fiscal year begins). It is read by this parser alone and evaluates nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

MAX_LENGTH = 40
MAX_DIGITS = 12
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"number(?::([0-9]{1,2}))?")


class BadFormat(ValueError):
    """The format cannot be used; `reason` says what is wrong with it."""

    def __init__(self, reason: str, part: str = "") -> None:
        super().__init__(f"{reason} {part}".strip())
        self.reason = reason
        self.part = part


def fiscal_year(day: date, *, first_month: int) -> int:
    """The calendar year in which the fiscal year that holds the day began."""
    return day.year if day.month >= first_month else day.year - 1


@dataclass(frozen=True, kw_only=True)
class NumberFormat:
    """Literal pieces and placeholders in order, as `parse_format` found them."""

    pieces: tuple[str, ...]
    digits: int

    def render(self, number: int, *, day: date, first_month: int = 1) -> str:
        known: dict[str, Callable[[], str]] = {
            "{number}": lambda: str(number).rjust(self.digits, "0"),
            "{year}": lambda: f"{day.year:04}",
            "{yy}": lambda: f"{day.year % 100:02}",
            "{month}": lambda: f"{day.month:02}",
            "{fiscal}": lambda: f"{fiscal_year(day, first_month=first_month):04}",
        }
        return "".join(known[piece]() if piece in known else piece for piece in self.pieces)

    @property
    def restarts_each_year(self) -> bool:
        """Whether two fiscal years may use the same number without writing the same text."""
        return "{fiscal}" in self.pieces


def parse_format(text: str) -> NumberFormat:
    """Reads a format, or raises BadFormat. It names the number exactly once and fits its column."""
    pieces: list[str] = []
    digits: list[int] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        pieces += [text[end : match.start()], _placeholder(match[1], digits)]
        end = match.end()
    pieces.append(text[end:])
    _check(text, pieces, digits)
    return NumberFormat(pieces=tuple(filter(None, pieces)), digits=digits[0])


def _placeholder(name: str, digits: list[int]) -> str:
    if number := _NUMBER.fullmatch(name):
        digits.append(int(number[1] or 1))
        return "{number}"
    if name in {"year", "yy", "month", "fiscal"}:
        return "{" + name + "}"
    raise BadFormat("unknown_placeholder", "{" + name + "}")


def _check(text: str, pieces: list[str], digits: list[int]) -> None:
    if len(digits) != 1:
        raise BadFormat("number_once")
    if not 1 <= digits[0] <= MAX_DIGITS:
        raise BadFormat("digits")
    literals = "".join(piece for piece in pieces if not _PLACEHOLDER.fullmatch(piece))
    if "{" in literals or "}" in literals or not literals.isprintable():
        raise BadFormat("stray_brace" if literals.isprintable() else "control_character")
    widest = NumberFormat(pieces=tuple(pieces), digits=max(digits[0], MAX_DIGITS))
    if len(widest.render(1, day=date(2000, 1, 1))) > MAX_LENGTH:
        raise BadFormat("too_long", text)
