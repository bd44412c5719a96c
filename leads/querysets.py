from crm.models.querysets import RecordQuerySet


class LeadQuerySet(RecordQuerySet):
    def open(self) -> "LeadQuerySet":
        return self.filter(state=self.model.State.OPEN)

    def untouched(self) -> "LeadQuerySet":
        """Open ones nobody has talked to."""
        return self.open().filter(reason=self.model.Reason.NEW)

    def hot(self) -> "LeadQuerySet":
        return self.open().filter(rating="hot")

    def qualified(self) -> "LeadQuerySet":
        return self.filter(state=self.model.State.QUALIFIED)

    def disqualified(self) -> "LeadQuerySet":
        return self.filter(state=self.model.State.DISQUALIFIED)
