"""What the engine is given and what it gives back. Frozen, and free of the database."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from crm.values.money import Rounding, currency_exponent
from sales_docs.pricing.prices import ZERO, UnitPrice, VolumeTier
from sales_docs.pricing.trace import TraceStep


class DiscountMode(StrEnum):
    """Whether a discount typed on a line is for the line or for each unit. Kept on a document."""

    PER_LINE = "per_line"
    PER_UNIT = "per_unit"


class ProblemCode(StrEnum):
    """What keeps a document from being sent, though not from being saved as a draft."""

    MISSING_PRICE = "missing_price"
    NO_QUANTITY = "no_quantity"
    DISCOUNT_ABOVE_LINE = "discount_above_line"
    DISCOUNT_ABOVE_DOCUMENT = "discount_above_document"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A problem, of one line or (without a key) of the whole document."""

    code: ProblemCode
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Tax:
    """A tax code as it stands on a document: its rate in percent."""

    code: str
    name: str
    rate: Decimal


NO_TAX = Tax(code="", name="", rate=ZERO)


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """Amounts of a line settled on another document, which must come out just so again."""

    net_amount: Decimal
    line_discount: Decimal
    header_discount: Decimal
    tax_amount: Decimal

    @property
    def base_amount(self) -> Decimal:
        return self.net_amount + self.line_discount + self.header_discount

    def __neg__(self) -> "Agreed":
        return Agreed(
            net_amount=-self.net_amount,
            line_discount=-self.line_discount,
            header_discount=-self.header_discount,
            tax_amount=-self.tax_amount,
        )


@dataclass(frozen=True, kw_only=True)
class LineInput:
    """One line to price. `discount_amount` is for the line or for a unit, as the document says."""

    key: str
    quantity: Decimal
    unit_price: UnitPrice
    volume_tiers: tuple[VolumeTier, ...] = ()
    discount_amount: Decimal = ZERO
    discount_percent: Decimal = ZERO
    tax: Tax = NO_TAX
    typed_tax: Decimal | None = None
    agreed: Agreed | None = None


@dataclass(frozen=True, kw_only=True)
class HeaderInput:
    """What holds for the whole document. Percentage and amount of the discount are both taken."""

    currency: str
    exponent: int | None = None
    discount_mode: DiscountMode = DiscountMode.PER_LINE
    rounding: Rounding = Rounding.HALF_UP
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    freight: Decimal = ZERO
    freight_tax: Tax = NO_TAX
    typed_freight_tax: Decimal | None = None

    @property
    def places(self) -> int:
        return currency_exponent(self.currency) if self.exponent is None else self.exponent


@dataclass(frozen=True, kw_only=True)
class LineTotals:
    """A line, priced. Everything but the two prices is rounded to the currency's unit."""

    key: str
    quantity: Decimal
    price_per_unit: Decimal
    volume_discount: Decimal  # for a unit
    base_amount: Decimal  # quantity x (price - volume discount)
    line_discount: Decimal
    header_discount: Decimal  # this line's share
    net_amount: Decimal  # what tax is computed on
    tax: Tax
    tax_amount: Decimal
    is_tax_typed: bool
    trace: tuple[TraceStep, ...] = field(repr=False)

    @property
    def line_amount(self) -> Decimal:
        """Before the document's discount and tax."""
        return self.base_amount - self.line_discount

    @property
    def extended_amount(self) -> Decimal:
        return self.line_amount + self.tax_amount

    @property
    def agreed(self) -> Agreed:
        return Agreed(
            net_amount=self.net_amount,
            line_discount=self.line_discount,
            header_discount=self.header_discount,
            tax_amount=self.tax_amount,
        )


@dataclass(frozen=True, kw_only=True)
class TaxGroup:
    """What one tax code takes on a document. `is_typed`: somebody typed a tax over it."""

    tax: Tax
    base: Decimal
    amount: Decimal
    is_typed: bool


@dataclass(frozen=True, kw_only=True)
class DocumentTotals:
    """A document, priced. Lines, header and tax groups add up to each other to the last unit."""

    currency: str
    places: int
    lines: tuple[LineTotals, ...]
    detail_amount: Decimal  # lines after their own discounts
    total_line_discount: Decimal
    header_discount: Decimal
    freight: Decimal
    freight_tax: Decimal
    total_tax: Decimal
    tax_groups: tuple[TaxGroup, ...]
    problems: tuple[Problem, ...]

    @property
    def pre_freight_amount(self) -> Decimal:
        return self.detail_amount - self.header_discount

    @property
    def total_amount(self) -> Decimal:
        return self.pre_freight_amount + self.freight + self.total_tax
