"""Records that are likely the same as one about to be made, with the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q
from rapidfuzz import fuzz

from crm.access.actor import Actor
from crm.registry.declaration import DuplicateKey, RecordType

LIKELY = 0.45  # trigram similarity from which names are worth a look
SHORTEST = 3
EXACT_SCORE = 100.0


@dataclass
class Match:
    """A visible record that may be the same; `score` runs to 100 for what is equal."""

    record: Any
    reasons: list[Any] = field(default_factory=list)
    score: float = 0.0


def find_duplicates(
    actor: Actor,
    record_type: RecordType,
    values: Mapping[str, Any],
    exclude: int | None = None,
    limit: int = 5,
) -> list[Match]:
    """Visible records that one of the type's duplicate keys finds, the likeliest first."""
    matches: dict[int, Match] = {}
    rows = record_type.model.objects.visible_to(actor).exclude(pk=exclude)
    if record_type.merge.retire:  # those that were merged are still there to be seen
        rows = rows.unmerged()
    for key in record_type.duplicates:
        if all(values.get(name) not in (None, "") for name in key.fields):
            for record, score in _found(rows, key, values, limit):
                match = matches.setdefault(record.pk, Match(record))
                match.reasons.append(key.reason)
                match.score = max(match.score, score)
    return sorted(matches.values(), key=lambda match: -match.score)[:limit]


def _found(
    rows: Any, key: DuplicateKey, values: Mapping[str, Any], limit: int
) -> list[tuple[Any, float]]:
    if not key.is_fuzzy:
        return [(row, EXACT_SCORE) for row in rows.filter(_equal(key, values))[:limit]]
    name = key.fields[0]
    text = str(values[name])
    if len(text) < SHORTEST:
        return []
    similar = rows.filter(**{f"{name}__trigram_similar": text})
    near = similar.annotate(_near=TrigramSimilarity(name, text)).filter(_near__gte=LIKELY)
    return [
        (row, fuzz.WRatio(text.casefold(), str(getattr(row, name)).casefold()))
        for row in near.order_by("-_near", "-pk")[:limit]
    ]


def _equal(key: DuplicateKey, values: Mapping[str, Any]) -> Q:
    equal = Q()
    for name in key.fields:
        value = values[name]
        equal &= Q(**{f"{name}__iexact" if isinstance(value, str) else name: value})
    return equal
