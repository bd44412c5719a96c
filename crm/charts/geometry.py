"""How long marks are and where their names fit. Lengths are of a hundred, written for SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

WHOLE = 100
WIDTH = 280  # pixels of the place beside a list
LETTER = Decimal("6.6")
SPACE = 6


@dataclass(frozen=True)
class Column:
    """Where a column begins, counted from above, and how high it is."""

    y: str
    height: str


@dataclass(frozen=True)
class Columns:
    """Columns, and the line they stand on."""

    columns: tuple[Column, ...]
    base: str


def written(length: Decimal) -> str:
    """A length as SVG reads it in every language: '12.5', '80'."""
    return f"{length:.1f}".removesuffix(".0")


def bar_lengths(values: Sequence[Decimal]) -> list[str]:
    """How long each bar is. The longest fills its rail; size counts, not sign."""
    longest = max((abs(value) for value in values), default=Decimal(0))
    if not longest:
        return ["0" for _value in values]
    return [written(abs(value) * WHOLE / longest) for value in values]


def stand(values: Sequence[Decimal]) -> Columns:
    """Columns on a common line; what is below zero hangs down from it."""
    highest = max([*values, Decimal(0)])
    lowest = min([*values, Decimal(0)])
    unit = WHOLE / (highest - lowest or Decimal(1))
    base = highest * unit if highest > lowest else Decimal(WHOLE)
    return Columns(
        tuple(
            Column(written(base - max(value, Decimal(0)) * unit), written(abs(value) * unit))
            for value in values
        ),
        written(base),
    )


def pile(sizes: Sequence[Decimal]) -> list[tuple[str, str]]:
    """Where each part of a mark begins, and how long it is, of the mark's own hundred."""
    whole = sum((abs(size) for size in sizes), Decimal(0)) or Decimal(1)
    found, reached = [], Decimal(0)
    for size in sizes:
        length = abs(size) * WHOLE / whole
        found.append((written(reached), written(length)))
        reached += length
    return found


def name_every(count: int, longest: int) -> int:
    """1 when names of so many letters fit under all the columns, 2 for every second one, ..."""
    place = Decimal(WIDTH) / max(count, 1)
    return max(1, ceil((longest * LETTER + SPACE) / place))
