"""From a page to a PDF file, by typst. Texts travel as data and are never read as markup."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

import fontpkg_inter
import typst

from sales_docs.pdf.page import Page

if TYPE_CHECKING:
    from typst import PDFStandard

LAYOUT = Path(__file__).with_name("layout")
ARCHIVABLE: "list[PDFStandard]" = ["a-3b"]
_one_at_a_time = Lock()


@cache
def _compiler() -> typst.Compiler:
    """Kept between documents: fonts are read once. The system's fonts fill in other scripts."""
    fonts = typst.Fonts(font_paths=[fontpkg_inter.ROOT / "files"])
    return typst.Compiler(LAYOUT / "document.typ", root=LAYOUT, font_paths=fonts)


def render_pdf(page: Page, *, at: datetime) -> bytes:
    """The document as PDF/A-3b, dated `at`; as plain PDF where a character has no glyph.

    PDF/A promises that every character can be shown, so a name in a script the server has no font
    for cannot be archived that way. It is still printed.
    """
    inputs = {"document": json.dumps(page.to_json())}
    with _one_at_a_time:
        try:
            return _compile(inputs, at=at, standards=ARCHIVABLE)
        except typst.TypstError:
            return _compile(inputs, at=at, standards=[])


def _compile(inputs: dict[str, str], *, at: datetime, standards: "list[PDFStandard]") -> bytes:
    pdf = _compiler().compile(
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=standards,
        timestamp=at.replace(microsecond=0),
    )
    return cast("bytes", pdf)  # a list only where pages are pictures
