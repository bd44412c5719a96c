"""The grid of lines as a form: made from what is stored or posted, read with every cell's message.

Cells hold text as it was typed, so nothing is lost when something cannot be read. Beside the rows
travels what the lines said when the page was made (`was`), which is what merging goes by.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any
from uuid import uuid4
from zlib import crc32

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from crm.errors import CrmError, RuleViolation
from crm.values.money import NotANumber, parse_number
from sales_docs.entries import HeaderEntry, LineEntry
from sales_docs.line_merging import EditedLine
from sales_docs.models import Document, DocumentLine, PriceSource, Product, TaxCode
from sales_docs.pricing.values import DocumentTotals
from sales_docs.rules.lines import line_field
from sales_docs.services.editing import Edited, entry_of, header_entry_of, lines_of
from sales_docs.wording import Figures, say_trace

CELLS = ("name", "description", "unit", "quantity", "price", "discount", "tax_code", "typed_tax")
HEADER_CELLS = ("discount_percent", "discount_amount", "freight_amount")
ZERO = Decimal(0)
MAX_TEXT = 4000
MAX_ID_DIGITS = 18
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, InvalidOperation)


@dataclass
class Row:
    """One line of the grid: its cells as text, and what they came to when last computed."""

    key: str
    cells: dict[str, str]
    id: int | None = None
    product_id: int | None = None
    code: str = ""
    listed: str = ""  # the price the catalogue gave: typed over it is a price of one's own
    net: str = ""
    tax_name: str = ""
    is_price_missing: bool = False
    trace: Any = ()  # its SaidSteps, put into words only where they are drawn
    mark: str = ""  # short for the figures: alike where nothing has to be shown anew
    errors: dict[str, str] = field(default_factory=dict)


@dataclass
class LineForm:
    """All rows, the header's cells, and what both said when the page was made."""

    record: Any
    figures: Figures
    rows: list[Row]
    header: dict[str, str]
    was_lines: dict[int, LineEntry]
    was_header: HeaderEntry | None
    was_shown: Mapping[str, str] = field(default_factory=dict)  # row key -> mark
    errors: dict[str, str] = field(default_factory=dict)
    message: str = ""
    totals: DocumentTotals | None = None

    @property
    def has_header(self) -> bool:
        return isinstance(self.record, Document)

    @property
    def has_errors(self) -> bool:
        return bool(self.message or self.errors or any(row.errors for row in self.rows))

    @property
    def was(self) -> str:
        """For the hidden field: decimals as text, keyed by line."""
        return json.dumps(
            {
                "lines": {str(key): _to_json(entry) for key, entry in self.was_lines.items()},
                "header": _to_json(self.was_header) if self.was_header else None,
            }
        )

    @property
    def shown(self) -> str:
        """For the hidden field: which figures stand beside the rows."""
        return " ".join(f"{row.key}:{row.mark}" for row in self.rows)

    @property
    def rows_to_show(self) -> list[Row]:
        """Those whose figures are others than the page shows."""
        return [row for row in self.rows if self.was_shown.get(row.key) != row.mark]

    def row(self, key: str) -> Row | None:
        return next((row for row in self.rows if row.key == key), None)

    def show_error(self, error: CrmError) -> None:
        """Puts a refusal's messages into the cells they name."""
        self.message = str(error)
        for name, message in error.fields.items():  # type: ignore[attr-defined]
            self._show(name, str(message))

    def _show(self, name: str, message: str) -> None:
        for row in self.rows:
            for cell in (*CELLS, "tax"):
                if name == line_field(row.key, cell):
                    row.errors[cell] = message
                    return
        if message != self.message:
            self.errors[name] = message

    def put_figures(
        self, totals: DocumentTotals, lines: Sequence[tuple[str, DocumentLine]]
    ) -> None:
        self.totals = totals
        rows = {row.key: row for row in self.rows}
        for key, line in lines:
            _put_figures(rows[key], line, self.figures)

    def edited(self) -> Edited:
        """What was typed, as values. Raises RuleViolation naming every cell that can't be read."""
        reader = _Reader(self)
        rows = tuple(reader.row(row) for row in self.rows)
        header = reader.header() if self.has_header else None
        if reader.problems:
            raise RuleViolation(_("Some cells can't be read."), fields=reader.problems)
        kept = {row.id for row in self.rows}
        return Edited(
            rows=rows,
            removed=tuple(was for key, was in self.was_lines.items() if key not in kept),
            header=header,
            header_was=self.was_header,
        )


