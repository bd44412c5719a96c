"""Reads tables out of uploaded files: CSV in any usual encoding, and XLSX."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO

from django.utils.translation import gettext as _

from crm.errors import RuleViolation
from crm.exchange.formulas import without_guard

MAX_BYTES = 200 * 1024 * 1024
MAX_UNPACKED = 1024 * 1024 * 1024
MAX_COLUMNS = 200
MAX_CELL = 32_000
SAMPLE = 64 * 1024

ZIP_MAGIC = b"PK\x03\x04"
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class UnreadableFile(RuleViolation):
    """The file is not a table we can read; the message says what to do."""


def read_table(file: IO[bytes], size: int) -> tuple[list[str], Iterator[list[str]]]:
    """The header and the rows of a CSV or XLSX file, cells as text, rows as long as the header.

    Raises UnreadableFile for anything else, before or while rows are read.
    """
    if size > MAX_BYTES:
        raise UnreadableFile(_("The file is larger than 200 MB. Split it into smaller files."))
    start = file.read(len(ZIP_MAGIC))
    file.seek(0)
    rows = _sheet_rows(file) if start == ZIP_MAGIC else _csv_rows(file)
    header = [cell.strip() for cell in next(iter(rows), [])]
    _check_header(header)
    return header, (
        _fit(row, len(header), line) for line, row in enumerate(rows, start=2) if any(row)
    )


def _check_header(header: list[str]) -> None:
    if not any(header):
        raise UnreadableFile(_("The file is empty. Its first line must name the columns."))
    if len(header) > MAX_COLUMNS:
        raise UnreadableFile(_("The file has more than 200 columns. Leave out what is not needed."))
    named = [name for name in header if name]
    if len(set(named)) != len(named):
        raise UnreadableFile(_("Two columns have the same name. Give each column its own."))


def _fit(row: list[str], width: int, line: int) -> list[str]:
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        raise UnreadableFile(
            _("Line %(line)s has more values than there are columns. Check the quotes there.")
            % {"line": line}
        )
    if any(len(cell) > MAX_CELL for cell in row):
        raise UnreadableFile(
            _("Line %(line)s holds a value of more than 32,000 characters.") % {"line": line}
        )
    cells = [without_guard(cell.strip()).strip() for cell in row[:width]]
    return cells + [""] * (width - len(row))


def _csv_rows(file: IO[bytes]) -> Iterator[list[str]]:
    sample = file.read(SAMPLE)
    file.seek(0)
    if b"\x00" in sample and not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile(_("This is neither a CSV nor an XLSX file. Save it as one of them."))
    encoding = _encoding(file, sample)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=_delimiter(sample.decode(encoding, errors="replace")))
    csv.field_size_limit(MAX_CELL * 4)
    try:
        yield from reader
    except (csv.Error, UnicodeError) as error:
        raise UnreadableFile(
            _("The file can't be read after line %(line)s: %(why)s")
            % {"line": reader.line_num, "why": error}
        ) from error


def _encoding(file: IO[bytes], sample: bytes) -> str:
    """UTF-8 where the whole file is UTF-8, UTF-16 by its mark, else Windows-1252."""
    for mark, encoding in BOMS:
        if sample.startswith(mark):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in iter(lambda: file.read(1024 * 1024), b""):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8"


def _delimiter(text: str) -> str:
    """The separator that splits the first line most often."""
    first = text.splitlines()[0] if text else ""
    return max(",;\t|", key=first.count)


def _sheet_rows(file: IO[bytes]) -> Iterator[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_bombs(file)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        rows: Iterable[Sequence[object]] = workbook.get_sheet_by_index(0).iter_rows()
        yield from ([_cell_text(cell) for cell in row] for row in rows)
    except CalamineError as error:
        raise UnreadableFile(
            _("The workbook can't be read. Save it again as XLSX, or as CSV.")
        ) from error


def _refuse_bombs(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableFile(_("The workbook is damaged. Save it again as XLSX.")) from error
    finally:
        file.seek(0)
    if unpacked > MAX_UNPACKED:
        raise UnreadableFile(_("The workbook unpacks to more than 1 GB. Split it."))


def _cell_text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
