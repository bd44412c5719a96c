from datetime import date

from django.db.models import Exists, OuterRef, Q

from crm.models import Activity
from crm.querysets import RecordQuerySet


class OpportunityQuerySet(RecordQuerySet):
    def open(self) -> "OpportunityQuerySet":
        return self.filter(state=self.model.State.OPEN)

    def won(self) -> "OpportunityQuerySet":
        return self.filter(state=self.model.State.WON)

    def lost(self) -> "OpportunityQuerySet":
        return self.filter(state=self.model.State.LOST)

    def closing_between(self, first: date, last: date) -> "OpportunityQuerySet":
        """Open ones expected to close from `first` to `last`, both included."""
        return self.open().filter(est_close_on__range=(first, last))

    def closed_between(self, first: date, last: date) -> "OpportunityQuerySet":
        return self.filter(closed_on__range=(first, last))

    def without_next_step(self) -> "OpportunityQuerySet":
        """Open ones about which nothing is planned."""
        planned = Activity.objects.alive().planned()
        about_this = planned.filter(regarding_type="opportunity", regarding_id=OuterRef("pk"))
        return self.open().filter(~Exists(about_this))

    def of_customer(
        self, *, account_id: int | None = None, contact_id: int | None = None
    ) -> "OpportunityQuerySet":
        wanted = Q(pk__in=())
        if account_id is not None:
            wanted |= Q(account_id=account_id)
        if contact_id is not None:
            wanted |= Q(contact_id=contact_id)
        return self.filter(wanted)
