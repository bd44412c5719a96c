"""Changing the lines of an opportunity, quote, order or invoice: one operation for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import clock
from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.errors import RuleViolation, StaleVersion
from crm.models.levels import Privilege
from crm.operations import current, journal, operation
from crm.records.services import lock_record, save_changed
from crm.registry.declaration import RecordType
from crm.registry.registry import registry
from sales_docs.calculation import price_lines, put_totals
from sales_docs.entries import HeaderEntry, LineEntry
from sales_docs.line_merging import EditedLine, MergedLines, merge_header, merge_lines
from sales_docs.models import Document, DocumentLine, PriceSource, Product, TaxCode
from sales_docs.pricing.prices import ZERO
from sales_docs.pricing.values import DocumentTotals
from sales_docs.rules.catalogue import require_sellable, require_usable_price_list
from sales_docs.rules.documents import require_lines_unlocked
from sales_docs.rules.lines import (
    MAX_LINES,
    line_field,
    require_sound_entry,
    require_sound_header,
    require_sound_totals,
)

LINE_COLUMNS = tuple(
    field.attname
    for field in DocumentLine._meta.local_fields
    if field.attname not in {"id", "document_id"}
)


class LinesConflict(StaleVersion):
    """Somebody else changed the same cells, or removed the same lines, meanwhile."""

    def __init__(self, merged: MergedLines, *, version: int) -> None:
        super().__init__(
            _("Somebody else changed the same lines meanwhile. Check them, then save again."),
            original={line_field(each.key, each.field): each.was for each in merged.conflicts},
            theirs={line_field(each.key, each.field): each.now for each in merged.conflicts},
            yours={},
            version=version,
        )
        self.conflicts = merged.conflicts


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A whole grid as it comes back. `removed` are the lines taken out, as they were."""

    rows: tuple[EditedLine, ...]
    removed: tuple[LineEntry, ...] = ()
    header: HeaderEntry | None = None
    header_was: HeaderEntry | None = None


def line_model_of(record: Any) -> Any:
    """The concrete kind of line that records of this type have."""
    return record._meta.get_field("lines").related_model


def lines_of(record: Any) -> list[DocumentLine]:
    """The lines in order, with their products and taxes: one query."""
    return _lines(Actor.system(), record.pk, key=record.type_key())


@prepared
def _lines(_actor: Actor, record_id: int, *, key: str) -> QuerySet[Any]:
    rows = line_model_of(registry.get(key).model).objects.filter(document=record_id)
    return rows.select_related("product", "tax_code").order_by("position", "id")  # type: ignore[no-any-return]


def reprice(document: Any, lines: Sequence[DocumentLine]) -> DocumentTotals:
    """Prices stored lines anew and writes those that come to something else than before."""
    before = [_columns(line) for line in lines]
    totals = price_lines(document, [(str(line.pk), line) for line in lines])
    for line, was in zip(lines, before, strict=True):
        if _columns(line) != was:
            line.save()
    return totals


def entry_of(line: DocumentLine) -> LineEntry:
    """What somebody would have entered to get this line."""
    is_listed = line.price_source == PriceSource.CATALOGUE
    return LineEntry(
        key=str(line.pk),
        id=line.pk,
        product_id=line.product_id,
        name=line.name,
        description=line.description,
        unit=line.unit,
        quantity=line.quantity,
        price=None if is_listed else line.price_per_unit,
        discount_amount=line.discount_amount,
        discount_percent=line.discount_percent,
        tax_code_id=line.tax_code_id,
        typed_tax=line.typed_tax,
    )


def header_entry_of(document: Document) -> HeaderEntry:
    return HeaderEntry(
        discount_percent=document.discount_percent,
        discount_amount=document.discount_amount,
        freight_amount=document.freight_amount,
        freight_tax_code_id=document.freight_tax_code_id,
    )


