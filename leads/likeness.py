"""How much an existing account or contact looks like what a lead says, and why.

Pure: points per reason, added up. An address that only one party has (mail, web, mobile) weighs
most; a similar name counts, and counts less in another city.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz

from leads.models import Lead

SAME_EMAIL, SAME_WEBSITE, SAME_NUMBER = 50, 40, 30
SAME_NAME, SIMILAR_NAME = 30, 20
SAME_CITY, OTHER_CITY = 10, -15
STRONG, POSSIBLE = 50, 20
IDENTICAL, SIMILAR = 96, 70  # percent of likeness


class Strength(StrEnum):
    KNOWN = "known"
    STRONG = "strong"
    POSSIBLE = "possible"
    WEAK = "weak"

    @property
    def label(self) -> Any:
        return {
            Strength.KNOWN: gettext_lazy("Linked already"),
            Strength.STRONG: gettext_lazy("Strong match"),
            Strength.POSSIBLE: gettext_lazy("Possible match"),
            Strength.WEAK: gettext_lazy("Weak match"),
        }[self]


@dataclass(frozen=True)
class Reason:
    """A sentence fragment, its shape, and how much it weighs; of equals the closer comes first."""

    text: str
    icon: str
    points: int
    percent: int = 100


def account_reasons(lead: Lead, account: Any) -> list[Reason]:
    found = [
        *_equal(lead.website, account.website, _("same web address"), SAME_WEBSITE),
        *_equal(lead.email, account.email, _("same e-mail address"), SAME_EMAIL),
        *_equal(lead.phone, account.phone, _("same phone number"), SAME_NUMBER),
        *_city(lead, account),
    ]
    return found + _name(lead.company, account.name)


def contact_reasons(lead: Lead, contact: Any) -> list[Reason]:
    found = [
        *_equal(lead.email, contact.email, _("same e-mail address"), SAME_EMAIL),
        *_equal(lead.mobile, contact.mobile, _("same mobile number"), SAME_NUMBER),
        *_equal(lead.phone, contact.phone, _("same phone number"), SAME_NUMBER),
        *_city(lead, contact),
    ]
    return found + _name(lead.full_name, contact.full_name)


def strength_of(reasons: list[Reason]) -> Strength:
    points = sum(reason.points for reason in reasons)
    if points >= STRONG:
        return Strength.STRONG
    return Strength.POSSIBLE if points >= POSSIBLE else Strength.WEAK


def _equal(left: str, right: str, text: str, points: int) -> list[Reason]:
    is_same = bool(left) and folded(left) == folded(right)
    return [Reason(text, "equal", points)] if is_same else []


def _city(lead: Lead, record: Any) -> list[Reason]:
    if not lead.city or not record.city:
        return []
    if folded(lead.city) == folded(record.city):
        return [Reason(_("same city"), "equal", SAME_CITY)]
    return [Reason(_("other city"), "diff", OTHER_CITY)]


def _name(wanted: str, held: str) -> list[Reason]:
    if not wanted or not held:
        return []
    percent = round(fuzz.WRatio(folded(wanted), folded(held)))
    if folded(wanted) == folded(held):
        return [Reason(_("same name"), "equal", SAME_NAME)]
    if percent < SIMILAR:
        return []
    text = _("name %(percent)s %% alike") % {"percent": percent}
    points = SAME_NAME if percent >= IDENTICAL else SIMILAR_NAME
    return [Reason(text, "percent", points, percent)]


def folded(text: str) -> str:
    """Without accents, case and the spaces around."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
