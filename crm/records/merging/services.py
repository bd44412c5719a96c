"""Making one record of several that are the same thing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access.actor import Actor
from crm.errors import NotVisible, RuleViolation, StaleVersion
from crm.models import MergedRecord
from crm.models.levels import Privilege
from crm.operations import current, journal_all, operation
from crm.records.merging.comparing import Choices, compared_fields, links_to_itself, value_of
from crm.records.merging.pointers import Moved, move_all
from crm.records.services.announcing import DELETED, announce
from crm.records.services.many import touched
from crm.records.services.one import put_values, refuse_when_locked, require_links, save_changed
from crm.registry.declaration import Feature, RecordType
from crm.registry.events import ChangeKind

FEWEST, MOST = 2, 10


@operation
def merge_records(
    *,
    actor: Actor,
    record_type: RecordType,
    survivor_id: int,
    loser_ids: Iterable[int],
    versions: Mapping[int, int] | None = None,
    choices: Choices | None = None,
) -> Any:
    """Makes one record of up to ten; returns the one that stays.

    `choices` names for a field the record whose value stays; other fields keep the survivor's,
    flags that the declaration calls stricter any that is set. All that points to the others
    points to the survivor afterwards, whoever may see it. Locks the records in key order, then
    what points to them; journals 'merged' and 'merged_away', which Undo takes back. Raises
    NotVisible, AccessDenied, StaleVersion when one of `versions` is older, RuleViolation.
    """
    refuse_other_types(record_type)
    records = _lock(record_type, {survivor_id, *loser_ids})
    for record in records:
        actor.require(Privilege.WRITE, record)
        actor.require(Privilege.MERGE, record)
        refuse_when_locked(record_type, record)
    refuse_stale(records, versions or {})
    survivor = next(one for one in records if one.pk == survivor_id)
    losers = [one for one in records if one.pk != survivor_id]
    _merge(actor, record_type, survivor, losers, choices or {})
    return survivor


def refuse_other_types(record_type: RecordType) -> None:
    if not record_type.has(Feature.MERGE):
        raise NotVisible


def refuse_count(count: int) -> None:
    if not FEWEST <= count <= MOST:
        raise RuleViolation(_("Choose two to ten records to make one of them."))


def refuse_merged(record_type: RecordType, ids: Iterable[int]) -> None:
    """Somebody else was quicker."""
    gone = MergedRecord.objects.filter(record_type=record_type.key, record_id__in=list(ids))
    if gone.exists():
        raise RuleViolation(
            _("One of these records was merged into another one meanwhile. Choose anew.")
        )


def refuse_stale(records: Sequence[Any], versions: Mapping[int, int]) -> None:
    changed = [one for one in records if versions.get(one.pk, one.version) != one.version]
    if changed:
        names = ", ".join(f"“{one}”" for one in changed)
        message = ngettext(
            "%(names)s was changed meanwhile. Look at the values again, then merge.",
            "%(names)s were changed meanwhile. Look at the values again, then merge.",
            len(changed),
        )
        raise StaleVersion(
            message % {"names": names},
            original={},
            theirs={},
            yours={},
            version=changed[0].version,
        )


def _lock(record_type: RecordType, ids: set[int]) -> list[Any]:
    """All of them, locked so that nothing new can point to one before the others are done."""
    refuse_count(len(ids))
    rows = record_type.model.objects.alive().filter(pk__in=ids)
    records = list(rows.order_by("pk").select_for_update(of=("self",)))
    refuse_merged(record_type, ids)
    if len(records) < len(ids):
        raise NotVisible
    return records


def _merge(
    actor: Actor, record_type: RecordType, survivor: Any, losers: list[Any], choices: Choices
) -> None:
    values = _chosen(record_type, survivor, losers, choices)
    if values.get("owner", survivor.owner_id) != survivor.owner_id:
        actor.require(Privilege.ASSIGN, survivor)
    model, loser_ids = record_type.model, [one.pk for one in losers]
    moved = move_all(model, survivor_id=survivor.pk, loser_ids=loser_ids)
    _retire(record_type, losers, survivor)
    changes = put_values(survivor, {**values, **_key_taken_over(survivor, losers)})
    require_links(actor, record_type, survivor, changes)
    # What stood below the others stands below it now: its own links are looked at anew.
    links = {one.name: getattr(survivor, one.attname) for one in links_to_itself(record_type)}
    save_changed(record_type, survivor, {**links, **changes})
    _write_down(record_type, survivor, losers, moved)


def _chosen(
    record_type: RecordType, survivor: Any, losers: list[Any], choices: Choices
) -> dict[str, Any]:
    """Field -> value that stays, of those somebody chose and those that count for all."""
    records = {one.pk: one for one in (survivor, *losers)}
    known = {one.name: one for one in compared_fields(record_type)}
    taken = {
        name: value_of(records[pk], known[name], records)
        for name, pk in choices.items()
        if name in known and pk in records
    }
    for name in record_type.merge.stricter:
        taken.setdefault(name, any(getattr(one, name) for one in records.values()))
    for link in links_to_itself(record_type):
        taken.setdefault(link.name, value_of(survivor, link, records))
    return taken


def _key_taken_over(survivor: Any, losers: list[Any]) -> dict[str, str]:
    """The key by which another system knows it, so that the next import finds the survivor."""
    giver = next((one for one in losers if one.external_id), None)
    if survivor.external_id or giver is None:
        return {}
    type(giver)._base_manager.filter(pk=giver.pk).update(external_id=None, **touched())
    announce(ChangeKind.CHANGED, type(giver), [giver.pk], {"external_id"})
    return {"external_id": giver.external_id}


def _retire(record_type: RecordType, losers: list[Any], survivor: Any) -> None:
    if record_type.merge.retire:
        import_string(record_type.merge.retire)(losers, survivor)
        return
    ids = [one.pk for one in losers]
    record_type.model._base_manager.filter(pk__in=ids).update(deleted_at=current().at, **touched())
    announce(ChangeKind.DELETED, record_type.model, ids, DELETED)


def _write_down(record_type: RecordType, survivor: Any, losers: list[Any], moved: Moved) -> None:
    under_way = current()
    MergedRecord.objects.bulk_create(
        MergedRecord(
            record_type=record_type.key,
            record_id=one.pk,
            survivor_id=survivor.pk,
            operation=under_way.id,
            merged_at=under_way.at,
            brought=moved.keys.get(one.pk, {}),
            dropped=moved.rows.get(one.pk, {}),
        )
        for one in losers
    )
    journal_all("merged", [survivor], count=len(losers))
    journal_all("merged_away", losers, into=survivor.pk)
