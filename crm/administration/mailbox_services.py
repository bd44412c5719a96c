"""Clearing the local mailbox."""

from crm.access.actor import Actor
from crm.models import LocalMessage
from crm.operations import operation


@operation
def empty_mailbox(*, actor: Actor) -> int:
    """Throws all its messages away; returns how many. Raises AccessDenied."""
    actor.require_administrator()
    return LocalMessage.objects.all().delete()[0]
