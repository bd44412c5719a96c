"""Reminders and the e-mails of notifications, in the background."""

from celery import shared_task

from crm.access.actor import Actor
from crm.notifications.mailing import send_waiting
from crm.notifications.reminders import remind_of_due
from crm.notifications.services import forget_old_notifications


@shared_task
def remind_people() -> None:
    """Tells people what is due."""
    remind_of_due(actor=Actor.system())


@shared_task
def mail_notifications() -> None:
    """Writes to those who chose to hear of things by e-mail."""
    send_waiting()


@shared_task
def delete_old_notifications() -> None:
    """Deletes notifications older than the company's settings keep them."""
    forget_old_notifications(actor=Actor.system())
