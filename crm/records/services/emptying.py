"""Emptying the bin: what lay in it long enough is erased for good, in batches.

History and journal stay, as an audit must: the trigger writes the row's last state. A record that
others still need stays in the bin until they are gone. The content of files goes by
`discard_contents`, from the rows a trigger writes for every file that is deleted.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import models

from crm import clock
from crm.access.actor import Actor
from crm.company.settings import company
from crm.models import (
    Activity,
    DiscardedContent,
    File,
    MergedRecord,
    Notification,
    RecentRecord,
    Record,
    Share,
)
from crm.operations import emit, journal_all, operation
from crm.records.services.announcing import announce
from crm.registry.declaration import RecordType
from crm.registry.events import ChangeKind, RecordsErased
from crm.registry.registry import registry

logger = logging.getLogger(__name__)

BATCH = 200
HOLDING = (models.PROTECT, models.RESTRICT)


@dataclass(frozen=True)
class Erased:
    """What one batch did: how many rows went, which had to stay, and where to go on."""

    done: int
    held: frozenset[int]
    last: int | None


def due_before() -> datetime:
    """What was deleted before this moment has been in the bin long enough."""
    return clock.now() - timedelta(days=company().bin_days)


def empty_bins(*, actor: Actor) -> int:
    """Erases all that is due, type after type, until nothing more can go.

    A record may hold another one that is due as well: it goes first, and the next pass takes the
    other.
    """
    before, total = due_before(), 0
    while True:
        passed = sum(_empty(actor, record_type, before) for record_type in registry)
        total += passed
        if not passed:
            break
    return total + _erase_files(actor, before)


def _empty(actor: Actor, record_type: RecordType, before: datetime) -> int:
    done, after, held = 0, 0, 0
    while True:
        batch = erase_batch(actor=actor, record_type=record_type, before=before, after=after)
        done, held = done + batch.done, held + len(batch.held)
        if batch.last is None:
            break
        after = batch.last
    if done or held:
        logger.info("bin of %s: %s erased, %s still in use", record_type.key, done, held)
    return done


@operation
def erase_batch(
    *, actor: Actor, record_type: RecordType, before: datetime, after: int = 0
) -> Erased:
    """Erases up to BATCH records of the bin, in key order from `after`.

    Locks them against new references. With them go their work, files, shares, and what was
    told of them. Journals 'erased'; emits RecordsErased before the rows go, RecordsChanged after.
    """
    model = record_type.model
    due = model.objects.in_bin().filter(deleted_at__lt=before, pk__gt=after).order_by("pk")
    rows = list(due.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    if not rows:
        return Erased(0, frozenset(), None)
    held = held_by_others(model, [row.pk for row in rows])
    going = [row for row in rows if row.pk not in held]
    if going:
        _erase(record_type, going)
    return Erased(len(going), frozenset(held), rows[-1].pk)


def _erase(record_type: RecordType, going: list[Record]) -> None:
    ids = [row.pk for row in going]
    about: dict[str, Any] = {"record_type": record_type.key, "record_id__in": ids}
    journal_all("erased", going, is_final=True)
    emit(RecordsErased(record_type=record_type.key, ids=tuple(ids)))
    linked = _linked_to(record_type.model, ids)
    work = Activity.objects.filter(regarding_type=record_type.key, regarding_id__in=ids)
    work_ids = list(work.values_list("pk", flat=True))
    work.delete()
    for model in (File, Share, RecentRecord, Notification):
        model.objects.filter(**about).delete()
    _forget_merges(record_type, ids)
    record_type.model.objects.filter(pk__in=ids).delete()
    for other, relation, found in linked:
        _announce_linked(other, relation, found)
    announce(ChangeKind.ERASED, Activity, work_ids)
    announce(ChangeKind.ERASED, record_type.model, ids)


Linked = tuple[type[Record], Any, list[int]]  # model, relation, keys


def _linked_to(model: type[Record], ids: list[int]) -> list[Linked]:
    """The records of which deleting these rows empties a link, or which go along with them."""
    found = []
    for relation in _relations_to(model):
        other, name = relation.related_model, relation.field.name
        if issubclass(other, Record) and relation.on_delete not in HOLDING:
            rows = other._base_manager.filter(**{f"{name}__in": ids})
            if other is model and relation.on_delete is models.CASCADE:
                rows = rows.exclude(pk__in=ids)  # they are erased themselves
            found.append((other, relation, list(rows.values_list("pk", flat=True))))
    return found


def _announce_linked(model: type[Record], relation: Any, ids: list[int]) -> None:
    if relation.on_delete is models.CASCADE:
        announce(ChangeKind.ERASED, model, ids)
    else:
        announce(ChangeKind.CHANGED, model, ids, {relation.field.name})


def _forget_merges(record_type: RecordType, ids: list[int]) -> None:
    """Nothing leads to what is gone; of what was merged only the way to the other one is kept."""
    merged = MergedRecord.objects.filter(record_type=record_type.key)
    merged.filter(survivor_id__in=ids).delete()
    merged.filter(record_id__in=ids).update(brought={}, dropped={})


def held_by_others(model: Any, ids: list[int]) -> set[int]:
    """The rows that others refer to by a link that forbids deleting, also through their parts."""
    held: set[int] = set()
    for relation in _relations_to(model):
        name = relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": ids})
        if relation.on_delete in HOLDING:
            held.update(rows.values_list(relation.field.attname, flat=True).distinct())
        elif relation.on_delete is models.CASCADE:
            parts = dict(rows.values_list("pk", relation.field.attname))
            if parts:
                kept = held_by_others(relation.related_model, list(parts))
                held.update(parts[pk] for pk in kept)
    return held


def _relations_to(model: Any) -> Iterator[Any]:
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            yield relation


def _erase_files(actor: Actor, before: datetime) -> int:
    done = 0
    while batch := erase_files(actor=actor, before=before):
        done += batch
    return done


@operation
def erase_files(*, actor: Actor, before: datetime) -> int:
    """Erases files that were taken off their record long enough ago; a batch at a time."""
    removed = File.objects.filter(deleted_at__lt=before).order_by("pk")
    ids = list(removed.values_list("pk", flat=True)[:BATCH])
    File.objects.filter(pk__in=ids, deleted_at__lt=before).delete()
    return len(ids)


def discard_contents() -> int:
    """Takes the contents of deleted files out of the storage; what fails waits for the next run."""
    done = 0
    for row in DiscardedContent.objects.order_by("pk").iterator(chunk_size=BATCH):
        if _discard(row.name):
            row.delete()
            done += 1
    return done


def _discard(name: str) -> bool:
    if File.objects.filter(content=name).exists():
        return True
    try:
        default_storage.delete(name)
    except OSError:
        logger.warning("The content %s could not be removed; it is tried again.", name)
        return False
    return True
