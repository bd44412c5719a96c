"""Cases and queues for tests."""

from typing import Any

from cases.models import Case, Queue, QueueItem
from crm import clock
from crm.models import Principal
from tests.factories.accounts import make_account


def make_case(owner: Principal, *, queue: Queue | None = None, **values: Any) -> Case:
    """An active case of a new account; with `queue` it lies there, untaken."""
    given = {"title": "Pump stops at 40 °C", **values}
    if "account" not in given and "contact" not in given:
        given["account"] = make_account(owner)
    case = Case.objects.create(owner=owner, **given)
    if queue is not None:
        QueueItem.objects.create(queue=queue, case=case, entered_at=clock.now())
    case.refresh_from_db()
    return case


def make_queue(owner: Principal, *members: Principal, **values: Any) -> Queue:
    queue = Queue.objects.create(owner=owner, **{"name": "Instruments", **values})
    queue.members.set(members)
    queue.refresh_from_db()
    return queue
