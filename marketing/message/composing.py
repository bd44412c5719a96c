"""From what a marketer wrote to the message one person gets: HTML, plain text and headers."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any

import css_inline
import nh3
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.encoding import punycode
from django.utils.html import urlize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from crm.models import CompanySettings
from marketing.message import placeholders
from marketing.message.addresses import domain_of
from marketing.message.facts import KNOWN
from marketing.message.placeholders import Pieces
from marketing.message.plain_text import plain_text
from marketing.models import CampaignActivity, Recipient

# Only the layout around the author's words uses this one; authors can't.
UNSUBSCRIBE = "unsubscribe_link"
LAYOUT_KNOWN = KNOWN | {UNSUBSCRIBE}

_TAG = re.compile(r"</?[a-zA-Z!]")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n+")
TAGS = nh3.ALLOWED_TAGS - {"area", "map", "bdi", "bdo", "ruby", "rp", "rt", "rtc"}
SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True)
class Sender:
    """Who sends: what every mailing must carry about the company."""

    name: str
    address: str

    @classmethod
    def of(cls, settings: CompanySettings) -> "Sender":
        """Braces would read as placeholders: they are set apart."""
        apart = (
            text.replace("{{", "{ {").replace("}}", "} }")
            for text in (settings.name, settings.address.replace("\r\n", "\n").strip())
        )
        name, address = apart
        return cls(name, address.removeprefix(name).lstrip())


@dataclass(frozen=True)
class Prepared:
    """A mailing's content, read once; `fill` makes one person's message of it."""

    activity: CampaignActivity
    subject: Pieces
    html: Pieces
    text: Pieces


def clean_html(message: str) -> str:
    """The author's words as safe HTML. Text without tags becomes paragraphs with links."""
    if not _TAG.search(message):
        message = _paragraphs(message)
    return nh3.clean(message, tags=TAGS, url_schemes=SCHEMES, link_rel=None)


def _paragraphs(text: str) -> str:
    parts = _PARAGRAPHS.split(html.escape(text.replace("\r\n", "\n").strip(), quote=False))
    linked = (urlize(part.strip(), autoescape=False).replace("\n", "<br>\n") for part in parts)
    return "\n".join(f"<p>{part}</p>" for part in linked if part)


def prepare(activity: CampaignActivity, house: Sender) -> Prepared:
    """Reads the content. Raises BadPlaceholder; saving content refuses it before."""
    with translation.override(activity.language):
        return _prepare(activity, house)


def _prepare(activity: CampaignActivity, house: Sender) -> Prepared:
    body = clean_html(activity.message)
    placeholders.refuse_in_tags(body)
    page = render_to_string(
        "marketing/mail/layout.html",
        {"body": mark_safe(body), "house": house, "language": activity.language},  # noqa: S308
    )
    words = activity.plain_text.strip() or plain_text(body)
    return Prepared(
        activity=activity,
        subject=placeholders.parse(activity.subject, known=KNOWN),
        html=placeholders.parse(
            css_inline.inline(page, load_remote_stylesheets=False), known=LAYOUT_KNOWN
        ),
        text=placeholders.parse(f"{words}\n\n{_foot(house)}", known=LAYOUT_KNOWN),
    )


def _foot(house: Sender) -> str:
    why = _("You get this mail because you are on one of our mailing lists.")
    leave = _("Unsubscribe: %(address)s") % {"address": "{{ " + UNSUBSCRIBE + " }}"}
    return f"-- \n{house.name}\n{house.address}\n\n{why}\n{leave}\n"


@dataclass(frozen=True)
class Filled:
    """What one person reads."""

    subject: str
    html: str
    text: str


def fill(prepared: Prepared, values: Mapping[str, str], *, unsubscribe_url: str) -> Filled:
    known = {**values, UNSUBSCRIBE: unsubscribe_url}
    return Filled(
        subject=placeholders.one_line(placeholders.fill(prepared.subject, known)),
        html=placeholders.fill(prepared.html, known, escape=html.escape),
        text=placeholders.fill(prepared.text, known),
    )


def message_id(recipient: Recipient, activity: CampaignActivity) -> str:
    """The same for every try of the same recipient, so that doubles can be recognised."""
    return f"<{recipient.key.hex}@{domain_of(activity.sender_email)}>"


def build_message(
    activity: CampaignActivity, filled: Filled, *, to: str, name: str, headers: Mapping[str, Any]
) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=filled.subject,
        body=filled.text,
        from_email=_mailbox(activity.sender_name, activity.sender_email),
        to=[_mailbox(name, to)],
        reply_to=[activity.reply_to] if activity.reply_to else None,
        headers=dict(headers),
    )
    message.attach_alternative(filled.html, "text/html")
    return message


def _mailbox(name: str, address: str) -> str:
    """As headers have it. Raises ValueError for an address mail can't have."""
    local, _at, domain = placeholders.one_line(address).rpartition("@")
    return formataddr((placeholders.one_line(name), f"{local}@{punycode(domain)}"))


def list_headers(activity: CampaignActivity, unsubscribe_url: str) -> dict[str, str]:
    """How mail programs unsubscribe with one click (RFC 8058) and tell lists apart (RFC 2919)."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<campaign-{activity.campaign_id}.{domain_of(activity.sender_email)}>",
    }
