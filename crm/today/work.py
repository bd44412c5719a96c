"""What a person has to do: overdue, today, soon, and the next appointments."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm import clock
from crm.access.actor import Actor
from crm.models import Activity
from crm.models.levels import Privilege
from crm.records.lists.titles import titles_of
from crm.registry.links import url_of

SHOWN = 7
SOON = timedelta(days=7)


@dataclass
class Task:
    """One thing to do, and the record it is about when one may see that."""

    activity: Activity
    about: str = ""
    about_url: str = ""


@dataclass
class Group:
    """Things to do that are due alike."""

    key: str
    label: str | Promise
    icon: str
    count: int
    tone: str = ""
    tasks: list[Task] = field(default_factory=list)


def work_of(actor: Actor) -> list[Group]:
    """The actor's own open work by when it is due. A handful of queries."""
    if actor.id is None or not actor.can(Activity.type_key(), Privilege.READ):
        return []
    rows = Activity.objects.visible_to(actor).planned().filter(owner_id=actor.id)
    conditions = _conditions()
    counts = rows.aggregate(**{key: Count("pk", filter=q) for key, q in conditions.items()})
    groups = [
        Group(key, LABELS[key], ICONS[key], counts[key], "bad" if key == "overdue" else "")
        for key in conditions
    ]
    for group in groups:
        if group.count:
            found = rows.filter(conditions[group.key]).order_by("due_at", "pk")
            group.tasks = [Task(one) for one in found.defer("search_text", "body")[:SHOWN]]
    _name_what_it_is_about(actor, [task for group in groups for task in group.tasks])
    return groups


LABELS = {
    "overdue": _("Overdue"),
    "today": _("Due today"),
    "soon": _("In the next seven days"),
    "appointments": _("Next appointments"),
}
ICONS = {
    "overdue": "circle-alert",
    "today": "square-check",
    "soon": "calendar-days",
    "appointments": "calendar",
}


def _conditions() -> dict[str, Q]:
    now, midnight = clock.now(), next_midnight()
    is_meeting = Q(kind=Activity.Kind.APPOINTMENT)
    return {
        "overdue": Q(due_at__lt=now) & ~is_meeting,
        "today": Q(due_at__gte=now, due_at__lt=midnight) & ~is_meeting,
        "soon": Q(due_at__gte=midnight, due_at__lt=midnight + SOON) & ~is_meeting,
        "appointments": Q(due_at__gte=now) & is_meeting,
    }


def next_midnight() -> datetime:
    """The end of the reader's day."""
    local = timezone.localtime(clock.now())
    tomorrow = (local + timedelta(days=1)).date()
    return datetime.combine(tomorrow, datetime.min.time(), tzinfo=local.tzinfo)


def _name_what_it_is_about(actor: Actor, tasks: list[Task]) -> None:
    wanted: dict[str, set[Any]] = {}
    for task in tasks:
        wanted.setdefault(task.activity.regarding_type, set()).add(task.activity.regarding_id)
    titles = titles_of(actor, wanted)
    for task in tasks:
        place = (task.activity.regarding_type, task.activity.regarding_id)
        if place in titles:
            task.about, task.about_url = titles[place], url_of(*place)  # type: ignore[arg-type]
