"""How the present reader writes numbers, money and dates."""

from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError
from django.utils.translation import get_language

ENGLISH = Locale("en", "GB")


def reader_locale() -> Locale:
    """The locale of the language in force.

    Plain English is written as in Europe: days before months, 24 hours, 'US$'.
    """
    return _locale(get_language() or "en")


@cache
def _locale(language: str) -> Locale:
    try:
        return ENGLISH if language == "en" else Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return ENGLISH