@operation
def save_document_lines(
    *, actor: Actor, record_type: RecordType, record_id: int, edited: Edited
) -> Any:
    """Writes the lines of one record and everything that follows from them.

    Locks the record; merges with what others have changed since the form was made. Journals
    'lines_changed'. Raises RuleViolation naming cells, LinesConflict, AccessDenied, NotVisible.
    """
    record = lock_record(
        actor=actor, record_type=record_type, record_id=record_id, privilege=Privilege.WRITE
    )
    require_lines_unlocked(record)
    standing = lines_of(record)
    merged = merge_lines(
        edited.rows, removed=edited.removed, now=[entry_of(line) for line in standing]
    )
    if merged.conflicts:
        raise LinesConflict(merged, version=record.version)
    changes = _put_header(record, edited)
    grid = _Grid(actor, record, standing, day=timezone.localdate(current().at))
    lines = grid.lines_for(merged.entries)
    totals = price_lines(record, lines)
    require_sound_totals(totals)
    counts = grid.write([line for _key, line in lines])
    return _write_record(record_type, record, changes, totals=totals, counts=counts)


def preview_document_lines(
    *, actor: Actor, record: Any, edited: Edited
) -> tuple[DocumentTotals, list[tuple[str, DocumentLine]]]:
    """What the grid comes to as it stands, without writing anything.

    The record is not saved. Raises RuleViolation as saving would.
    """
    _put_header(record, edited)
    grid = _Grid(actor, record, lines_of(record), day=timezone.localdate(clock.now()))
    lines = grid.lines_for([row.entry for row in edited.rows])
    totals = price_lines(record, lines)
    require_sound_totals(totals)
    return totals, lines


def _put_header(record: Any, edited: Edited) -> dict[str, Any]:
    """Sets discount and freight where the record has them, and returns the old values."""
    if edited.header is None or not isinstance(record, Document):
        return {}
    now = header_entry_of(record)
    entry = merge_header(edited.header, was=edited.header_was or now, now=now)
    require_sound_header(entry, places=record.decimal_places)
    _require_freight_code(entry)
    changes = {}
    for each in fields(HeaderEntry):
        new = getattr(entry, each.name)
        if getattr(record, each.name) != new:
            changes[each.name.removesuffix("_id")] = getattr(record, each.name)
            setattr(record, each.name, new)
    return changes | put_freight_tax(record)


def _require_freight_code(entry: HeaderEntry) -> None:
    chosen = entry.freight_tax_code_id
    if chosen is not None and not TaxCode.objects.filter(pk=chosen).exists():
        told = _("Choose one from the list.")
        raise RuleViolation(told, fields={"freight_tax_code": told})


def put_freight_tax(document: Document) -> dict[str, Any]:
    """Keeps the freight's tax as its code has it today."""
    code = document.freight_tax_code
    changes: dict[str, Any] = {}
    for name, new in (
        ("freight_tax_name", code.name if code else ""),
        ("freight_tax_rate", code.rate if code else 0),
    ):
        if getattr(document, name) != new:
            changes[name] = getattr(document, name)
            setattr(document, name, new)
    return changes


