"""What the queue page shows: my shelves and queues with counts, one list, one case beside it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case, Queue
from cases.panels import seen
from crm.access.actor import Actor
from crm.models import Activity
from crm.models.levels import Privilege
from crm.registry.registry import registry

ROWS = 100
QUEUES = 60
SAID = 3

BESIDE = ("account", "contact", "owner", "queue_item__queue", "queue_item__worked_by")


@dataclass(frozen=True)
class DeskPlace:
    """A place on the left: one of my own shelves, or a queue I work in."""

    key: str
    label: str
    icon: str
    url: str
    count: int
    queue: Queue | None = None


@dataclass(frozen=True)
class Desk:
    """The page for one shelf: its neighbours, its rows, and the case that is looked at."""

    mine: list[DeskPlace]
    queues: list[DeskPlace]
    shelf: DeskPlace
    rows: list[Case]
    has_more: bool
    is_taken: bool
    chosen: Case | None


def open_desk(actor: Actor, key: str, *, case_id: int | None, is_taken: bool) -> Desk | None:
    """None when there is no such shelf for the actor."""
    mine, queues = my_shelves(actor), my_queues(actor)
    shelf = next((one for one in (*mine, *queues) if one.key == key), None)
    if shelf is None:
        return None
    ordered = _rows(actor, shelf, is_taken=is_taken).most_urgent_first()
    found = list(ordered.select_related(*BESIDE).defer("search_text")[: ROWS + 1])
    return Desk(
        mine=mine,
        queues=queues,
        shelf=shelf,
        rows=found[:ROWS],
        has_more=len(found) > ROWS,
        is_taken=is_taken,
        chosen=_chosen(actor, found, case_id),
    )


def _chosen(actor: Actor, rows: list[Case], case_id: int | None) -> Case | None:
    if case_id is None:
        return rows[0] if rows else None
    listed = next((row for row in rows if row.pk == case_id), None)
    if listed is not None:
        return listed
    return Case.objects.visible_to(actor).select_related(*BESIDE).filter(pk=case_id).first()


def my_shelves(actor: Actor) -> list[DeskPlace]:
    visible = Case.objects.visible_to(actor)
    mine = visible.worked_by(actor)
    counts = mine.aggregate(
        working=Count("pk", distinct=True),
        waiting=Count("pk", distinct=True, filter=Q(reason=Case.Reason.WAITING)),
    )
    escalated = visible.escalated().count()
    rows = (
        ("working", _("Working on"), "user", counts["working"]),
        ("waiting", _("Waiting for details"), "circle-pause", counts["waiting"]),
        ("escalated", _("Escalated"), "siren", escalated),
    )
    return [
        DeskPlace(key, label, icon, reverse("desk:shelf", args=[key]), count)
        for key, label, icon, count in rows
    ]


def my_queues(actor: Actor) -> list[DeskPlace]:
    """The queues I work in, with how much is waiting in each for anybody."""
    queues = (
        Queue.objects.visible_to(actor).worked_by(actor).order_by("name__folded", "pk")[:QUEUES]
    )
    waiting = Case.objects.visible_to(actor).waiting_in_queues().order_by()
    counts = dict(waiting.values_list("queue_item__queue").annotate(Count("pk")))
    return [
        DeskPlace(
            str(queue.pk),
            queue.name,
            "inbox",
            reverse("desk:queue", args=[queue.pk]),
            counts.get(queue.pk, 0),
            queue,
        )
        for queue in queues
    ]


def _rows(actor: Actor, shelf: DeskPlace, *, is_taken: bool) -> QuerySet[Case]:
    visible = Case.objects.visible_to(actor)
    if shelf.queue is not None:
        rows = visible.active().in_queue(shelf.queue.pk)
        return rows.taken() if is_taken else rows.untaken()
    if shelf.key == "escalated":
        return visible.escalated()
    mine = visible.worked_by(actor)
    return mine.waiting_for_customer() if shelf.key == "waiting" else mine


def last_said(case: Case) -> list[Activity]:
    """The latest mails, calls and notes, the oldest of them first."""
    kinds = (Activity.Kind.EMAIL, Activity.Kind.CALL, Activity.Kind.NOTE)
    rows = Activity.objects.alive().regarding(case).filter(kind__in=kinds)
    latest = rows.exclude(state=Activity.State.OPEN).order_by("-happened_at", "-pk")
    return list(reversed(latest.select_related("owner")[:SAID]))


def side_panels(actor: Actor, case: Case) -> list[tuple[Any, dict[str, Any]]]:
    """What the case's own page shows beside it, from whichever app."""
    loaded = []
    for panel in sorted(registry.get("case").panels, key=lambda one: one.order):
        if panel.place != "side" or (panel.reads and not actor.can(panel.reads, Privilege.READ)):
            continue
        found = panel.load(actor, case)
        if found is not None:
            loaded.append((panel, {"record": case, "panel": panel, "actor": actor, **found}))
    return loaded


def reply_to(actor: Actor, case: Case) -> str:
    """The address an answer goes to: the person's, else the company's; '' where unseen."""
    for customer in (seen(actor, case.contact), seen(actor, case.account)):
        if customer is not None and customer.email:
            return "" if customer.do_not_email else str(customer.email)
    return ""
