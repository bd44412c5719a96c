"""What a person can read about how an amount came about. Words are added when it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Self

from crm.values.money import EXACT


class TraceKind(StrEnum):
    """What happened at a step."""

    LIST_PRICE = "list_price"
    TYPED_PRICE = "typed_price"
    WRITE_IN_PRICE = "write_in_price"
    MISSING_PRICE = "missing_price"
    LOCKED_PRICE = "locked_price"
    VOLUME_AMOUNT = "volume_amount"
    VOLUME_PERCENT = "volume_percent"
    UNIT_PRICE = "unit_price"
    BASE_AMOUNT = "base_amount"
    DISCOUNT_AMOUNT = "discount_amount"
    DISCOUNT_PER_UNIT = "discount_per_unit"
    DISCOUNT_PERCENT = "discount_percent"
    DISCOUNT_SHARE = "discount_share"
    NET_AMOUNT = "net_amount"
    TAX = "tax"
    TYPED_TAX = "typed_tax"
    AGREED_AMOUNT = "agreed_amount"


RESULTS = frozenset({TraceKind.UNIT_PRICE, TraceKind.BASE_AMOUNT, TraceKind.NET_AMOUNT})
"""Steps that state where the ones before them have led, rather than change the amount."""


@dataclass(frozen=True, kw_only=True)
class TraceStep:
    """One line of the trace: what changed the amount, by how much, and what it came from.

    `amount` is signed. `value` is what the step was computed from: a percentage, a quantity, a
    tier's lower bound or, for a typed price, the list price it replaced. `source` is a name.
    """

    kind: TraceKind
    amount: Decimal
    value: Decimal | None = None
    source: str = ""

    @property
    def is_result(self) -> bool:
        return self.kind in RESULTS

    def to_json(self) -> dict[str, str]:
        """Strings only, so that a stored trace never passes through a binary number."""
        stored = {"kind": self.kind.value, "amount": _plain(self.amount)}
        if self.value is not None:
            stored["value"] = _plain(self.value)
        if self.source:
            stored["source"] = self.source
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> Self:
        value = stored.get("value")
        return cls(
            kind=TraceKind(stored["kind"]),
            amount=Decimal(stored["amount"]),
            value=None if value is None else Decimal(value),
            source=stored.get("source", ""),
        )


def _plain(number: Decimal) -> str:
    """The same text for the same number, however many zeros it came with."""
    return format(number.normalize(EXACT), "f")
