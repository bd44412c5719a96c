"""Who wants no more mailings gets none."""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.operations import current, emit, journal, operation
from crm.records.services import save_changed
from crm.registry.registry import registry
from marketing.events import Unsubscribed
from marketing.message.addresses import address_hash
from marketing.models import Recipient, Suppression

logger = logging.getLogger(__name__)


@operation
def unsubscribe(*, actor: Actor, key: UUID) -> Recipient | None:
    """Blocks the address of a recipient for good, and marks the record it was sent to.

    The block outlives the record: only the address's hash is kept. However often it is called
    nothing more happens. Locks the recipient, then the record; emits Unsubscribed, journals
    'unsubscribed' on the record. None when there is no such recipient any more.
    """
    row = (
        Recipient.objects.select_for_update(of=("self",))
        .select_related("activity")
        .filter(key=key)
        .first()
    )
    if row is None:
        return None
    block_address(row.address, Suppression.Reason.UNSUBSCRIBED, row.activity_id)
    if row.unsubscribed_at is None:
        row.unsubscribed_at = current().at
        row.save(update_fields=["unsubscribed_at"])
        _try_to_mark(row)
        emit(Unsubscribed(row))
    return row


def block_address(address: str, reason: str, activity_id: int | None = None) -> None:
    """Inside an operation. An address blocked before stays as it was."""
    Suppression.objects.bulk_create(
        [
            Suppression(
                address_hash=address_hash(address),
                reason=reason,
                activity_id=activity_id,
                created_at=current().at,
            )
        ],
        ignore_conflicts=True,
    )


def _try_to_mark(row: Recipient) -> None:
    """The block holds also where the record can't be written as it stands."""
    try:
        with transaction.atomic():
            _mark_record(row)
    except RuleViolation:
        logger.warning("recipient %s is blocked, its record could not be marked", row.pk)


def _mark_record(row: Recipient) -> None:
    record_type = registry.get(row.record_type)
    rows: Any = record_type.model.objects.alive().select_for_update(of=("self",))
    record: Any = rows.filter(pk=row.record_id, email__iexact=row.address).first()
    if record is None:
        return
    if not record.do_not_bulk_email:
        record.do_not_bulk_email = True
        record = save_changed(record_type, record, {"do_not_bulk_email": False})
    journal("unsubscribed", record, activity=row.activity)


@operation
def block_addresses(*, actor: Actor, addresses: Iterable[str]) -> list[int]:
    """Blocks addresses by hand; the keys of their rows. Those blocked before stay as they were.

    Raises AccessDenied.
    """
    actor.require_administrator()
    hashes = []
    for address in addresses:
        block_address(address, Suppression.Reason.BLOCKED)
        hashes.append(address_hash(address))
    rows = Suppression.objects.filter(address_hash__in=hashes).order_by("pk")
    return list(rows.values_list("pk", flat=True))


@operation
def unblock(*, actor: Actor, ids: Iterable[int]) -> int:
    """Lets mailings reach addresses again; how many were blocked. Raises AccessDenied.

    What the records themselves say about mailings stays.
    """
    actor.require_administrator()
    return Suppression.objects.filter(pk__in=list(ids)).delete()[0]
