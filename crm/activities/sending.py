"""Sending the mails people write on records."""

from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import transaction

from crm.access.actor import Actor
from crm.company import company
from crm.models import Activity, User
from crm.operations import operation
from crm.records.registry import registry
from crm.records.services import save_changed

BATCH = 50


def send_pending() -> int:
    """Sends what waits, each mail in a transaction of its own; returns how many were tried."""
    tried = 0
    while tried < BATCH and send_next(actor=Actor.system()):
        tried += 1
    return tried


@operation
def send_next(*, actor: Actor) -> bool:
    """Claims one waiting mail, sends it, and writes down how it went. False when none waits.

    The row stays locked while the server answers, so two workers never send the same mail.
    """
    activity = (
        Activity.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(delivery=Activity.Delivery.PENDING)
        .order_by("pk")
        .first()
    )
    if activity is None:
        return False
    changes = {"delivery": activity.delivery, "delivery_note": activity.delivery_note}
    try:
        with transaction.atomic():
            _message(activity).send()
        activity.delivery = Activity.Delivery.SENT
    except (SMTPException, OSError) as error:
        activity.delivery = Activity.Delivery.FAILED
        activity.delivery_note = str(error)[:400]
    save_changed(registry.get("activity"), activity, changes)
    return True


def _message(activity: Activity) -> EmailMessage:
    sender = User.objects.filter(pk=activity.owner_id).first()
    house = company()
    address = house.email or (sender.email if sender else "")
    name = (sender.name if sender else house.name).replace('"', "")
    return EmailMessage(
        subject=activity.subject,
        body=activity.body,
        from_email=f'"{name}" <{address}>' if address else None,
        to=activity.recipients,
        reply_to=[sender.email] if sender and sender.email else None,
        headers={"Message-ID": f"<activity-{activity.pk}@{_domain(address)}>"},
    )


def _domain(address: str) -> str:
    return address.rpartition("@")[2] or "localhost"
