from typing import TYPE_CHECKING, Any, Self

from django.db import models

from crm.models.querysets import RecordQuerySet

if TYPE_CHECKING:
    from crm.models import Record


class MarketingListQuerySet(RecordQuerySet):
    def with_members(self) -> Self:
        """Annotates `member_count` with the rows on the list."""
        member = self.model._meta.get_field("members").related_model
        rows = member.objects.filter(list=models.OuterRef("pk")).order_by()
        counted = rows.values("list").annotate(n=models.Count("pk")).values("n")
        return self.annotate(
            member_count=models.functions.Coalesce(
                models.Subquery(counted, output_field=models.IntegerField()), 0
            )
        )

    def unlocked(self) -> Self:
        return self.filter(is_locked=False)


class CampaignQuerySet(RecordQuerySet):
    def under_way(self) -> Self:
        """Planned or running: not finished and not called off."""
        state = self.model.State
        return self.filter(state__in=(state.PROPOSED, state.READY, state.LAUNCHED, state.SUSPENDED))

    def launched(self) -> Self:
        return self.filter(state=self.model.State.LAUNCHED)

    def over(self) -> Self:
        return self.filter(state__in=(self.model.State.COMPLETED, self.model.State.CANCELED))


class CampaignActivityQuerySet(RecordQuerySet):
    def proposed(self) -> Self:
        return self.filter(state=self.model.State.PROPOSED)

    def running(self) -> Self:
        return self.filter(state__in=(self.model.State.RUNNING, self.model.State.PAUSED))

    def completed(self) -> Self:
        return self.filter(state=self.model.State.COMPLETED)


class CampaignResponseQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.filter(state=self.model.State.OPEN)

    def interested(self) -> Self:
        return self.filter(code=self.model.Code.INTERESTED)

    def closed(self) -> Self:
        return self.exclude(state=self.model.State.OPEN)


class RecipientQuerySet(models.QuerySet[Any]):
    def on_the_way(self) -> Self:
        """Rows whose end state is still to come."""
        state = self.model.State
        return self.filter(state__in=(state.PENDING, state.CLAIMED, state.SENDING))

    def about(self, record: "Record") -> Self:
        return self.filter(record_type=record.type_key(), record_id=record.pk)
