"""The background work of activities."""

from celery import shared_task

from crm.activities.sending import send_pending


@shared_task
def send_pending_mail() -> None:
    """Sends the mails written on records; also run by the scheduler, should a message get lost."""
    send_pending()
