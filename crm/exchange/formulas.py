"""Text that a spreadsheet would run, and how it goes out and comes back in."""

import re
from typing import Any

# Read alike by Python and PostgreSQL. Spaces and signs nobody sees may stand before a formula,
# and so may apostrophes: one is put in front, and an import takes exactly one away again.
_UNSEEN = (
    r"\u0001-\u0020\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
)
FORMULA = rf"^'*(['{_UNSEEN}]*[=+@\uff1d\uff0b\uff20\uff0d-]|[\t\r\n])"
_FORMULA = re.compile(FORMULA)


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def without_guard(text: str) -> str:
    """The text as it was before `safe_cell`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
