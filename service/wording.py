"""What a line grants and what is left of it, as people say it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.ui.parts import day_text
from service.models import ContractLine

Allotment = ContractLine.Allotment


def said_allotment(line: Any) -> str:
    """'7 of 20 left', '90 of 600 minutes left', 'until 31 Dec'; `line.used` is the ledger's sum."""
    if line.allotment == Allotment.DATES:
        return _("until %(day)s") % {"day": day_text(line.ends_on)}
    left = line.total - line.used
    if left < 0:
        return _said_over(line, -left)
    words = {"left": left, "total": line.total}
    if line.allotment == Allotment.MINUTES:
        return _("%(left)s of %(total)s minutes left") % words
    return _("%(left)s of %(total)s left") % words


def _said_over(line: Any, over: int) -> str:
    if line.allotment == Allotment.MINUTES:
        told = ngettext("%(over)s minute too many", "%(over)s minutes too many", over)
    else:
        told = ngettext("%(over)s too many", "%(over)s too many", over)
    return told % {"over": over}
