"""Who stands on a list."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models import JournalEntry
from crm.models.levels import Privilege
from crm.operations import current, journal, operation
from crm.records.services import refuse_stale, save_changed
from crm.registry.events import RecordsErased
from crm.registry.registry import registry
from marketing import rules
from marketing.models import ListMember, MarketingList
from marketing.services.locking import lock


def _lock_list(actor: Actor, list_id: int, *, version: int | None = None) -> MarketingList:
    found: MarketingList = lock(actor, "marketinglist", list_id, Privilege.APPEND, version=version)
    rules.refuse_when_list_locked(found)
    return found


@operation
def add_members(
    *,
    actor: Actor,
    list_id: int,
    member_type: str,
    member_ids: Iterable[int],
    version: int | None = None,
) -> int:
    """Puts records on a list; returns how many were not on it before.

    Locks the list, journals 'members_added'. Records the actor may not see, or may not link
    to, are refused as a whole. Raises NotVisible, AccessDenied, RuleViolation.
    """
    found = _lock_list(actor, list_id, version=version)
    rules.refuse_other_type(found, member_type)
    ids = _linkable(actor, member_type, member_ids)
    there = set(
        ListMember.objects.filter(list=found, member_id__in=ids).values_list("member_id", flat=True)
    )
    new = [member_id for member_id in ids if member_id not in there]
    _insert(actor, found, new)
    if new:
        journal("members_added", found, count=len(new), ids=new)
    return len(new)


def _insert(actor: Actor, found: MarketingList, member_ids: Iterable[int]) -> None:
    ListMember.objects.bulk_create(
        [
            ListMember(
                list=found,
                member_type=found.member_type,
                member_id=member_id,
                added_at=current().at,
                added_by_id=actor.id,
            )
            for member_id in member_ids
        ],
        batch_size=2000,
        ignore_conflicts=True,
    )


def _linkable(actor: Actor, member_type: str, member_ids: Iterable[int]) -> list[int]:
    wanted = sorted(set(member_ids))
    rows = registry.get(member_type).model.objects.visible_to(actor, Privilege.APPEND_TO)
    found = set(rows.filter(pk__in=wanted).values_list("pk", flat=True))
    if len(found) < len(wanted):
        raise RuleViolation(
            _("Some of these records do not exist, or you may not add them to a list.")
        )
    return wanted


@operation
def add_member(*, actor: Actor, record_id: int, version: int | None = None, member: Any) -> Any:
    """Puts one record on the list `record_id`. As `add_members`; returns the list."""
    add_members(
        actor=actor,
        list_id=record_id,
        member_type=member.type_key(),
        member_ids=[member.pk],
        version=version,
    )
    return MarketingList.objects.get(pk=record_id)


@operation
def remove_members(
    *, actor: Actor, list_id: int, member_ids: Iterable[int], version: int | None = None
) -> int:
    """Takes records off a list; returns how many stood on it.

    Locks the list, journals 'members_removed'. Raises NotVisible, AccessDenied, RuleViolation,
    StaleVersion.
    """
    found = _lock_list(actor, list_id, version=version)
    rows = ListMember.objects.filter(list=found, member_id__in=list(member_ids))
    gone = sorted(rows.values_list("member_id", flat=True))
    rows.delete()
    if gone:
        journal("members_removed", found, count=len(gone), ids=gone)
    return len(gone)


@operation
def lock_list(*, actor: Actor, record_id: int, version: int | None = None) -> MarketingList:
    """From now on nobody adds or removes members. Journals 'list_locked'."""
    return _set_lock(actor, record_id, version, to=True)


@operation
def unlock_list(*, actor: Actor, record_id: int, version: int | None = None) -> MarketingList:
    """Members can be added and removed again. Journals 'list_unlocked'."""
    return _set_lock(actor, record_id, version, to=False)


def _set_lock(actor: Actor, record_id: int, version: int | None, *, to: bool) -> MarketingList:
    found: MarketingList = lock(actor, "marketinglist", record_id)
    if found.is_locked == to:
        return found
    refuse_stale(found, version)
    found.is_locked = to
    saved: MarketingList = save_changed(registry.get("marketinglist"), found, {"is_locked": not to})
    journal("list_locked" if to else "list_unlocked", saved)
    return saved


def undo_adding(actor: Actor, entry: JournalEntry) -> None:
    """Takes back what a 'members_added' entry says."""
    found = _lock_list(actor, entry.record_id)
    ListMember.objects.filter(list=found, member_id__in=entry.data["ids"]).delete()


def undo_removing(actor: Actor, entry: JournalEntry) -> None:
    found = _lock_list(actor, entry.record_id)
    _insert(actor, found, entry.data["ids"])


def remove_erased_members(event: RecordsErased) -> None:
    """Records that were erased stand on no list any more."""
    ListMember.objects.filter(member_type=event.record_type, member_id__in=event.ids).delete()
