"""Giving all records of somebody to somebody else, as when a person leaves."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models import BulkJob, User
from crm.operations import current, operation
from crm.records.bulk.bulk_actions import ASSIGN
from crm.registry.declaration import RecordType
from crm.registry.registry import registry


@dataclass(frozen=True)
class Owned:
    """How many living records of a type somebody owns."""

    record_type: RecordType
    count: int


def owned_by(principal_id: int) -> list[Owned]:
    counted = [
        Owned(record_type, record_type.model.objects.alive().owned_by([principal_id]).count())
        for record_type in registry
    ]
    return [owned for owned in counted if owned.count]


@operation
def hand_over(
    *, actor: Actor, principal_id: int, owner_id: int, type_keys: Iterable[str]
) -> list[BulkJob]:
    """Has a worker assign all records of these types to `owner_id`: a job for each type.

    The jobs follow the rights of the actor and can be undone. Raises AccessDenied, RuleViolation.
    """
    actor.require_administrator()
    if owner_id == principal_id or User.objects.filter(pk=owner_id, is_active=False).exists():
        message = _("Choose somebody else, who still works here.")
        raise RuleViolation(message, fields={"owner": message})
    return [_job(actor, registry.get(key), principal_id, owner_id) for key in type_keys]


def _job(actor: Actor, record_type: RecordType, principal_id: int, owner_id: int) -> BulkJob:
    rows = record_type.model.objects.alive().owned_by([principal_id]).order_by("pk")
    return BulkJob.objects.create(
        record_type=record_type.key,
        verb=ASSIGN,
        ids=list(rows.values_list("pk", flat=True)),
        data=urlencode({"do": "1", "owner": owner_id}),
        state=BulkJob.State.RUNNING,
        operation=uuid.uuid4(),
        created_by_id=actor.id,
        created_at=current().at,
    )
