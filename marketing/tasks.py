"""Workers for mailings. Rows say what is to be sent; Celery only hurries it."""

import time

from celery import shared_task

from crm.runtime.enqueueing import enqueue
from marketing.events import MailingLaunched, MailingResumed
from marketing.services.sending import (
    complete_mailings,
    due_mailings,
    recover_lost,
    send_batch,
)

IN_ONE_TASK = 60  # seconds; other work gets its turn
SOON = 15  # seconds; what is due later, the sweep finds


def enqueue_mailing(event: MailingLaunched | MailingResumed) -> None:
    """Wakes a worker once the operation is committed; the sweep would find the work as well."""
    enqueue(work_on_mailing, event.activity.pk)


@shared_task
def sweep_mailings() -> None:
    """Every few seconds: takes up what is due, settles what was lost, closes what is done."""
    recover_lost()
    complete_mailings()
    for activity_id in due_mailings():
        work_on_mailing.delay(activity_id)


@shared_task
def work_on_mailing(activity_id: int) -> None:
    """Sends what is due of one mailing; any number of these may run at once."""
    until = time.monotonic() + IN_ONE_TASK
    wait = send_batch(activity_id)
    while wait == 0 and time.monotonic() < until:
        wait = send_batch(activity_id)
    if wait is None:
        complete_mailings()
    elif wait <= SOON:
        work_on_mailing.apply_async([activity_id], countdown=wait)
