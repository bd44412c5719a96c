from crm.querysets import RecordQuerySet


class LeadQuerySet(RecordQuerySet):
    def open(self) -> "LeadQuerySet":
        return self.filter(state=self.model.State.OPEN)

    def qualified(self) -> "LeadQuerySet":
        return self.filter(state=self.model.State.QUALIFIED)

    def disqualified(self) -> "LeadQuerySet":
        return self.filter(state=self.model.State.DISQUALIFIED)
