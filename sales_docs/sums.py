"""The totals of a document as lines of text: from what is stored, or just computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from sales_docs.calculation import tax_of
from sales_docs.models import Document, DocumentLine
from sales_docs.pricing.values import NO_TAX, DocumentTotals, Tax, TaxGroup
from sales_docs.wording import Figures, tax_label

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Sum:
    label: str
    value: str
    is_sum: bool = False


def computed_sums(document: Any, totals: DocumentTotals) -> list[Sum]:
    return _sums(
        document,
        detail=totals.detail_amount,
        discount=totals.header_discount,
        freight=totals.freight,
        groups=totals.tax_groups,
        total=totals.total_amount,
    )


def stored_sums(document: Any, lines: Sequence[DocumentLine]) -> list[Sum]:
    if not isinstance(document, Document):
        total = sum((line.net_amount for line in lines), start=ZERO)
        return [Sum(label=_("Total"), value=Figures.of(document).money(total), is_sum=True)]
    return _sums(
        document,
        detail=document.detail_amount,
        discount=document.header_discount,
        freight=document.freight_amount,
        groups=stored_tax_groups(document, lines),
        total=document.total_amount,
    )


def _sums(
    document: Any,
    *,
    detail: Decimal,
    discount: Decimal,
    freight: Decimal,
    groups: Sequence[TaxGroup],
    total: Decimal,
) -> list[Sum]:
    figures = Figures.of(document)
    whole = Sum(label=_("Total"), value=figures.money(total), is_sum=True)
    if not isinstance(document, Document):
        return [whole]
    sums = [Sum(label=_("Lines"), value=figures.amount(detail))]
    if discount:
        sums.append(Sum(label=discount_label(document, figures), value=figures.amount(-discount)))
    if freight:
        sums.append(Sum(label=_("Freight"), value=figures.amount(freight)))
    sums += [
        Sum(
            label=tax_label(group.tax.name, figures.percent(group.tax.rate)),
            value=figures.amount(group.amount),
        )
        for group in groups
        if group.tax != NO_TAX
    ]
    return [*sums, whole]


def discount_label(document: Document, figures: Figures) -> str:
    if document.discount_percent and not document.discount_amount:
        return _("Discount, {percent}").replace(
            "{percent}", figures.percent(document.discount_percent)
        )
    return _("Discount")


def stored_tax_groups(document: Document, lines: Sequence[DocumentLine]) -> tuple[TaxGroup, ...]:
    """What each tax comes to by the figures as they are stored."""
    entries = [
        (
            tax_of(line.tax_code_id, name=line.tax_name, rate=line.tax_rate),
            line.net_amount,
            line.tax_amount,
        )
        for line in lines
    ]
    if document.freight_amount or document.freight_tax:
        tax = tax_of(
            document.freight_tax_code_id,
            name=document.freight_tax_name,
            rate=document.freight_tax_rate,
        )
        entries.append((tax, document.freight_amount, document.freight_tax))
    groups: dict[Tax, tuple[Decimal, Decimal]] = {}
    for tax, base, amount in entries:
        base_before, amount_before = groups.get(tax, (ZERO, ZERO))
        groups[tax] = (base_before + base, amount_before + amount)
    ordered = sorted(groups.items(), key=lambda group: (-group[0].rate, group[0].code))
    return tuple(
        TaxGroup(tax=tax, base=base, amount=amount, is_typed=False)
        for tax, (base, amount) in ordered
    )
