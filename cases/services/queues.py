"""Working through queues: putting in, picking, giving back, passing on.

Whoever works in a queue may take what lies in it, also where their roles reach no case of
the owner's unit: the queue is how work changes hands. Reading the case is needed all the same.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from cases import rules
from cases.models import Case, Queue, QueueItem
from cases.services.locking import lock_case
from cases.services.places import place_data, place_of, put, take_away
from crm.access.actor import Actor
from crm.errors import AccessDenied, NotVisible
from crm.models import Principal
from crm.models.levels import Privilege
from crm.operations import journal, operation
from crm.records.services import lock_record, save_changed
from crm.registry.registry import registry


@operation
def queue_case(*, actor: Actor, record_id: int, queue: Queue, version: int | None = None) -> Case:
    """Puts a case into a queue, untaken; where it lay in another one, it leaves that.

    Locks the case and its place, journals 'case_queued'. Raises NotVisible, AccessDenied,
    RuleViolation.
    """
    return route_case(actor=actor, record_id=record_id, queue=queue, version=version)


@operation
def pick_case(*, actor: Actor, record_id: int, version: int | None = None) -> Case:
    """Takes a case from its queue: the actor works on it and owns it from now on.

    Two people never get the same one: the case is locked first, then its place is read. Picking
    what one has already changes nothing. Journals 'case_picked'. Raises NotVisible, AccessDenied,
    RuleViolation.
    """
    case = lock_case(actor=actor, record_id=record_id, privilege=Privilege.READ, version=version)
    rules.refuse_unless_active(case)
    item = place_of(case)
    if item is None:
        raise rules.in_no_queue()
    _require_handling(actor, case, item)
    if item.worked_by_id == actor.id and case.owner_id == actor.id:
        return case
    if item.worked_by_id is not None:
        raise rules.taken_by(str(item.worked_by))
    return _take(actor, case, item)


@operation
def next_case(*, actor: Actor, queue_id: int) -> Case | None:
    """Takes the most urgent untaken case of a queue, or None when nothing is waiting.

    What another person is taking this moment is skipped, not waited for. Raises NotVisible,
    AccessDenied.
    """
    queue = Queue.objects.visible_to(actor).filter(pk=queue_id).first()
    if queue is None:
        raise NotVisible
    _require_working(actor, queue)
    seen: list[int] = []
    waiting = Case.objects.visible_to(actor).active().in_queue(queue.pk).untaken()
    while True:
        free = waiting.exclude(pk__in=seen).most_urgent_first()
        case = free.select_for_update(of=("self",), skip_locked=True).first()
        if case is None:
            return None
        # The row was found by an older picture of its place: look again, now that it is locked.
        item = place_of(case)
        if item is not None and item.queue_id == queue.pk and item.worked_by_id is None:
            return _take(actor, case, item)
        seen.append(case.pk)


def _take(actor: Actor, case: Case, item: QueueItem) -> Case:
    before = place_data(item)
    item.worked_by_id = actor.id
    item.save(update_fields=["worked_by"])
    _give_to(case, actor.id)
    journal(
        "case_picked",
        case,
        queue=item.queue,
        place_before=before,
        place_after=place_data(item),
    )
    return case


@operation
def release_case(*, actor: Actor, record_id: int, version: int | None = None) -> Case:
    """Gives a taken case back to its queue; the queue's owner owns it again.

    Locks the case and its place, journals 'case_released'. Raises NotVisible, AccessDenied,
    RuleViolation.
    """
    case = lock_case(actor=actor, record_id=record_id, privilege=Privilege.READ, version=version)
    rules.refuse_unless_active(case)
    item = place_of(case)
    if item is None:
        raise rules.in_no_queue()
    if item.worked_by_id is None:
        raise rules.untaken()
    if item.worked_by_id not in actor.principal_ids:
        actor.require(Privilege.ASSIGN, case)
    before = place_data(item)
    item.worked_by = None
    item.save(update_fields=["worked_by"])
    _give_to(case, item.queue.owner_id)
    journal(
        "case_released",
        case,
        queue=item.queue,
        place_before=before,
        place_after=place_data(item),
    )
    return case


@operation
def route_case(
    *,
    actor: Actor,
    record_id: int,
    queue: Queue | None = None,
    worker: Principal | None = None,
    version: int | None = None,
) -> Case:
    """Passes a case on: into another queue, to a person or team, or both.

    A worker owns it from then on. A case that is there already stays as it is. Locks the case and
    its place, journals 'case_queued' or 'case_routed'. Raises NotVisible, AccessDenied,
    RuleViolation, StaleVersion.
    """
    case = lock_case(actor=actor, record_id=record_id, privilege=Privilege.READ, version=version)
    rules.refuse_unless_active(case)
    if queue is None and worker is None:
        raise rules.nowhere_to_route()
    item = place_of(case)
    _require_handling(actor, case, item)
    before = place_data(item)
    target = queue or (item.queue if item else None)
    if queue is not None and not Queue.objects.visible_to(actor).filter(pk=queue.pk).exists():
        raise NotVisible
    worker_id = worker.pk if worker else None
    if item and target and _stands(item, target, worker_id, owner_id=case.owner_id):
        return case
    after = None
    if target is not None:
        after = place_data(put(case, queue_id=target.pk, worked_by_id=worker_id))
    if worker is not None:
        _give_to(case, worker.pk)
    journal(
        "case_routed" if worker else "case_queued",
        case,
        queue=target or "",
        to=worker.name if worker else "",
        place_before=before,
        place_after=after,
    )
    return case


def _stands(item: QueueItem, queue: Queue, worker_id: int | None, *, owner_id: int) -> bool:
    is_placed = (item.queue_id, item.worked_by_id) == (queue.pk, worker_id)
    return is_placed and worker_id in (None, owner_id)


@operation
def unqueue_case(*, actor: Actor, record_id: int, version: int | None = None) -> Case:
    """Takes a case out of its queue; its owner keeps it. Journals 'case_unqueued'."""
    case = lock_case(actor=actor, record_id=record_id, privilege=Privilege.READ, version=version)
    item = place_of(case)
    if item is None:
        raise rules.in_no_queue()
    _require_handling(actor, case, item)
    take_away(case)
    journal(
        "case_unqueued",
        case,
        queue=item.queue,
        place_before=place_data(item),
        place_after=None,
    )
    return case


@operation
def set_queue_members(
    *,
    actor: Actor,
    record_id: int,
    members: Iterable[Principal],
    version: int | None = None,
) -> Queue:
    """Replaces who works in a queue. Journals 'queue_members'. Raises NotVisible, AccessDenied."""
    queue: Queue = lock_record(
        actor=actor,
        record_type=registry.get("queue"),
        record_id=record_id,
        privilege=Privilege.WRITE,
        version=version,
    )
    before = sorted(queue.members.values_list("pk", flat=True))
    wanted = sorted(member.pk for member in members)
    if wanted != before:
        queue.members.set(wanted)
        names = Principal.objects.filter(pk__in=wanted).values_list("name", flat=True)
        journal("queue_members", queue, names=", ".join(names), is_final=True)
    return queue


def _give_to(case: Case, owner_id: Any) -> None:
    if case.owner_id != owner_id:
        old = {"owner": case.owner_id}
        case.owner_id = owner_id
        save_changed(registry.get("case"), case, old)


def _require_handling(actor: Actor, case: Case, item: QueueItem | None) -> None:
    """Passing a case on needs the privilege to assign it, or work in the queue it lies in."""
    if actor.allows(Privilege.ASSIGN, case):
        return
    if item is None:
        actor.require(Privilege.ASSIGN, case)
    else:
        _require_working(actor, item.queue)


def _require_working(actor: Actor, queue: Queue) -> None:
    actor.require_type(Privilege.WRITE, "case")
    if not Queue.objects.worked_by(actor).filter(pk=queue.pk).exists():
        raise AccessDenied(
            _("Only its members work in “%(queue)s”. %(owner)s can add you.")
            % {"queue": queue, "owner": queue.owner}
        )