# Made from what is stored


def form_of(record: Any, lines: Sequence[DocumentLine] | None = None) -> LineForm:
    standing = lines_of(record) if lines is None else lines
    figures = Figures.of(record)
    header = header_entry_of(record) if isinstance(record, Document) else None
    return LineForm(
        record=record,
        figures=figures,
        rows=[row_of(line, figures) for line in standing],
        header=_header_cells(header, figures),
        was_lines={line.pk: entry_of(line) for line in standing},
        was_header=header,
    )


def row_of(line: DocumentLine, figures: Figures) -> Row:
    row = Row(
        key=str(line.pk),
        id=line.pk,
        product_id=line.product_id,
        code=line.code,
        cells={
            "name": line.name,
            "description": line.description,
            "unit": line.unit,
            "quantity": figures.quantity(line.quantity),
            "price": figures.price(line.price_per_unit),
            "discount": figures.discount(line),
            "tax_code": str(line.tax_code_id or ""),
            "typed_tax": "" if line.typed_tax is None else figures.amount(line.typed_tax),
        },
    )
    _put_figures(row, line, figures)
    return row


def new_row(product: Product, *, tax_code: TaxCode | None) -> Row:
    """A row for one unit of a product at the catalogue's price."""
    return Row(
        key=f"new{uuid4().hex[:8]}",
        product_id=product.pk,
        code=product.code,
        cells=_blank()
        | {
            "name": product.name,
            "description": product.description[:MAX_TEXT],
            "unit": product.unit_of_measure,
            "quantity": "1",
            "tax_code": str(tax_code.pk if tax_code else ""),
        },
    )


def blank_row(*, tax_code: TaxCode | None, **cells: str) -> Row:
    """A row for something that is not in the catalogue."""
    chosen = {"quantity": "1", "tax_code": str(tax_code.pk if tax_code else "")}
    return Row(key=f"new{uuid4().hex[:8]}", cells=_blank() | chosen | cells)


def _blank() -> dict[str, str]:
    return dict.fromkeys(CELLS, "")


def _put_figures(row: Row, line: DocumentLine, figures: Figures) -> None:
    row.net = figures.amount(line.base_amount - line.line_discount)
    row.tax_name = line.tax_name
    row.is_price_missing = line.is_price_missing
    row.trace = SimpleLazyObject(partial(say_trace, line.price_trace, figures))
    if line.price_source == PriceSource.CATALOGUE:
        row.cells["price"] = figures.price(line.price_per_unit)
        row.listed = row.cells["price"]
    row.mark = _mark([row.net, row.listed, line.price_trace])


def _mark(shown: Any) -> str:
    text = json.dumps(shown, sort_keys=True)
    return f"{crc32(text.encode()):x}"


def _header_cells(entry: HeaderEntry | None, figures: Figures) -> dict[str, str]:
    if entry is None:
        return {}
    return {
        "discount_percent": figures.quantity(entry.discount_percent)
        if entry.discount_percent
        else "",
        "discount_amount": figures.amount(entry.discount_amount) if entry.discount_amount else "",
        "freight_amount": figures.amount(entry.freight_amount) if entry.freight_amount else "",
        "freight_tax_code": str(entry.freight_tax_code_id or ""),
    }


# Made from what was posted


def form_from(record: Any, data: Any) -> LineForm:
    """The grid as it came back, cell by cell."""
    was_lines, was_header = _read_was(data.get("was", ""))
    rows = [_posted_row(key, data, was_lines) for key in data.getlist("row")]
    names = (*HEADER_CELLS, "freight_tax_code")
    return LineForm(
        record=record,
        figures=Figures.of(record),
        rows=rows,
        header={name: data.get(name, "").strip() for name in names},
        was_lines=was_lines,
        was_header=was_header,
        was_shown=_read_shown(data.get("shown", "")),
    )


