"""What is planned about a case, and how long people worked on it."""

from datetime import timedelta

from cases.models import Case
from crm.models import Activity
from crm.operations import journal
from crm.records.services import save_changed
from crm.registry.registry import registry

MINUTE = timedelta(minutes=1)


def open_work(case: Case) -> list[Activity]:
    """Planned activities about the case, the most urgent first."""
    rows = Activity.objects.alive().planned().regarding(case)
    return list(rows.order_by("due_at", "pk"))


def lock_open_work(case: Case) -> list[Activity]:
    rows = Activity.objects.alive().planned().regarding(case).order_by("pk")
    return list(rows.select_for_update(of=("self",)))


def cancel_work(activities: list[Activity]) -> None:
    """Cancels what is planned, whosever it is: the case it served is closed."""
    for activity in activities:
        old = {"state": activity.state}
        activity.state = Activity.State.CANCELED
        save_changed(registry.get("activity"), activity, old)
        journal("canceled", activity)


def worked_minutes(case: Case) -> int:
    """The time of calls, tasks and appointments that were done about the case."""
    rows = Activity.objects.alive().regarding(case).filter(state=Activity.State.COMPLETED)
    done = rows.exclude(kind=Activity.Kind.NOTE).only("minutes", "due_at", "end_at", "kind")
    return sum(_minutes(activity) for activity in done)


def _minutes(activity: Activity) -> int:
    if activity.minutes is not None:
        return activity.minutes
    if activity.end_at is None or activity.due_at is None:
        return 0
    return (activity.end_at - activity.due_at) // MINUTE
