"""Files on records: what may be kept, under what name, and who may take it away."""

import unicodedata
from pathlib import PurePosixPath
from typing import Any

import puremagic
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import NotVisible, RuleViolation
from crm.models import Activity, File, JournalEntry, Record
from crm.models.levels import Privilege
from crm.operations import current, journal, operation
from crm.records.services import lock_key_share
from crm.registry.registry import registry

NAME_LENGTH = 200
ENDING_LENGTH = 20
SNIFFED = 8192
UNKNOWN = "application/octet-stream"


@operation
def attach_file(
    *, actor: Actor, record: Record, upload: Any, activity: Activity | None = None
) -> File:
    """Keeps an uploaded file with a record. Journals 'file_added'.

    Raises NotVisible, AccessDenied, RuleViolation.
    """
    actor.require(Privilege.APPEND_TO, record)
    if lock_key_share(type(record), record.pk) is None:
        raise NotVisible
    check_size(upload)
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
    about: dict[str, Any] = {"activity": activity.pk} if activity else {}
    journal("file_added", record, name=file.name, file=file.pk, **about)
    return file


def check_size(upload: Any) -> None:
    limit = settings.MAX_FILE_BYTES
    if upload.size > limit:
        raise RuleViolation(
            _("The file is too large."),
            fields={
                "file": _("This file has %(size)s; at most %(limit)s are kept.")
                % {"size": filesizeformat(upload.size), "limit": filesizeformat(limit)}
            },
        )
    if not upload.size:
        raise RuleViolation(
            _("The file is empty."), fields={"file": _("There is nothing in this file.")}
        )


def clean_name(name: str) -> str:
    """The last part of a name, without what no file system or header should see."""
    plain = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    kept = "".join(char for char in plain if char.isprintable() and char not in '<>:"|?*/')
    kept = kept.strip(". ")
    ending = PurePosixPath(kept).suffix[:ENDING_LENGTH]
    return kept[: NAME_LENGTH - len(ending)].removesuffix(ending) + ending or _("file")


def media_type(upload: Any) -> str:
    """What the content says it is, not what the browser or the name says."""
    upload.seek(0)
    start = upload.read(SNIFFED)
    upload.seek(0)
    try:
        return str(puremagic.from_string(start, mime=True))[:120] or UNKNOWN
    except (puremagic.PureError, ValueError):
        return UNKNOWN


@operation
def remove_file(*, actor: Actor, file_id: int) -> File:
    """Takes a file off its record; the content stays until the bin is emptied.

    Journals 'file_removed', which Undo takes back. Raises NotVisible, AccessDenied.
    """
    file, record = _locked(actor, file_id)
    if file.deleted_at:
        raise NotVisible
    _move(file, record, is_kept=False)
    journal("file_removed", record, name=file.name, file=file.pk)
    return file


def record_of(actor: Actor, file: File) -> Record:
    """The record a file hangs on, if the actor may see it. Raises NotVisible."""
    if file.record_type not in registry:
        raise NotVisible
    rows = registry.get(file.record_type).model.objects.visible_to(actor)
    record: Record | None = rows.filter(pk=file.record_id).first()
    if record is None:
        raise NotVisible
    return record


def _locked(actor: Actor, file_id: int) -> tuple[File, Record]:
    file = File.objects.select_for_update().filter(pk=file_id).first()
    if file is None:
        raise NotVisible
    record = record_of(actor, file)
    actor.require(Privilege.WRITE, record)
    return file, record


def _move(file: File, _record: Record, *, is_kept: bool) -> None:
    file.deleted_at = None if is_kept else current().at
    file.save(update_fields=["deleted_at"])


def undo_adding_file(actor: Actor, entry: JournalEntry) -> None:
    _move(*_locked(actor, entry.data["file"]), is_kept=False)


def undo_removing_file(actor: Actor, entry: JournalEntry) -> None:
    _move(*_locked(actor, entry.data["file"]), is_kept=True)
