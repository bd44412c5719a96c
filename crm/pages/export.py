"""Exports of a list: CSV and XLSX, streamed, in constant memory."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from crm import labels
from crm.access.actor import Actor, refusal
from crm.errors import AccessDenied
from crm.exchange.exporting import BLOCK, annotated, copied, exported, texts
from crm.exchange.formulas import safe_cell
from crm.models.levels import Privilege
from crm.records.lists.address import ListAddress
from crm.records.lists.tables import BoundColumn, fetch
from crm.registry.declaration import Feature, RecordType

CHUNK = 2000


def export(request: HttpRequest, record_type: RecordType, file_format: str) -> HttpResponseBase:
    """The rows of the view the actor may export, with its columns."""
    if not record_type.has(Feature.EXPORT):
        raise Http404
    request.actor.require_type(Privilege.READ, record_type.key)
    if not request.actor.can(record_type.key, Privilege.EXPORT):
        raise AccessDenied(refusal(Privilege.EXPORT))
    address = ListAddress(actor=request.actor, record_type=record_type, query=request.GET)
    rows, columns = address.selection.exportable, address.columns
    name = f"{labels.plural(record_type.key)}.{file_format}"
    if file_format == "xlsx":
        book = workbook(columns, rows, request.actor)
        return FileResponse(book, as_attachment=True, filename=name)
    response = StreamingHttpResponse(
        csv_lines(columns, rows, request.actor), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: Sequence[BoundColumn], rows: Any, actor: Actor) -> Iterator[bytes]:
    """The export in blocks, so that a million rows need no more memory than a few thousand."""
    writer = csv.writer(_Echo())
    yield ("\ufeff" + writer.writerow([column.label for column in columns])).encode()
    computed = annotated(rows, columns)
    expressions = texts(computed, columns, actor)
    if expressions is not None:
        yield from copied(computed, expressions)
        return
    block, size = [], 0
    for row in fetch(rows, columns).iterator(chunk_size=CHUNK):
        line = writer.writerow([_cell(exported(column, row, actor)) for column in columns])
        block.append(line)
        size += len(line)
        if size > BLOCK:
            yield "".join(block).encode()
            block, size = [], 0
    yield "".join(block).encode()


def _cell(value: Any) -> Any:
    """Text made harmless, and numbers in digits: 0E-20 is no number people know."""
    return f"{value:f}" if isinstance(value, Decimal) else safe_cell(value)


def workbook(columns: Sequence[BoundColumn], rows: Any, actor: Actor) -> Any:
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
    fetched = fetch(rows, columns).iterator(chunk_size=CHUNK)
    for number, row in enumerate(fetched, start=1):
        for index, column in enumerate(columns):
            _write(sheet, number, index, exported(column, row, actor))
    book.close()
    file.seek(0)
    return file


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, Decimal | int):
        sheet.write_number(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, safe_cell(value))
    else:
        sheet.write(row, column, value)
