"""The kernel's background work. Rows say what is to be done; Celery only hurries it."""

from celery import shared_task

from crm.access.stamps import forget_stamps
from crm.activities.sending import send_pending


@shared_task
def send_pending_mail() -> None:
    """Sends the mails written on records; also run by the scheduler, should a message get lost."""
    forget_stamps()
    send_pending()
