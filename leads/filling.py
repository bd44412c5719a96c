"""Which existing records qualification writes to: asked by the preview and by the service."""

from typing import Any

from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.records.services import lock_reason
from crm.registry.registry import registry


def may_fill(actor: Actor, key: str, record: Any) -> bool:
    """Whether blanks of the record are filled: the actor may write to it, and no state locks it."""
    return actor.allows(Privilege.WRITE, record) and not lock_reason(registry.get(key), record)
