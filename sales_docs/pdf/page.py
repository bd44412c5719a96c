"""What stands on a printed document, in the words and figures of its reader.

Every text is final: names of record types come from the label registry, amounts and dates are
written for the reader's locale. The layout only places them.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Seller:
    """The letterhead: the company, how to reach it, and what the law wants at the foot."""

    name: str
    lines: tuple[str, ...] = ()
    registration: tuple[str, ...] = ()
    logo: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Party:
    """Whom it is for, or where the goods go: a label, then name and address."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A date, a number, a reference: one line beside the address."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class ColumnHead:
    """A column of the lines. The one that grows holds what is sold."""

    label: str
    is_number: bool = False
    grows: bool = False


@dataclass(frozen=True, kw_only=True)
class Sold:
    """What a line sells: its name, its code and more text below."""

    name: str
    code: str = ""
    detail: tuple[str, ...] = ()


Cell = str | Sold


@dataclass(frozen=True, kw_only=True)
class Total:
    """A line of the totals; the last is the sum."""

    label: str
    value: str
    is_sum: bool = False


@dataclass(frozen=True, kw_only=True)
class Taxes:
    """The tax summary: heads, a row for each rate, and notes such as a reason for no tax."""

    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Closing:
    """A titled passage under the totals: payment, terms."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One document, ready to print. `page_label` holds {page} and {pages}."""

    title: str
    heading: str
    language: str
    page_label: str
    seller: Seller
    customer: Party
    columns: tuple[ColumnHead, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Total, ...]
    delivery: Party | None = None
    facts: tuple[Fact, ...] = ()
    subject: str = ""
    mark: str = ""
    opening: tuple[str, ...] = ()
    taxes: Taxes = Taxes()
    closing: tuple[Closing, ...] = ()
    signatures: tuple[str, ...] = ()
    paper: str = "a4"

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["seller"]["logo"] = list(self.seller.logo)
        return data
