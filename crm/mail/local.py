"""Without a mail server, mail goes to a mailbox inside the CRM, where it can be read."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from crm import clock
from crm.models import LocalMessage


class LocalMailboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        addressed = [message for message in email_messages if message.recipients()]
        LocalMessage.objects.bulk_create([to_row(message) for message in addressed], batch_size=500)
        return len(addressed)


def to_row(message: EmailMessage) -> LocalMessage:
    """The row for a message, with the headers and bytes a server would have been given."""
    built = message.message()
    return LocalMessage(
        sender=message.from_email,
        recipients=message.recipients(),
        subject=str(message.subject),
        text="" if message.content_subtype == "html" else message.body,
        html=html_of(message),
        headers={name: str(value) for name, value in built.items()},
        raw=built.as_bytes(),
        created_at=clock.now(),
    )


def html_of(message: EmailMessage) -> str:
    if message.content_subtype == "html":
        return str(message.body)
    if isinstance(message, EmailMultiAlternatives):
        for alternative in message.alternatives:
            if alternative.mimetype == "text/html":
                return str(alternative.content)
    return ""
