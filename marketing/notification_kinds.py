"""Who hears how a mailing goes."""

from django.utils.translation import gettext_lazy as _

from crm.notifications.kinds import Kind
from crm.notifications.writing import report
from marketing.events import MailingCompleted, MailingInTrouble

KINDS = (
    Kind(
        key="mailing_completed",
        label=_("A mailing of mine is complete"),
        icon="mail-check",
        sentence=_("This mailing is complete"),
    ),
    Kind(
        key="mailing_in_trouble",
        label=_("The mail server takes no mail of a mailing of mine"),
        icon="mail-warning",
        sentence=_("The mail server takes no mail of this mailing; it is tried again"),
    ),
)


def notify_of_end(event: MailingCompleted) -> None:
    activity = event.activity
    about = ("campaignactivity", activity.pk)
    report("mailing_completed", to=[activity.owner_id], about=about)


def notify_of_trouble(event: MailingInTrouble) -> None:
    activity = event.activity
    about = ("campaignactivity", activity.pk)
    report("mailing_in_trouble", to=[activity.owner_id], about=about)
