"""Which existing records qualification fills in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.records.services import lock_reason
from crm.registry.registry import registry


def reason_not_to_fill(actor: Actor, key: str, record: Any) -> object:
    """Why blanks of the record stay blank: the actor may not write, or a state locks it; or ''."""
    if not actor.allows(Privilege.WRITE, record):
        return _("You may not change it.")
    return lock_reason(registry.get(key), record) or ""
