"""What a person enters on a document, checked for form and free of the database."""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class LineEntry:
    """One row of the grid. Without a price the catalogue's applies; without a product it is a
    write-in. `key` names the row in messages; `id` is an existing line's."""

    key: str
    name: str
    quantity: Decimal
    id: int | None = None
    product_id: int | None = None
    description: str = ""
    unit: str = ""
    price: Decimal | None = None
    discount_amount: Decimal = ZERO
    discount_percent: Decimal = ZERO
    tax_code_id: int | None = None
    typed_tax: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class HeaderEntry:
    """What the totals take beside the lines."""

    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    freight_amount: Decimal = ZERO
    freight_tax_code_id: int | None = None
