"""Making a case, and what every save of one does."""

from collections.abc import Mapping
from typing import Any

from accounts.services import fill_company
from cases import rules
from cases.events import CaseChanged
from cases.models import Case, Queue
from cases.services.places import place_data, put
from crm.access.actor import Actor
from crm.activities.events import ActivityLogged
from crm.errors import NotVisible
from crm.models import Activity
from crm.operations import Operation, current, emit, journal, operation
from crm.records.services import create_record, save_changed
from crm.registry.declaration import RecordType
from crm.registry.registry import registry


@operation
def create_case(*, actor: Actor, record_type: RecordType, values: Mapping[str, Any]) -> Case:
    """Creates a case and, where `values` names a queue, puts it there for anybody to take.

    Journals 'created' and 'case_queued'. Raises AccessDenied, NotVisible, RuleViolation.
    """
    own = {name: value for name, value in values.items() if name != "queue"}
    case: Case = create_record(actor=actor, record_type=record_type, values=own)
    queue: Queue | None = values.get("queue")
    if queue is not None:
        if not Queue.objects.visible_to(actor).filter(pk=queue.pk).exists():
            raise NotVisible
        item = put(case, queue_id=queue.pk, worked_by_id=None)
        journal("case_queued", case, queue=queue, place_before=None, place_after=place_data(item))
    return case


def prepare_case(case: Case, changes: Mapping[str, Any]) -> None:
    """Before every save: a person's company is the customer too, and somebody is."""
    case.title = " ".join((case.title or "").split())
    fill_company(case, changes)
    rules.refuse_nobodys(case)
    if case._state.adding or "product" in changes:
        rules.refuse_unsold(case.product)


def notify_saved(operation_: Operation, case: Case, changes: Mapping[str, Any]) -> None:
    emit(CaseChanged(case=case, changed=frozenset(changes)))


def note_first_response(event: ActivityLogged) -> None:
    """The first mail we send or call we make about a case answers it."""
    activity = event.activity
    if activity.regarding_type != "case" or activity.is_incoming:
        return
    is_mail = activity.kind == Activity.Kind.EMAIL
    is_call = activity.kind == Activity.Kind.CALL and activity.state == Activity.State.COMPLETED
    if not (is_mail or is_call):
        return
    waiting = Case.objects.alive().select_for_update(of=("self",))
    case = waiting.filter(pk=activity.regarding_id, first_response_at__isnull=True).first()
    if case is not None:
        case.first_response_at = current().at
        save_changed(registry.get("case"), case, {"first_response_at": None})


def keep_filled_queue(queue: Queue) -> None:
    """A queue goes to the bin only when nothing waits in it any more."""
    rules.refuse_filled_queue(Case.objects.alive().active().in_queue(queue.pk).count())