class _Grid:
    """The lines of one record while they are rewritten."""

    def __init__(
        self, actor: Actor, record: Any, standing: Sequence[DocumentLine], *, day: date
    ) -> None:
        self.actor, self.record = actor, record
        self.model = line_model_of(record)
        self.standing = {line.pk: line for line in standing}
        self.before = {line.pk: _columns(line) for line in standing}
        self.day = day

    def lines_for(self, entries: Sequence[LineEntry]) -> list[tuple[str, DocumentLine]]:
        if len(entries) > MAX_LINES:
            raise RuleViolation(
                _("At most %(count)s lines fit on one document.") % {"count": MAX_LINES}
            )
        products = self._products(entries)
        codes = {code.pk: code for code in TaxCode.objects.all()}
        _require_tax_codes(entries, codes)
        self._check_price_list(entries)
        return [
            (entry.key, self._line_for(position, entry, products, codes))
            for position, entry in enumerate(entries, start=1)
        ]

    def _products(self, entries: Sequence[LineEntry]) -> dict[int, Product]:
        """Those already on a line, and new ones the actor may put there."""
        known = {line.product.pk: line.product for line in self.standing.values() if line.product}
        wanted = {entry.product_id for entry in entries if entry.product_id} - set(known)
        if not wanted:
            return known
        found = Product.objects.visible_to(self.actor, Privilege.APPEND_TO).filter(pk__in=wanted)
        return known | {product.pk: product for product in found.select_related("tax_code")}

    def _check_price_list(self, entries: Sequence[LineEntry]) -> None:
        price_list = self.record.price_list
        has_new = any(entry.id is None and entry.product_id for entry in entries)
        if price_list is not None and has_new:
            require_usable_price_list(price_list, currency=self.record.currency_id, day=self.day)

    def _line_for(
        self,
        position: int,
        entry: LineEntry,
        products: dict[int, Product],
        codes: dict[int, TaxCode],
    ) -> DocumentLine:
        standing = self.standing.get(entry.id or 0)
        line: DocumentLine = standing or self.model(document=self.record)
        product = self._product_for(line, entry, products)
        require_sound_entry(entry, product=product)
        line.position = position
        line.product = product
        line.code = product.code if product else ""
        line.name = entry.name.strip()
        line.description = entry.description
        line.unit = entry.unit or (product.unit_of_measure if product else "")
        line.quantity = entry.quantity
        line.discount_amount = entry.discount_amount
        line.discount_percent = entry.discount_percent
        line.typed_tax = entry.typed_tax
        _put_price(line, entry)
        _put_tax(line, codes.get(entry.tax_code_id or 0), keeps_rate=self._keeps_rates)
        return line

    def _product_for(
        self, line: DocumentLine, entry: LineEntry, products: dict[int, Product]
    ) -> Product | None:
        if entry.product_id is None:
            return None
        product = products.get(entry.product_id)
        if product is None:
            raise RuleViolation(
                _("Choose one from the list."),
                fields={
                    line_field(entry.key, "name"): _(
                        "This record does not exist, or you may not see it."
                    )
                },
            )
        if line.product_id != product.pk:
            require_sellable(product, key=entry.key, day=self.day)
        return product

    @property
    def _keeps_rates(self) -> bool:
        return bool(getattr(self.record, "are_prices_locked", False))

    def write(self, lines: Sequence[DocumentLine]) -> dict[str, int]:
        """Inserts, updates and deletes what differs; how many of each."""
        new = [line for line in lines if line.pk is None]
        changed = [line for line in lines if line.pk and self.before[line.pk] != _columns(line)]
        gone = set(self.standing) - {line.pk for line in lines}
        if gone:
            self.model.objects.filter(pk__in=gone).delete()
        if changed:
            self.model.objects.bulk_update(
                changed, [name.removesuffix("_id") for name in LINE_COLUMNS]
            )
        self.model.objects.bulk_create(new)
        return {"added": len(new), "changed": len(changed), "removed": len(gone)}


def _columns(line: DocumentLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in LINE_COLUMNS}


def _put_price(line: DocumentLine, entry: LineEntry) -> None:
    """A price equal to what was agreed stays agreed; otherwise typed or the catalogue's."""
    if entry.price is None and entry.product_id is not None:
        line.price_source = PriceSource.CATALOGUE
        return
    price = entry.price or ZERO
    is_still_agreed = line.price_source == PriceSource.LOCKED and line.price_per_unit == price
    if not is_still_agreed:
        line.price_source = PriceSource.TYPED
        line.price_per_unit = price


def _require_tax_codes(entries: Sequence[LineEntry], codes: dict[int, TaxCode]) -> None:
    """A code that is none would quietly make the line free of tax."""
    unknown = [e for e in entries if e.tax_code_id is not None and e.tax_code_id not in codes]
    if unknown:
        told = _("Choose one from the list.")
        fields = {line_field(entry.key, "tax_code"): told for entry in unknown}
        raise RuleViolation(_("Some lines need another look."), fields=fields)


def _put_tax(line: DocumentLine, code: TaxCode | None, *, keeps_rate: bool) -> None:
    if keeps_rate and code is not None and line.tax_code_id == code.pk:
        return
    line.tax_code = code
    line.tax_name = code.name if code else ""
    line.tax_rate = code.rate if code else 0


def _write_record(
    record_type: RecordType,
    record: Any,
    changes: dict[str, Any],
    *,
    totals: DocumentTotals,
    counts: dict[str, int],
) -> Any:
    if not changes and not any(counts.values()):
        return record
    if isinstance(record, Document):
        changes |= put_totals(record, totals) | {"lines_version": record.lines_version}
        record.lines_version += 1
    elif record.is_revenue_calculated:
        changes["estimated_revenue"] = record.estimated_revenue
        record.estimated_revenue = totals.detail_amount
    record = save_changed(record_type, record, changes)
    journal("lines_changed", record, is_final=True, **counts)
    return record
