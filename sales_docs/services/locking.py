"""Taking hold of a document before it moves on. Parents are locked before children."""

from typing import Any
from uuid import UUID

from accounts.models import Account
from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.records.services import lock_record
from crm.registry.registry import registry
from opportunities.models import Opportunity


def lock_parents(model: Any, record_id: int) -> None:
    """Locks the company and the opportunity a document hangs on, in that order.

    So its documents move one after another, and what winning the opportunity changes is held
    before it. Keys stay free: other documents can be added meanwhile.
    """
    found = model.objects.filter(pk=record_id).values("opportunity_id", "opportunity__account_id")
    for parents in found:
        _hold(Account, parents["opportunity__account_id"])
        _hold(Opportunity, parents["opportunity_id"])


def _hold(model: Any, record_id: int | None) -> None:
    if record_id is not None:
        list(model.objects.select_for_update(of=("self",), no_key=True).filter(pk=record_id))


def lock_document(
    *,
    actor: Actor,
    key: str,
    record_id: int,
    privilege: Privilege = Privilege.WRITE,
    version: int | None = None,
) -> Any:
    return lock_record(
        actor=actor,
        record_type=registry.get(key),
        record_id=record_id,
        privilege=privilege,
        version=version,
    )


def made_before(model: Any, request_key: UUID | None, **source: Any) -> Any:
    """What an earlier sending of the same request has made of the same source, or None."""
    if request_key is None:
        return None
    return model.objects.alive().filter(request_key=request_key, **source).first()
