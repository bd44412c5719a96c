"""The query set of every record type, with the one gate that all reads pass."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from crm.models.levels import Privilege
from crm.models.merged import MergedRecord

if TYPE_CHECKING:
    from crm.access.actor import Actor


TRIGRAM = 3
LONG_WORD = 4


@models.CharField.register_lookup
@models.TextField.register_lookup
class Folded(models.Transform):
    """Text without accents and case, as the search texts have it; on both sides.

    Names are sorted by it as well: the database orders bytes, people the letters of a word.
    """

    lookup_name = "folded"
    function = "public.crm_fold"
    bilateral = True
    output_field = models.TextField()


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class AnyOf(models.Lookup):  # type: ignore[type-arg]
    """`column = ANY(array)`, of keys: one value however many there are, where IN has each apart.

    The planner reads both alike, but hundreds of values apart take longer to write than to find.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, before = self.process_lhs(compiler, connection)
        keys, after = self.process_rhs(compiler, connection)
        return f"{column} = ANY({keys}::bigint[])", [*before, *after]


def folded(text: str) -> models.Func:
    """The text as search texts have it: no accents, lower case."""
    return models.Func(
        models.Value(text), function="public.crm_fold", output_field=models.TextField()
    )


class RecordQuerySet(models.QuerySet[Any]):
    def alive(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def in_bin(self) -> Self:
        return self.filter(deleted_at__isnull=False)

    def unmerged(self) -> Self:
        """But for what was merged into another record."""
        gone = MergedRecord.objects.filter(record_type=self.model.type_key())
        return self.exclude(pk__in=gone.values("record_id"))

    def visible_to(self, actor: "Actor", privilege: Privilege = Privilege.READ) -> Self:
        """The living rows on which the actor holds the privilege."""
        return self.alive().reachable_by(actor, privilege)

    def reachable_by(self, actor: "Actor", privilege: Privilege = Privilege.READ) -> Self:
        """As `visible_to`, rows in the bin included."""
        scope = actor.scope(self.model.type_key(), privilege)
        if scope.is_everything:
            return self
        return self.filter(scope.condition())

    def owned_by(self, principal_ids: "frozenset[int] | list[int]") -> Self:
        return self.filter(owner_id__in=list(principal_ids))

    def matching(self, text: str) -> Self:
        """Rows whose search text holds every word of `text`, accents and case aside.

        One or two letters have no trigram to look up: they match where a word begins. A zero
        byte stands in no text, and the database refuses to look for one.
        """
        found = self.none() if "\0" in text else self
        for word in text.split()[:6]:
            if len(word) < TRIGRAM:
                begins = models.Q(search_text__startswith=folded(word))
                found = found.filter(begins | models.Q(search_text__contains=folded(f" {word}")))
            else:
                found = found.filter(search_text__contains=folded(word))
        return found

    def resembling(self, text: str) -> Self:
        """Rows that hold a word like each of `text`: letters changed, left out or swapped.

        How like is `pg_trgm.word_similarity_threshold`. Short words have too few trigrams to
        resemble anything; they are looked for as they are.
        """
        words = text.split()[:6]
        found = self.matching(" ".join(word for word in words if len(word) < LONG_WORD))
        for word in words:
            if len(word) >= LONG_WORD and "\0" not in word:
                found = found.filter(search_text__trigram_word_similar=folded(word))
        return found

    def recent_first(self) -> Self:
        return self.order_by("-modified_at", "-id")
