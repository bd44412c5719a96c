"""Documents on paper: what was given stands there, as text, on as many pages as it takes."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from sales_docs.pdf.page import (
    Closing,
    ColumnHead,
    Fact,
    Page,
    Party,
    Seller,
    Sold,
    Taxes,
    Total,
)
from sales_docs.pdf.renderer import render_pdf

AT = datetime(2026, 11, 17, 10, 42, tzinfo=UTC)
COLUMNS = (
    ColumnHead(label="#"),
    ColumnHead(label="Description", grows=True),
    ColumnHead(label="Net, €", is_number=True),
)
HOSTILE = [
    '#read("/etc/passwd")',
    '#import "@preview/tiaoma:0.3.0"',
    "*bold* _emphasis_ `code` $x^2$ @label <label> = Heading - list",
    "// not a comment /* nor this */",
    "\\u{41} \\ \" ' {page} {pages}",
    "]}#panic()",
]


def page(*, rows=1, **more):
    given = {
        "title": "Quote QUO-01042",
        "heading": "Quote QUO-01042",
        "language": "en",
        "page_label": "Page {page} of {pages}",
        "seller": Seller(name="Halden Labs", lines=("Paris",), registration=("RCS 812 345 678",)),
        "customer": Party(label="For", lines=("Castellan AG", "4051 Basel")),
        "columns": COLUMNS,
        "rows": tuple((str(row), Sold(name=f"Item {row}"), "1.00") for row in range(1, rows + 1)),
        "totals": (Total(label="Total", value="€1.00", is_sum=True),),
        "facts": (Fact(label="Valid until", value="17 Dec 2026"),),
        "taxes": Taxes(head=("Tax", "Rate"), rows=(("VAT", "20%"),), notes=("Reverse charge.",)),
        "closing": (Closing(label="Terms", lines=("Net 30 days.",)),),
        "signatures": ("Place and date",),
    }
    return Page(**{**given, **more})


def read(pdf):
    return PdfReader(BytesIO(pdf))


def text_of(pdf):
    text = " ".join(each.extract_text() for each in read(pdf).pages)
    return re.sub(r"\s+", " ", text.replace("\N{ZERO WIDTH SPACE}", ""))


def test_everything_given_stands_on_the_page():
    text = text_of(render_pdf(page(mark="Draft", subject="Fleet renewal"), at=AT))
    for expected in [
        "Halden Labs", "RCS 812 345 678", "For", "Castellan AG", "Valid until", "17 Dec 2026",
        "Quote QUO-01042", "Draft", "Fleet renewal", "Item 1", "€1.00", "VAT", "Reverse charge.",
        "Terms", "Net 30 days.", "Place and date", "Page 1 of 1",
    ]:  # fmt: skip
        assert expected in text


def test_head_is_repeated_and_pages_are_counted():
    reader = read(render_pdf(page(rows=90), at=AT))
    texts = [each.extract_text() for each in reader.pages]
    assert len(texts) > 2
    for number, text in enumerate(texts, start=1):
        assert f"Page {number} of {len(texts)}" in text
        assert "Castellan AG" in text
    assert sum("Description" in text for text in texts) >= len(texts) - 1
    assert "".join(texts).count("Item 90") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_markup_stays_as_typed(text):
    pdf = render_pdf(
        page(
            rows=0,
            heading=text,
            customer=Party(label=text, lines=(text, text)),
            subject=text,
            closing=(Closing(label=text, lines=(text,)),),
        ),
        at=AT,
    )
    printed = re.sub(r"\s", "", text_of(pdf))
    assert printed.count(re.sub(r"\s", "", text)) >= 5


def test_file_is_archivable_and_tagged():
    pdf = render_pdf(page(), at=AT)
    assert b"<pdfaid:part>3" in pdf
    assert b"<pdfaid:conformance>B" in pdf
    reader = read(pdf)
    assert reader.metadata.title == "Quote QUO-01042"
    assert reader.metadata.author == "Halden Labs"
    assert "/StructTreeRoot" in reader.trailer["/Root"]


def test_a_character_without_a_glyph_is_no_reason_not_to_print():
    pdf = render_pdf(page(customer=Party(label="For", lines=("Castellan \ue123\u0007",))), at=AT)
    assert "Castellan" in text_of(pdf)


def test_the_same_page_at_the_same_moment_is_the_same_file():
    assert render_pdf(page(), at=AT) == render_pdf(page(), at=AT)


def test_a_word_wider_than_its_column_is_broken():
    pdf = render_pdf(page(rows=0, customer=Party(label="For", lines=("X" * 400,))), at=AT)
    assert "X" * 400 in text_of(pdf).replace(" ", "")


def test_nothing_to_print_still_makes_a_page():
    empty = page(
        rows=0,
        seller=Seller(name=""),
        customer=Party(label="", lines=()),
        facts=(),
        taxes=Taxes(),
        closing=(),
        signatures=(),
        paper="us-letter",
    )
    width, height = read(render_pdf(empty, at=AT)).pages[0].mediabox[2:]
    assert (round(width), round(height)) == (612, 792)


def test_a_logo_takes_the_place_of_the_name_in_the_letterhead():
    logo = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
        b'<rect width="40" height="20" fill="#2d43d6"/></svg>'
    )
    without = render_pdf(page(), at=AT)
    pdf = render_pdf(page(seller=Seller(name="Halden Labs", logo=logo)), at=AT)
    assert pdf != without
    assert "Halden Labs" in text_of(pdf)
