"""Locks in the one order everybody keeps: the case before its place in a queue."""

from cases.models import Case
from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.records.services import lock_record
from crm.registry.registry import registry


def lock_case(
    *,
    actor: Actor,
    record_id: int,
    privilege: Privilege = Privilege.WRITE,
    version: int | None = None,
) -> Case:
    """The case, locked. Raises NotVisible, AccessDenied."""
    found: Case = lock_record(
        actor=actor,
        record_type=registry.get("case"),
        record_id=record_id,
        privilege=privilege,
        version=version,
    )
    return found
