"""Search over every type at once: one query, five rows a type, through the gate.

A text that finds next to nothing is taken for mistyped, and what resembles it is found by one more.
"""

import unicodedata
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import CharField, F, Func, TextField, Value
from django.db.models.functions import Cast

from crm import labels
from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.models.querysets import LONG_WORD, folded
from crm.records.lists.reach import latest_first
from crm.registry.declaration import Feature, RecordType
from crm.registry.links import list_url, url_of
from crm.registry.registry import registry

PER_TYPE = 5
SHORTEST = 2
ENOUGH = 3  # hits; with fewer, the text may be mistyped
ALIKE = 0.5  # trigrams of a word that a similar one shares
BETWEEN = "\x1f"
LONGEST_SAID = 60
CANDIDATES = 200  # rows of a type compared closely


@dataclass(frozen=True)
class Hit:
    title: str
    number: str
    url: str
    type_key: str
    note: str = ""  # what else is searched: it tells namesakes apart and why this was found


@dataclass(frozen=True)
class Group:
    """What was found of one type; `more_url` is the list narrowed to the same text."""

    record_type: RecordType
    label: str
    hits: list[Hit]
    has_more: bool
    more_url: str


@dataclass(frozen=True)
class Found:
    """What holds every word of the text; and, where that is next to nothing, what resembles it."""

    groups: list[Group]
    similar: list[Group]


def search(actor: Actor, text: str) -> Found:
    """Groups in the registry's order. Shorter texts than two letters find nothing."""
    text = text.strip()[:100]
    if len(text) < SHORTEST or "\0" in text:
        return Found([], [])
    matching = _groups([_matching(actor, one, text) for one in _searched(actor)], text)
    known = {hit.url for group in matching for hit in group.hits}
    if len(known) >= ENOUGH or not any(len(word) >= LONG_WORD for word in text.split()):
        return Found(matching, [])
    return Found(matching, _without(known, _resembling(actor, text)))


def _resembling(actor: Actor, text: str) -> list[Group]:
    """What resembles the text, most alike first.

    Always by the trigram index: similarity is costly to work out, and the planner, which thinks
    of it as of any comparison, would at times work it out for a million rows.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true),"
            " set_config('enable_seqscan', 'off', true)",
            [str(ALIKE)],
        )
        return _groups([_alike(actor, one, text) for one in _searched(actor)], text)


def _without(known: set[str], groups: list[Group]) -> list[Group]:
    """The groups without hits that are shown already, and without a way to more of them."""
    left = [
        replace(group, hits=[hit for hit in group.hits if hit.url not in known], has_more=False)
        for group in groups
    ]
    return [group for group in left if group.hits]


def _groups(parts: list[Any], text: str) -> list[Group]:
    """The hits of all types, read in one query."""
    if not parts:
        return []
    first, *others = parts
    found: dict[str, list[Hit]] = {}
    for type_key, pk, title, number, others_said in first.union(*others, all=True):
        said = _note(text, title, others_said.split(BETWEEN))
        hit = Hit(title, number or "", url_of(type_key, pk), type_key, said)
        found.setdefault(type_key, []).append(hit)
    return [_group(registry.get(key), hits, text) for key, hits in found.items()]


def _searched(actor: Actor) -> list[RecordType]:
    return [
        record_type
        for record_type in registry
        if record_type.has(Feature.SEARCH) and actor.can(record_type.key, Privilege.READ)
    ]


def _matching(actor: Actor, record_type: RecordType, text: str) -> Any:
    """The most recent matches of one type."""
    rows = record_type.model.objects.visible_to(actor).matching(text)
    return _shaped(record_type, latest_first(rows, actor, record_type))


def _alike(actor: Actor, record_type: RecordType, text: str) -> Any:
    """The most similar rows of one type among the first that are similar at all."""
    rows = record_type.model.objects.visible_to(actor).resembling(text)
    some = record_type.model.objects.filter(pk__in=rows.order_by().values("pk")[:CANDIDATES])
    likeness = TrigramWordSimilarity(folded(text), "search_text")  # type: ignore[arg-type]
    return _shaped(record_type, some.order_by(likeness.desc(), "-modified_at", "-id"))


def _shaped(record_type: RecordType, rows: Any) -> Any:
    """The first rows, shaped alike for the union."""
    number = F(record_type.number) if record_type.number else Value("")
    model: Any = record_type.model
    searched = model._meta.get_field("search_text").expression
    said = [part for part in searched.get_source_expressions() if part.name != record_type.number]
    return rows.annotate(
        _type=Value(record_type.key, output_field=CharField()),
        _title=Cast(record_type.title, TextField()),
        _number=Cast(number, TextField()),
        _said=Func(Value(BETWEEN), *said, function="concat_ws", output_field=TextField()),
    ).values_list("_type", "pk", "_title", "_number", "_said")[: PER_TYPE + 1]


def _note(text: str, title: str, said: list[str]) -> str:
    """Two short texts of the record that its title does not hold, those that match first."""
    words = [_plain(word) for word in text.split()]
    new = [part for part in said if 0 < len(part) <= LONGEST_SAID and part not in title]
    new.sort(key=lambda part: not any(word in _plain(part) for word in words))
    return " · ".join(new[:2])


def _plain(text: str) -> str:
    """Nearly as `crm_fold` has it; it only orders what is shown."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _group(record_type: RecordType, hits: list[Hit], text: str) -> Group:
    views = [view.key for view in record_type.views]
    query = {"q": text} | ({"view": "all"} if "all" in views else {})
    return Group(
        record_type=record_type,
        label=labels.plural(record_type.key),
        hits=hits[:PER_TYPE],
        has_more=len(hits) > PER_TYPE,
        more_url=f"{list_url(record_type.key)}?{urlencode(query)}",
    )
