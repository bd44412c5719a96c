"""Number fields as text in the reader's own form.

A browser's number input throws away what it can't read, and so would the server never learn what
was typed. Here it comes back as it was typed, with the reason beside it.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from crm.values.money import NotANumber, parse_number
from crm.values.reader_locale import reader_locale

ABOUT_NUMBERS = ("min", "max", "step")


class NumberText(forms.TextInput):
    """Reads '1 234,50' in French and '1,234.50' in English, and writes the mark of the reader."""

    def __init__(self, attrs: Any = None, *, has_decimals: bool = True) -> None:
        mode = {"inputmode": "decimal" if has_decimals else "numeric", "autocomplete": "off"}
        kept = {key: value for key, value in (attrs or {}).items() if key not in ABOUT_NUMBERS}
        super().__init__({**mode, **kept})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        if not isinstance(typed, str):
            return typed
        if not typed.strip():
            return ""
        try:
            return format(parse_number(typed, locale=reader_locale()), "f")
        except NotANumber:
            return typed

    def format_value(self, value: Any) -> str | None:
        if value is None or value == "":
            return None
        mark = str(reader_locale().number_symbols["latn"]["decimal"])
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return str(value)
        return format(number, "f").replace(".", mark) if number.is_finite() else str(value)


def as_text(field: Any) -> None:
    """Gives a number field a text input; one that is hidden or dressed already stays."""
    if type(field.widget) is forms.NumberInput:
        widget = NumberText(field.widget.attrs, has_decimals=isinstance(field, forms.DecimalField))
        widget.is_required = field.required
        field.widget = widget
