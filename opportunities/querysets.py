from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from crm import clock
from crm.models import Activity
from crm.models.querysets import RecordQuerySet


def planned_for(reference: str = "pk") -> QuerySet[Activity]:
    """What is planned about the deal of the outer query, the most urgent first."""
    planned = Activity.objects.alive().planned()
    about_this = planned.filter(regarding_type="opportunity", regarding_id=OuterRef(reference))
    return about_this.order_by(F("due_at").asc(nulls_last=True), "pk")


class OpportunityQuerySet(RecordQuerySet):
    def open(self) -> "OpportunityQuerySet":
        return self.filter(state=self.model.State.OPEN)

    def won(self) -> "OpportunityQuerySet":
        return self.filter(state=self.model.State.WON)

    def lost(self) -> "OpportunityQuerySet":
        return self.filter(state=self.model.State.LOST)

    def closing_this_month(self) -> "OpportunityQuerySet":
        """Open ones expected to close between the first and the last day of the month."""
        first = _today().replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return self.open().filter(est_close_on__range=(first, last))

    def overdue(self) -> "OpportunityQuerySet":
        """Open ones that should have closed before today."""
        return self.open().filter(est_close_on__lt=_today())

    def won_this_year(self) -> "OpportunityQuerySet":
        return self.won().filter(closed_on__gte=date(_today().year, 1, 1))

    def without_next_step(self) -> "OpportunityQuerySet":
        """Open ones about which nothing is planned."""
        return self.open().filter(~Exists(planned_for()))

    def with_next_step(self) -> "OpportunityQuerySet":
        """Adds `next_step_at` (may be null) to each row."""
        return self.annotate(next_step_at=Subquery(planned_for().values("due_at")[:1]))

    def with_weighted(self) -> "OpportunityQuerySet":
        """Adds `weighted`: estimated revenue times probability."""
        return self.annotate(weighted=F("estimated_revenue") * F("probability") / 100)

    def of_customer(
        self, *, account_id: int | None = None, contact_id: int | None = None
    ) -> "OpportunityQuerySet":
        wanted = Q(pk__in=())
        if account_id is not None:
            wanted |= Q(account_id=account_id)
        if contact_id is not None:
            wanted |= Q(contact_id=contact_id)
        return self.filter(wanted)


def _today() -> date:
    return clock.today(timezone.get_current_timezone())
