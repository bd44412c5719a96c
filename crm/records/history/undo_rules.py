"""Whether operations may be undone at all; the same for an undo in a request and for a job."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.company.settings import company
from crm.errors import NotVisible, RuleViolation
from crm.models import FieldChange, JournalEntry, UndoJob
from crm.operations import current
from crm.registry.registry import registry

# Two undos of one operation wait for each other here: an operation has no row one could lock. In
# key order, as an import is undone together with all of its operations.
_LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended('crm.undo' || id, 0))
FROM unnest(%s::text[]) AS ids (id)
"""


def changes_of(operations: Collection[UUID]) -> QuerySet[FieldChange]:
    """The field history of operations, of the record types there are.

    Not to be ordered by record or made distinct under a LIMIT: the planner then walks the index of
    all records until it has met enough rows of the operations, in a large history for seconds.
    """
    types = [record_type.key for record_type in registry]
    return FieldChange.objects.filter(operation__in=operations, record_type__in=types)


def lock_operations(operations: Collection[UUID]) -> None:
    """Until the end of the transaction nobody else begins to undo any of the operations."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [sorted(str(operation_id) for operation_id in operations)])


def refuse_undo(actor: Actor, operations: Collection[UUID]) -> None:
    """Raises NotVisible when the actor had no part in the operations, RuleViolation when they are
    final, too old, undone or being undone. Five queries, however many operations and rows.
    """
    by_others = Count("pk", filter=~Q(actor_id=actor.id))
    entries = JournalEntry.objects.filter(operation__in=operations).aggregate(
        at=Min("at"),
        by_others=by_others,
        undone=Count("pk", filter=Q(is_undone=True)),
        final=Count("pk", filter=Q(is_final=True)),
    )
    changes = changes_of(operations).aggregate(at=Min("at"), by_others=by_others)
    moments = [told["at"] for told in (entries, changes) if told["at"] is not None]
    is_own = not (entries["by_others"] or changes["by_others"])
    if not moments or not (actor.is_system or actor.can_administer or is_own):
        raise NotVisible
    oldest = min(moments)
    _refuse_being_undone(operations, oldest)
    if entries["undone"] or _was_undone(operations):
        raise RuleViolation(_("This has been undone already."))
    if entries["final"]:
        raise RuleViolation(_("This is final and can't be undone."))
    days = company().bin_days
    if current().at - oldest > timedelta(days=days):
        raise RuleViolation(
            _("Changes can be undone for %(days)s days; this one is older.") % {"days": days}
        )


def _refuse_being_undone(operations: Collection[UUID], oldest: datetime) -> None:
    jobs = UndoJob.objects.filter(created_at__gte=oldest, operations__overlap=list(operations))
    for state, done, left in jobs.values_list("state", "done", "left"):
        if state == UndoJob.State.RUNNING:
            raise RuleViolation(_("This is being undone already."))
        if done > left:
            raise RuleViolation(_("This has been undone already."))


def _was_undone(operations: Collection[UUID]) -> bool:
    """An update leaves no entry of its own to mark, but undoing it left one.

    Undone without a job is all or nothing, so that any one of the changed records shows it.
    """
    return any(
        JournalEntry.objects.filter(
            verb="undone",
            record_type=change.record_type,
            record_id=change.record_id,
            data__operation=str(change.operation),
        ).exists()
        for change in changes_of(operations)[:1]
    )
