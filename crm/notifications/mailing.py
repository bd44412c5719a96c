"""E-mails about what is unread, to those who chose to hear of it that way.

The notification itself is the outbox row. It is claimed, and that is committed, before the server
hears of it; whatever dies in between, nobody gets the same news twice. All that waits for a person
leaves as one mail, in their language, and holds only what they may see at that moment.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formataddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access.actor import Actor
from crm.company.settings import company
from crm.mail.holding import mail_is_held
from crm.mail.transport import (
    NotNow,
    OutcomeUnknown,
    Refused,
    ServerTrouble,
    Transport,
    open_transport,
)
from crm.models import Notification, User
from crm.notifications.reading import Entry, entries_of
from crm.operations import current, operation

MOST = 100  # mails of one run
MOST_SECONDS = 60  # of one run; then other mail gets its turn
IN_ONE = 50
TRY_AGAIN = timedelta(minutes=5)
LOST_AFTER = timedelta(minutes=15)
TOO_LATE = timedelta(days=1)
Mail = Notification.Mail


@dataclass(frozen=True)
class Letter:
    """What one person is written about: claimed by this worker."""

    reader: User
    ids: tuple[int, ...]

    def rows(self) -> list[Notification]:
        found = Notification.objects.filter(pk__in=self.ids, mail=Mail.SENDING)
        return list(found.select_related("actor").order_by("pk"))


def send_waiting() -> int:
    """Writes to everybody for whom something waits; returns how many mails were handed over."""
    system, handed_over = Actor.system(), 0
    if mail_is_held():
        return 0
    until = time.monotonic() + MOST_SECONDS
    give_up_lost(actor=system)
    with open_transport() as transport:
        while handed_over < MOST and time.monotonic() < until:
            letter = claim_next(actor=system)
            if letter is None or not _send(transport, letter):
                break
            handed_over += 1
    return handed_over


@operation
def claim_next(*, actor: Actor) -> Letter | None:
    """Takes all that waits for one person; of several workers each takes another person's."""
    now = current().at
    waiting = Notification.objects.filter(Q(mail_at=None) | Q(mail_at__lte=now), mail=Mail.PENDING)
    locked = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("recipient", "pk")
    first = locked.first()
    if first is None:
        return None
    theirs = locked.filter(recipient=first.recipient_id)[:IN_ONE]
    ids = tuple(row.pk for row in theirs)
    Notification.objects.filter(pk__in=ids).update(mail=Mail.SENDING, mail_at=now)
    return Letter(User.objects.get(pk=first.recipient_id), ids)


@operation
def record_outcome(*, actor: Actor, ids: Sequence[int], outcome: str) -> None:
    """Writes down what became of claimed ones."""
    again = {"mail_at": current().at + TRY_AGAIN} if outcome == Mail.PENDING else {}
    Notification.objects.filter(pk__in=ids, mail=Mail.SENDING).update(mail=outcome, **again)


@operation
def give_up_lost(*, actor: Actor) -> None:
    """Lets go what nobody may send any more.

    A worker died while sending, so nobody knows; or what waits was read, or is no news.
    """
    now = current().at
    waiting = Notification.objects.filter(mail=Mail.PENDING)
    waiting.exclude(read_at=None).update(mail=Mail.NONE)
    lost = Q(mail=Mail.SENDING, mail_at__lt=now - LOST_AFTER)
    Notification.objects.filter(lost).update(mail=Mail.FAILED)
    waiting.filter(at__lt=now - TOO_LATE).update(mail=Mail.FAILED)


def _send(transport: Transport, letter: Letter) -> bool:
    """False when the server takes nothing at present."""
    message = message_of(letter)
    outcome = Mail.NONE if message is None else Mail.SENT
    try:
        if message is not None:
            transport.deliver(message)
    except (Refused, OutcomeUnknown):
        outcome = Mail.FAILED
    except (NotNow, ServerTrouble) as failure:
        record_outcome(actor=Actor.system(), ids=letter.ids, outcome=Mail.PENDING)
        return isinstance(failure, NotNow)
    record_outcome(actor=Actor.system(), ids=letter.ids, outcome=outcome)
    return True


def message_of(letter: Letter) -> EmailMessage | None:
    """The mail as it leaves, or None when its reader may see nothing of it any more."""
    reader = letter.reader
    if not (reader.is_active and reader.email):
        return None
    zone = ZoneInfo(reader.time_zone)
    with translation.override(reader.language), timezone.override(zone):
        entries = entries_of(Actor(user=reader), letter.rows())
        seen = [entry for entry in entries if not entry.is_gone]
        return _message(reader, seen) if seen else None


def _message(reader: User, entries: list[Entry]) -> EmailMessage:
    house = company()
    return EmailMessage(
        subject=" ".join(_subject(entries).split()),
        body=_body(entries),
        from_email=formataddr((house.name, house.email)) if house.email else None,
        to=[formataddr((reader.name, reader.email))],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )


def _subject(entries: list[Entry]) -> str:
    if len(entries) == 1:
        return _("%(what)s: %(title)s") % {"what": entries[0].says, "title": entries[0].title}
    count = len(entries)
    sentence = ngettext("%(count)s notification", "%(count)s notifications", count)
    return sentence % {"count": count}


def _body(entries: list[Entry]) -> str:
    parts = [_part(entry) for entry in entries]
    preferences = _("You chose to hear of this by e-mail. Your preferences change that.")
    parts.append(" ".join(filter(None, [preferences, _link(reverse("preferences"))])))
    return "\n\n".join(parts) + "\n"


def _part(entry: Entry) -> str:
    return "\n".join(filter(None, [entry.says, entry.title, _link(entry.url)]))


def _link(path: str) -> str:
    """Where nobody has said under which address the CRM stands, there is nothing to link to."""
    return settings.SITE_URL.rstrip("/") + path if settings.SITE_URL else ""
