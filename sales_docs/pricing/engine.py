"""The one pricing engine: forms, lists, PDFs, imports and the API all take their figures from it.

Per line    base  = (price - volume discount) x quantity
            net   = base - line discount - share of the header discount
            tax   = net x rate, or the tax somebody typed
Header      detail   = sum of (base - line discount)
            discount = detail x percent + amount, spread over the lines by largest remainder
            total    = detail - discount + freight + tax on lines and freight

Each amount is rounded once, half up to the currency's ISO 4217 unit unless the document says
otherwise; sums are sums of rounded amounts, so nothing is ever left over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from crm.values.money import EXACT, add_up, allocate, round_to
from sales_docs.pricing.prices import ZERO, volume_discount
from sales_docs.pricing.trace import TraceKind, TraceStep
from sales_docs.pricing.values import (
    Agreed,
    DiscountMode,
    DocumentTotals,
    HeaderInput,
    LineInput,
    LineTotals,
    Problem,
    ProblemCode,
    Tax,
    TaxGroup,
)


@dataclass(frozen=True, kw_only=True)
class _Priced:
    """A line half way: before the document's discount reaches it."""

    line: LineInput
    volume_discount: Decimal
    base_amount: Decimal
    line_discount: Decimal
    trace: tuple[TraceStep, ...]

    @property
    def line_amount(self) -> Decimal:
        return self.base_amount - self.line_discount


def price_document(header: HeaderInput, lines: Sequence[LineInput]) -> DocumentTotals:
    """Every figure of a document. Never refuses: what is wrong is in `problems`."""
    with localcontext(EXACT):
        priced = [_price_line(header, line) for line in lines]
        open_lines = [each for each in priced if each.line.agreed is None]
        discount, problems = _header_discount(header, open_lines)
        shares = _spread(discount, open_lines, places=header.places)
        totals = tuple(_finish(header, each, shares.get(each.line.key, ZERO)) for each in priced)
        return _add_up(header, totals, problems=[*_line_problems(priced), *problems])


def _round(header: HeaderInput, amount: Decimal) -> Decimal:
    return round_to(amount, header.places, rounding=header.rounding)


def _price_line(header: HeaderInput, line: LineInput) -> _Priced:
    if line.agreed is not None:
        return _price_agreed(line, line.agreed)
    price = line.unit_price.amount
    off, steps = volume_discount(price, quantity=line.quantity, tiers=line.volume_tiers)
    base = _round(header, (price - off) * line.quantity)
    discount, discount_steps = _line_discount(header, line, base)
    unit = TraceStep(kind=TraceKind.UNIT_PRICE, amount=price - off)
    result = TraceStep(kind=TraceKind.BASE_AMOUNT, amount=base, value=line.quantity)
    return _Priced(
        line=line,
        volume_discount=off,
        base_amount=base,
        line_discount=discount,
        trace=(*line.unit_price.steps, *steps, unit, result, *discount_steps),
    )


def _price_agreed(line: LineInput, agreed: Agreed) -> _Priced:
    step = TraceStep(kind=TraceKind.AGREED_AMOUNT, amount=agreed.base_amount, value=line.quantity)
    return _Priced(
        line=line,
        volume_discount=ZERO,
        base_amount=agreed.base_amount,
        line_discount=agreed.line_discount,
        trace=(*line.unit_price.steps, step),
    )


def _line_discount(
    header: HeaderInput, line: LineInput, base: Decimal
) -> tuple[Decimal, tuple[TraceStep, ...]]:
    steps = []
    by_percent = _round(header, base * line.discount_percent / 100)
    if by_percent:
        steps.append(
            TraceStep(
                kind=TraceKind.DISCOUNT_PERCENT, amount=-by_percent, value=line.discount_percent
            )
        )
    is_per_unit = header.discount_mode is DiscountMode.PER_UNIT
    times = line.quantity if is_per_unit else Decimal(1)
    by_amount = _round(header, line.discount_amount * times)
    if by_amount:
        kind = TraceKind.DISCOUNT_PER_UNIT if is_per_unit else TraceKind.DISCOUNT_AMOUNT
        steps.append(TraceStep(kind=kind, amount=-by_amount, value=line.discount_amount))
    return by_percent + by_amount, tuple(steps)


def _header_discount(
    header: HeaderInput, lines: Sequence[_Priced]
) -> tuple[Decimal, list[Problem]]:
    """At most what the lines come to, and of their sign: there is nothing else to take it from."""
    detail = add_up([each.line_amount for each in lines], places=header.places)
    discount = _round(header, detail * header.discount_percent / 100 + header.discount_amount)
    allowed = min(max(discount, min(detail, ZERO)), max(detail, ZERO))
    if discount == allowed:
        return discount, []
    return _round(header, allowed), [Problem(code=ProblemCode.DISCOUNT_ABOVE_DOCUMENT)]


