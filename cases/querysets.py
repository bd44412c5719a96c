"""Which cases and queues: by business names."""

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from crm import clock
from crm.models.querysets import RecordQuerySet

if TYPE_CHECKING:
    from crm.access.actor import Actor

URGENCY = ("-is_escalated", "priority", "created_at", "pk")
"""Escalated ones first, then by priority, then the oldest."""


class CaseQuerySet(RecordQuerySet):
    def active(self) -> Self:
        return self.filter(state=self.model.State.ACTIVE)

    def resolved(self) -> Self:
        return self.filter(state=self.model.State.RESOLVED)

    def waiting_in_queues(self) -> Self:
        """Active ones that lie in a queue and that nobody has taken."""
        return self.active().filter(queue_item__isnull=False, queue_item__worked_by__isnull=True)

    def in_queue(self, queue_id: int) -> Self:
        return self.filter(queue_item__queue_id=queue_id)

    def untaken(self) -> Self:
        return self.filter(queue_item__worked_by__isnull=True)

    def taken(self) -> Self:
        return self.filter(queue_item__worked_by__isnull=False)

    def worked_by(self, actor: "Actor") -> Self:
        """Active ones that are the actor's, or that the actor has taken from a queue."""
        mine = list(actor.principal_ids)
        return self.active().filter(
            models.Q(owner_id__in=mine) | models.Q(queue_item__worked_by_id__in=mine)
        )

    def waiting_for_customer(self) -> Self:
        return self.filter(reason=self.model.Reason.WAITING)

    def escalated(self) -> Self:
        return self.active().filter(is_escalated=True)

    def to_follow_up(self) -> Self:
        """Active ones whose follow-up day has come."""
        today = clock.today(timezone.get_current_timezone())
        return self.active().filter(follow_up_on__lte=today)

    def resolved_this_week(self) -> Self:
        """Resolved since Monday, in the reader's zone."""
        here = clock.now().astimezone(timezone.get_current_timezone())
        monday = (here - timedelta(days=here.weekday())).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        return self.resolved().filter(resolved_at__gte=monday)

    def of_customer(
        self,
        *,
        account_id: int | models.OuterRef | None = None,
        contact_id: int | models.OuterRef | None = None,
    ) -> Self:
        wanted = models.Q(pk__in=())
        if account_id is not None:
            wanted |= models.Q(account_id=account_id)
        if contact_id is not None:
            wanted |= models.Q(contact_id=contact_id)
        return self.filter(wanted)

    def most_urgent_first(self) -> Self:
        return self.order_by(*URGENCY)


class QueueQuerySet(RecordQuerySet):
    def worked_by(self, actor: "Actor") -> Self:
        """The queues the actor takes work from: public ones, and private ones as a member."""
        if actor.is_unlimited:
            return self
        mine = list(actor.principal_ids)
        as_member = self.model.members.through.objects.filter(
            queue_id=models.OuterRef("pk"), principal_id__in=mine
        )
        return self.filter(
            models.Q(is_private=False) | models.Q(owner_id__in=mine) | models.Exists(as_member)
        )


class QueueItemQuerySet(models.QuerySet["models.Model"]):
    def untaken(self) -> Self:
        return self.filter(worked_by__isnull=True)
