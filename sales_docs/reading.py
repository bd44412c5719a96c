"""How the present reader writes numbers."""

from babel import Locale
from babel.core import UnknownLocaleError
from django.utils.translation import get_language


def reader_locale() -> Locale:
    """The locale of the language in force; English where babel knows no such locale."""
    try:
        return Locale.parse(get_language() or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
