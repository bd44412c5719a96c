"""Which contracts, lines and articles: by business names."""

from datetime import date, timedelta
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm import clock
from crm.models.querysets import RecordQuerySet

SOON = timedelta(days=60)
MOST_WORDS = 12


class ContractQuerySet(RecordQuerySet):
    def active(self) -> Self:
        return self.filter(state="active")

    def ending_soon(self) -> Self:
        """Active ones that end within sixty days."""
        today = clock.today(timezone.get_current_timezone())
        return self.active().filter(ends_on__lte=today + SOON)

    def to_start(self, day: date) -> Self:
        """Invoiced ones whose first day has come."""
        return self.filter(state="invoiced", starts_on__lte=day, ends_on__gte=day)

    def to_end(self, day: date) -> Self:
        """Invoiced and active ones whose last day is over."""
        return self.filter(state__in=("invoiced", "active"), ends_on__lt=day)


class ContractLineQuerySet(models.QuerySet[Any]):
    def in_place(self) -> Self:
        return self.filter(state="existing")

    def usable(self, day: date) -> Self:
        """Lines of active contracts that cover the day."""
        return self.in_place().filter(
            contract__state="active", starts_on__lte=day, ends_on__gte=day
        )

    def with_used(self) -> Self:
        """Adds `used`: the sum of the ledger, as a positive number."""
        return self.annotate(used=Coalesce(-models.Sum("entries__amount"), 0))


class ArticleQuerySet(RecordQuerySet):
    def published(self) -> Self:
        return self.filter(state="published")

    def under_way(self) -> Self:
        return self.filter(state__in=("draft", "in_review", "approved"))

    def in_review(self) -> Self:
        return self.filter(state="in_review")

    def fitting(self, text: str) -> Self:
        """Published ones that hold any word of the text, the best first."""
        words = " or ".join(text.replace('"', " ").split()[:MOST_WORDS])
        folded = models.Func(
            models.Value(words), function="public.crm_fold", output_field=models.TextField()
        )
        wanted = _query(folded, "english") | _query(folded, "french")
        return (
            self.published()
            .filter(ranked_text=wanted)
            .annotate(fit=SearchRank(models.F("ranked_text"), wanted))
            .order_by("-fit", "-pk")
        )


def _query(text: models.Expression, config: str) -> SearchQuery:
    return SearchQuery(text, config=config, search_type="websearch")
