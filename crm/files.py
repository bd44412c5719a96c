"""Files on records: what may be kept, under what name, and who may take it away."""

from pathlib import PurePosixPath
from typing import Any

import puremagic
from django.conf import settings
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.access.levels import Privilege
from crm.errors import NotVisible, RuleViolation
from crm.models import Activity, File, Record
from crm.operations import current, journal, operation
from crm.records.registry import registry

NAME_LENGTH = 200
SNIFFED = 4096


@operation
def attach_file(
    *, actor: Actor, record: Record, upload: Any, activity: Activity | None = None
) -> File:
    """Keeps an uploaded file with a record. Raises AccessDenied, RuleViolation."""
    actor.require(Privilege.APPEND_TO, record)
    limit = settings.MAX_FILE_BYTES
    if upload.size > limit:
        raise RuleViolation(
            _("The file is larger than %(limit)s MB.") % {"limit": limit // 1_000_000}
        )
    file = File.objects.create(
        record_type=record.type_key(),
        record_id=record.pk,
        activity=activity,
        name=clean_name(upload.name),
        media_type=media_type(upload),
        size=upload.size,
        content=upload,
        uploaded_by_id=actor.id,
        uploaded_at=current().at,
    )
    journal("file_added", record, name=file.name)
    return file


def clean_name(name: str) -> str:
    """The last part of a name, without what no file system or header should see."""
    plain = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(char for char in plain if char.isprintable() and char not in '<>:"|?*')
    return kept.strip(". ")[-NAME_LENGTH:] or "file"


def media_type(upload: Any) -> str:
    """What the content says it is, not what the browser says."""
    start = upload.read(SNIFFED)
    upload.seek(0)
    try:
        return str(puremagic.from_string(start, mime=True))[:120] or "application/octet-stream"
    except puremagic.PureError:
        return "application/octet-stream"


@operation
def remove_file(*, actor: Actor, file_id: int) -> File:
    """Takes a file off its record; the content stays until the bin is emptied."""
    file = File.objects.select_for_update().filter(pk=file_id, deleted_at=None).first()
    if file is None or file.record_type not in registry:
        raise NotVisible
    rows = registry.get(file.record_type).model.objects.visible_to(actor)
    record = rows.filter(pk=file.record_id).first()
    if record is None:
        raise NotVisible
    actor.require(Privilege.WRITE, record)
    file.deleted_at = current().at
    file.save(update_fields=["deleted_at"])
    journal("file_removed", record, name=file.name)
    return file
