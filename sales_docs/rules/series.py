"""How numbers without gaps may be written."""

from django.utils.translation import gettext as _

from crm.errors import RuleViolation
from crm.values.numbering import BadFormat, parse_format


def refuse_bad_format(text: str) -> None:
    """A format the parser takes, which names the fiscal year: numbers begin again with it."""
    try:
        parsed = parse_format(text)
    except BadFormat as error:
        raise RuleViolation(_sentence(error), fields={"format": _sentence(error)}) from error
    if not parsed.restarts_each_year:
        message = _("{fiscal} must be in it, because numbers begin again each fiscal year.")
        raise RuleViolation(message, fields={"format": message})


def _sentence(error: BadFormat) -> str:
    sentences = {
        "unknown_placeholder": _("%(part)s is no placeholder.") % {"part": error.part},
        "number_once": _("Write {number} once, such as {number:5} for five digits."),
        "digits": _("A number has between one and twelve digits."),
        "stray_brace": _("A brace stands alone. Braces are for placeholders only."),
        "control_character": _("Only characters one can see may be in it."),
        "too_long": _("Numbers written like this would be too long."),
    }
    return sentences[error.reason]
