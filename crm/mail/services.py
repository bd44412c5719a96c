"""Clearing the local mailbox."""

from crm.access.actor import Actor
from crm.administration.services import require_administrator
from crm.models import LocalMessage
from crm.operations import operation


@operation
def empty_mailbox(*, actor: Actor) -> int:
    """Throws all its messages away; returns how many. Raises AccessDenied."""
    require_administrator(actor)
    return LocalMessage.objects.all().delete()[0]
