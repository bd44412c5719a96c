"""Sending the mails people write on records.

A mail is claimed, and that is committed, before the server hears of it: a worker that dies in
between leaves a mail of which nobody knows whether it arrived. That is shown, and never sent
again by itself. A mail that the server certainly did not take waits, and is tried again.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import formataddr
from typing import Any

from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils.translation import gettext as _

from crm import clock
from crm.access.actor import Actor
from crm.activities.events import MailFailed
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
from crm.models import Activity, User
from crm.operations import emit, operation
from crm.records.services import save_changed
from crm.registry.registry import registry

BATCH = 100
BATCH_SECONDS = 60  # then other mail gets its turn
LOST_AFTER = timedelta(minutes=15)  # above the longest time one message may take
TRY_AGAIN = timedelta(minutes=5)
TRIED_FOR = timedelta(days=1)
NOTE_LENGTH = 400
Delivery = Activity.Delivery


def send_pending(deliver: Callable[[Activity], None] | None = None) -> int:
    """Sends what waits, each mail for itself; returns how many were tried.

    Ends early when the mail server takes nothing at present, at once where mail is held.
    """
    system, tried = Actor.system(), 0
    if mail_is_held():
        return 0
    until = time.monotonic() + BATCH_SECONDS
    give_up_lost(actor=system)
    with open_transport() as transport:
        while tried < BATCH and time.monotonic() < until:
            activity = claim_next(actor=system)
            if activity is None:
                break
            tried += 1
            if not _send(activity, deliver or _hand_over_by(transport)):
                break
    return tried


@operation
def claim_next(*, actor: Actor) -> Activity | None:
    """Takes one waiting mail out of the queue; of several workers each takes another."""
    due = Q(delivery_note="") | Q(modified_at__lte=clock.now() - TRY_AGAIN)
    waiting = Activity.objects.alive().filter(due, delivery=Delivery.PENDING).order_by("pk")
    activity: Activity | None = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if activity is not None:
        _set(activity, Delivery.SENDING)
    return activity


def _send(activity: Activity, deliver: Callable[[Activity], None]) -> bool:
    """False when the server takes nothing at present."""
    system, failure = Actor.system(), ""
    try:
        deliver(activity)
    except (NotNow, ServerTrouble) as trouble:
        postpone(actor=system, record_id=activity.pk, failure=str(trouble) or repr(trouble))
        return isinstance(trouble, NotNow)
    except OutcomeUnknown as error:
        failure = _("The mail server gave no answer (%(error)s). Nobody knows whether it arrived.")
        failure %= {"error": error}
    except Refused as error:
        failure = str(error) or _("The mail server refused it.")
    except (OSError, ValueError) as error:  # a file of it is gone, or can't be read
        failure = str(error) or repr(error)
    record_delivery(actor=system, record_id=activity.pk, failure=failure)
    return True


@operation
def postpone(*, actor: Actor, record_id: int, failure: str) -> None:
    """Lets a mail that was not taken wait; after a day it has failed. Emits MailFailed then."""
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=record_id)
    if activity.delivery == Delivery.SENDING:
        is_over = activity.created_at < clock.now() - TRIED_FOR
        _set(activity, Delivery.FAILED if is_over else Delivery.PENDING, failure)


@operation
def record_delivery(*, actor: Actor, record_id: int, failure: str = "") -> None:
    """Writes down how sending a claimed mail went. Emits MailFailed."""
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=record_id)
    if activity.delivery == Delivery.SENDING:
        _set(activity, Delivery.FAILED if failure else Delivery.SENT, failure)


@operation
def give_up_lost(*, actor: Actor) -> None:
    """Mails whose worker died while sending them: their outcome is unknown. Emits MailFailed."""
    since = clock.now() - LOST_AFTER
    lost = Activity.objects.filter(delivery=Delivery.SENDING, modified_at__lt=since)
    for activity in lost.select_for_update(skip_locked=True, of=("self",)).order_by("pk"):
        _set(
            activity,
            Delivery.FAILED,
            _("Sending was interrupted. Nobody knows whether the mail arrived."),
        )


def _set(activity: Activity, delivery: Delivery, note: str = "") -> None:
    changes: dict[str, Any] = {
        "delivery": activity.delivery,
        "delivery_note": activity.delivery_note,
    }
    activity.delivery, activity.delivery_note = delivery, note[:NOTE_LENGTH]
    save_changed(registry.get("activity"), activity, changes)
    if delivery == Delivery.FAILED:
        emit(MailFailed(activity=activity))


def _hand_over_by(transport: Transport) -> Callable[[Activity], None]:
    def hand_over(activity: Activity) -> None:
        message = message_of(activity)
        for file in activity.files.filter(deleted_at=None):
            with file.content.open("rb") as content:
                message.attach(file.name, content.read(), file.media_type)
        transport.deliver(message)

    return hand_over


def message_of(activity: Activity) -> EmailMessage:
    """The mail as it leaves: from the company's address in the writer's name."""
    sender = User.objects.filter(pk=activity.owner_id).first()
    house = company()
    address = house.email or (sender.email if sender else "")
    name = " ".join((sender.name if sender else house.name).split())
    return EmailMessage(
        subject=activity.subject,
        body=activity.body,
        from_email=formataddr((name, address)) if address else None,
        to=activity.recipients,
        reply_to=[sender.email] if sender and sender.email else None,
        headers={"Message-ID": f"<activity-{activity.pk}@{_domain(address)}>"},
    )


def _domain(address: str) -> str:
    return address.rpartition("@")[2] or "localhost"
