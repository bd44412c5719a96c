"""The kernel's background work. Rows say what is to be done; Celery only hurries it."""

from datetime import timedelta

from celery import shared_task

from crm import clock
from crm.access.actor import Actor
from crm.access.stamps import forget_stamps
from crm.activities.sending import send_pending
from crm.models import RecentRecord, SentForm
from crm.records.emptying import discard_contents, empty_bins

FORMS_KEPT = timedelta(days=2)
RECENT_KEPT = timedelta(days=90)


@shared_task
def send_pending_mail() -> None:
    """Sends the mails written on records; also run by the scheduler, should a message get lost."""
    forget_stamps()
    send_pending()


@shared_task
def forget_old_traces() -> None:
    """What only serves the moment: tokens of sent forms, records opened long ago."""
    now = clock.now()
    SentForm.objects.filter(sent_at__lt=now - FORMS_KEPT).delete()
    RecentRecord.objects.filter(seen_at__lt=now - RECENT_KEPT).delete()


@shared_task
def empty_the_bins() -> None:
    """Erases what lay in the bin long enough, then the contents of files that are gone."""
    forget_stamps()
    empty_bins(actor=Actor.system())
    discard_contents()
