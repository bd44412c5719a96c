"""Letting others into one record."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import AccessDenied
from crm.models import Principal, Share
from crm.models.levels import Privilege
from crm.operations import current, emit, journal, operation
from crm.records.services.one import lock_record
from crm.registry.declaration import RecordType
from crm.registry.events import RecordShared

SHAREABLE = (
    Privilege.READ,
    Privilege.WRITE,
    Privilege.DELETE,
    Privilege.APPEND_TO,
    Privilege.ASSIGN,
    Privilege.SHARE,
)


@operation
def share_record(
    *,
    actor: Actor,
    record_type: RecordType,
    record_id: int,
    principal_id: int,
    privileges: Iterable[Privilege],
) -> None:
    """Replaces what one user or team may do with one record; an empty list takes all away.

    Nobody gives more than they have. Journals 'shared', and the first time emits
    RecordShared.
    """
    record = lock_record(
        actor=actor, record_type=record_type, record_id=record_id, privilege=Privilege.SHARE
    )
    wanted = set(privileges) | ({Privilege.READ} if privileges else set())
    for privilege in wanted:
        if privilege not in SHAREABLE or not actor.allows(privilege, record):
            raise AccessDenied(_("You can't give more rights than you have."))
    shares = Share.objects.filter(
        record_type=record_type.key, record_id=record.pk, principal_id=principal_id
    )
    is_new = not shares.exists()
    shares.exclude(privilege__in=wanted).delete()
    Share.objects.bulk_create(
        [
            Share(
                record_type=record_type.key,
                record_id=record.pk,
                principal_id=principal_id,
                privilege=privilege,
                granted_by_id=actor.id,
                granted_at=current().at,
            )
            for privilege in sorted(wanted)
        ],
        ignore_conflicts=True,
    )
    journal(
        "shared" if wanted else "unshared",
        record,
        to=Principal.objects.get(pk=principal_id).name,
        privileges=sorted(wanted),
    )
    if wanted and is_new:
        emit(RecordShared(record, principal_id))