def _spread(discount: Decimal, lines: Sequence[_Priced], *, places: int) -> dict[str, Decimal]:
    if not discount:
        return {}
    shares = allocate(discount, [each.line_amount for each in lines], places=places)
    return {each.line.key: share for each, share in zip(lines, shares, strict=True)}


def _finish(header: HeaderInput, priced: _Priced, share: Decimal) -> LineTotals:
    line, agreed = priced.line, priced.line.agreed
    share = _round(header, share if agreed is None else agreed.header_discount)
    net = priced.line_amount - share
    typed = line.typed_tax if agreed is None else agreed.tax_amount
    tax = _tax(header, line.tax, net=net, typed=typed)
    is_typed = agreed is None and typed is not None
    return LineTotals(
        key=line.key,
        quantity=line.quantity,
        price_per_unit=line.unit_price.amount,
        volume_discount=priced.volume_discount,
        base_amount=priced.base_amount,
        line_discount=priced.line_discount,
        header_discount=share,
        net_amount=net,
        tax=line.tax,
        tax_amount=tax,
        is_tax_typed=is_typed,
        trace=(*priced.trace, *_closing_steps(line.tax, share, net, tax, is_typed=is_typed)),
    )


def _tax(header: HeaderInput, tax: Tax, *, net: Decimal, typed: Decimal | None) -> Decimal:
    return _round(header, net * tax.rate / 100 if typed is None else typed)


def _closing_steps(
    tax: Tax, share: Decimal, net: Decimal, amount: Decimal, *, is_typed: bool
) -> tuple[TraceStep, ...]:
    kind = TraceKind.TYPED_TAX if is_typed else TraceKind.TAX
    steps = [TraceStep(kind=TraceKind.DISCOUNT_SHARE, amount=-share)] if share else []
    steps.append(TraceStep(kind=TraceKind.NET_AMOUNT, amount=net))
    if amount or is_typed:
        steps.append(TraceStep(kind=kind, amount=amount, value=tax.rate, source=tax.name))
    return tuple(steps)


def _line_problems(lines: Sequence[_Priced]) -> list[Problem]:
    problems = []
    for each in lines:
        key = each.line.key
        if each.line.unit_price.is_missing:
            problems.append(Problem(code=ProblemCode.MISSING_PRICE, key=key))
        if not each.line.quantity:
            problems.append(Problem(code=ProblemCode.NO_QUANTITY, key=key))
        if each.line_amount * each.base_amount < 0 or (each.line_discount and not each.base_amount):
            problems.append(Problem(code=ProblemCode.DISCOUNT_ABOVE_LINE, key=key))
    return problems


def _add_up(
    header: HeaderInput, lines: tuple[LineTotals, ...], *, problems: Sequence[Problem]
) -> DocumentTotals:
    places = header.places
    freight = _round(header, header.freight)
    freight_tax = _tax(header, header.freight_tax, net=freight, typed=header.typed_freight_tax)
    return DocumentTotals(
        currency=header.currency,
        places=places,
        lines=lines,
        detail_amount=add_up([line.line_amount for line in lines], places=places),
        total_line_discount=add_up([line.line_discount for line in lines], places=places),
        header_discount=add_up([line.header_discount for line in lines], places=places),
        freight=freight,
        freight_tax=freight_tax,
        total_tax=add_up([freight_tax, *(line.tax_amount for line in lines)], places=places),
        tax_groups=_tax_groups(header, lines, freight=freight, freight_tax=freight_tax),
        problems=tuple(problems),
    )


def _tax_groups(
    header: HeaderInput, lines: Sequence[LineTotals], *, freight: Decimal, freight_tax: Decimal
) -> tuple[TaxGroup, ...]:
    """One group for each code at each rate, the highest rate first; untaxed amounts are a group."""
    entries = [(line.tax, line.net_amount, line.tax_amount, line.is_tax_typed) for line in lines]
    if freight or freight_tax:
        is_typed = header.typed_freight_tax is not None
        entries.append((header.freight_tax, freight, freight_tax, is_typed))
    groups: dict[tuple[str, Decimal], TaxGroup] = {}
    for tax, base, amount, is_typed in entries:
        before = groups.get((tax.code, tax.rate))
        groups[tax.code, tax.rate] = TaxGroup(
            tax=tax,
            base=base + (before.base if before else ZERO),
            amount=amount + (before.amount if before else ZERO),
            is_typed=is_typed or (before is not None and before.is_typed),
        )
    return tuple(sorted(groups.values(), key=lambda group: (-group.tax.rate, group.tax.code)))
