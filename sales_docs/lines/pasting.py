"""Rows copied from a spreadsheet: code or name, quantity, price, discount, in this order."""

from dataclasses import dataclass

COLUMNS = 4
MAX_ROWS = 200


@dataclass(frozen=True)
class PastedRow:
    """The cells of one row as text; what is missing is empty."""

    name: str
    quantity: str
    price: str
    discount: str


def read_pasted(text: str) -> list[PastedRow]:
    """One row for each line with a name. Cells are divided by tabs, else by semicolons."""
    rows = []
    for line in text.splitlines()[:MAX_ROWS]:
        divider = "\t" if "\t" in line else ";"
        cells = [cell.strip() for cell in line.split(divider)][:COLUMNS]
        cells += [""] * (COLUMNS - len(cells))
        if cells[0]:
            rows.append(PastedRow(*cells))
    return rows
