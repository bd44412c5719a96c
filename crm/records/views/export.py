"""Exports of a list: CSV and XLSX, streamed, in constant memory."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header

from crm import labels
from crm.access.actor import refusal
from crm.access.levels import Privilege
from crm.errors import AccessDenied
from crm.records.declaration import Feature, RecordType
from crm.records.listing import Listing
from crm.records.tables import BoundColumn, fetch

CHUNK = 2000
BLOCK = 64 * 1024
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def export(request: HttpRequest, record_type: RecordType, file_format: str) -> HttpResponseBase:
    """The rows of the view the actor may export, with its columns."""
    if not record_type.has(Feature.EXPORT):
        raise Http404
    request.actor.require_type(Privilege.READ, record_type.key)
    if not request.actor.can(record_type.key, Privilege.EXPORT):
        raise AccessDenied(refusal(Privilege.EXPORT))
    listing = Listing(actor=request.actor, record_type=record_type, query=request.GET)
    rows = ordered(listing)
    name = f"{labels.plural(record_type.key)}.{file_format}"
    if file_format == "xlsx":
        return FileResponse(workbook(listing.columns, rows), as_attachment=True, filename=name)
    response = StreamingHttpResponse(
        csv_lines(listing.columns, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def ordered(listing: Listing) -> Any:
    rows = fetch(listing.exportable(), listing.columns)
    return rows.order_by(*(key.expression(is_reversed=False) for key in listing.keys))


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: Sequence[BoundColumn], rows: Any) -> Iterator[str]:
    """The export in blocks, so that a million rows need no more memory than a few thousand."""
    writer = csv.writer(_Echo())
    block = ["\ufeff", writer.writerow([column.label for column in columns])]
    size = 0
    for row in rows.iterator(chunk_size=CHUNK):
        line = writer.writerow([safe_cell(plain(column.text(row))) for column in columns])
        block.append(line)
        size += len(line)
        if size > BLOCK:
            yield "".join(block)
            block, size = [], 0
    yield "".join(block)


def plain(value: Any) -> Any:
    """A value as a spreadsheet reads it: local moments, Decimals as they are, no None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "1" if value else "0"
    if hasattr(value, "all"):
        return "; ".join(str(one) for one in value.all())
    return value


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if isinstance(value, str) and value.lstrip(" \u00a0")[:1] in FORMULA_STARTS and value.strip():
        return f"'{value}"
    return value


def workbook(columns: Sequence[BoundColumn], rows: Any) -> Any:
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115  (FileResponse closes it)
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for index, column in enumerate(columns):
        sheet.write_string(0, index, column.label, bold)
    sheet.freeze_panes(1, 1)
    for number, row in enumerate(rows.iterator(chunk_size=CHUNK), start=1):
        for index, column in enumerate(columns):
            _write(sheet, number, index, column.text(row))
    book.close()
    file.seek(0)
    return file


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    value = plain(value)
    if isinstance(value, Decimal | int):
        sheet.write_number(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, safe_cell(value))
    else:
        sheet.write(row, column, value)
