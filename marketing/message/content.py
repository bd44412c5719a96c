"""Whether what somebody wrote can be sent: placeholders exist, headers stay one line."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from crm.errors import RuleViolation
from marketing.message import placeholders
from marketing.message.composing import clean_html
from marketing.message.facts import KNOWN
from marketing.message.placeholders import BadPlaceholder

HEADERS = ("subject", "sender_name", "sender_email", "reply_to")
WITH_PLACEHOLDERS = ("subject", "message", "plain_text")


def refuse_bad_content(values: Mapping[str, str]) -> None:
    """Raises RuleViolation with a sentence at each field that can't be sent as it is."""
    faults = {}
    for name, value in values.items():
        fault = _header_fault(name, value) or _placeholder_fault(name, value)
        if fault:
            faults[name] = fault
    if faults:
        raise RuleViolation(_("The message can't be sent like this."), fields=faults)


def _header_fault(name: str, value: str) -> str:
    if name in HEADERS and value != placeholders.one_line(value):
        return _("Write this on one line, without tabs or other control characters.")
    return ""


def _placeholder_fault(name: str, value: str) -> str:
    if name not in WITH_PLACEHOLDERS:
        return ""
    try:
        placeholders.parse(value, known=KNOWN)
        if name == "message":
            html = clean_html(value)
            placeholders.refuse_in_tags(html)
            placeholders.parse(html, known=KNOWN)
    except BadPlaceholder as error:
        return _SENTENCES[error.reason]() % {"part": error.part}
    return ""


def _unknown() -> str:
    return _("There is no placeholder %(part)s. Choose one from the list.")


def _broken() -> str:
    return _("This placeholder is not complete: %(part)s")


def _in_tag() -> str:
    return _("A placeholder can't be part of a link or of a tag: %(part)s")


_SENTENCES = {"unknown": _unknown, "broken": _broken, "in_tag": _in_tag}
