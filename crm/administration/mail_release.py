"""Letting the mail of a copy go."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.mail.holding import belong_here, mail_is_held
from crm.models import Installation
from crm.operations import operation


@operation
def release_mail(*, actor: Actor) -> bool:
    """Says that the data belong here, so that held mail leaves; False where none was held.

    Locks the installation's row; it stands in the history. Raises AccessDenied.
    """
    actor.require_administrator()
    rows: QuerySet[Installation] = Installation.objects.select_for_update().all()
    list(rows)
    if not mail_is_held():
        return False
    belong_here()
    LogEntry.objects.log_actions(
        user_id=actor.id or 0,
        queryset=Installation.objects.all(),
        action_flag=CHANGE,
        change_message=_("Let held mail go."),
    )
    return True