def _posted_row(key: str, data: Any, was: Mapping[int, LineEntry]) -> Row:
    def cell(name: str) -> str:
        text: str = data.get(f"row-{key}-{name}", "")
        return text.replace("\r\n", "\n").strip()[:MAX_TEXT]

    line_id = _chosen(key)
    product = cell("product")
    return Row(
        key=key,
        id=line_id if line_id in was else None,
        product_id=_chosen(product),
        code=cell("code"),
        listed=cell("listed"),
        cells={name: cell(name) for name in CELLS},
    )


def _read_shown(text: str) -> dict[str, str]:
    """The marks of the figures beside the rows. What cannot be read is shown anew."""
    return dict(one.rsplit(":", 1) for one in text.split() if ":" in one)


def _to_json(entry: LineEntry | HeaderEntry) -> dict[str, Any]:
    values = {each.name: getattr(entry, each.name) for each in fields(entry)}
    return {
        name: {"decimal": str(value)} if isinstance(value, Decimal) else value
        for name, value in values.items()
    }


def _read_was(text: str) -> tuple[dict[int, LineEntry], HeaderEntry | None]:
    """What the page said when it was made. It decides what merges, never what may be written."""
    try:
        stored = json.loads(text or '{"lines": {}, "header": null}')
        lines = {
            int(key): LineEntry(**_from_json(values)) for key, values in stored["lines"].items()
        }
        header = stored["header"]
        return lines, HeaderEntry(**_from_json(header)) if header else None
    except (*UNREADABLE, RecursionError) as error:
        raise RuleViolation(_("This page is out of date. Load it again.")) from error


def _from_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: Decimal(value["decimal"]) if isinstance(value, dict) else value
        for name, value in values.items()
    }


class _Reader:
    """Turns cells into values and collects what can't be read."""

    def __init__(self, form: LineForm) -> None:
        self.form = form
        self.locale = form.figures.locale
        self.problems: dict[str, object] = {}

    def row(self, row: Row) -> EditedLine:
        amount, percent = self._discount(row)
        entry = LineEntry(
            key=row.key,
            id=row.id,
            product_id=row.product_id,
            name=row.cells["name"],
            description=row.cells["description"],
            unit=row.cells["unit"],
            quantity=self._number(row, "quantity") or ZERO,
            price=self._price(row),
            discount_amount=amount,
            discount_percent=percent,
            tax_code_id=_chosen(row.cells["tax_code"]),
            typed_tax=self._number(row, "typed_tax"),
        )
        return EditedLine(entry=entry, was=self.form.was_lines.get(row.id or 0))

    def header(self) -> HeaderEntry:
        numbers = {name: self._header_number(name) for name in HEADER_CELLS}
        tax_code = _chosen(self.form.header["freight_tax_code"])
        return HeaderEntry(**numbers, freight_tax_code_id=tax_code)

    def _price(self, row: Row) -> Decimal | None:
        """Empty or as the catalogue gave it is the catalogue's price."""
        text = row.cells["price"]
        if row.product_id is not None and text in ("", row.listed):
            return None
        return self._number(row, "price") or ZERO

    def _discount(self, row: Row) -> tuple[Decimal, Decimal]:
        amount = percent = ZERO
        for part in filter(None, map(str.strip, row.cells["discount"].split("+"))):
            is_percent = part.endswith("%")
            number = self._read(part.removesuffix("%"), line_field(row.key, "discount"))
            if is_percent:
                percent += number
            else:
                amount += number
        return amount, percent

    def _number(self, row: Row, cell: str) -> Decimal | None:
        text = row.cells[cell]
        name = "tax" if cell == "typed_tax" else cell
        return self._read(text, line_field(row.key, name)) if text else None

    def _header_number(self, name: str) -> Decimal:
        text = self.form.header[name].removesuffix("%").strip()
        return self._read(text, name) if text else ZERO

    def _read(self, text: str, name: str) -> Decimal:
        try:
            return parse_number(text, locale=self.locale)
        except NotANumber:
            self.problems[name] = _("This is not a number.")
            return ZERO


def _chosen(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= MAX_ID_DIGITS else None
