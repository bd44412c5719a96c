"""Search over every type at once: one query, five rows a type, through the gate."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import Cast

from crm import labels
from crm.access.actor import Actor
from crm.access.levels import Privilege
from crm.records.declaration import Feature, RecordType
from crm.records.links import list_url, url_of
from crm.records.registry import registry

PER_TYPE = 5
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    title: str
    number: str
    url: str
    type_key: str


@dataclass(frozen=True)
class Group:
    """What was found of one type; `more_url` is the list narrowed to the same text."""

    record_type: RecordType
    label: str
    hits: list[Hit]
    has_more: bool
    more_url: str


def search(actor: Actor, text: str) -> list[Group]:
    """Groups of hits in the registry's order. Shorter texts than two letters find nothing."""
    text = text.strip()[:100]
    if len(text) < SHORTEST:
        return []
    parts = [_rows(actor, record_type, text) for record_type in _searched(actor)]
    if not parts:
        return []
    first, *others = parts
    found: dict[str, list[Hit]] = {}
    for type_key, pk, title, number in first.union(*others, all=True):
        hit = Hit(title, number or "", url_of(type_key, pk), type_key)
        found.setdefault(type_key, []).append(hit)
    return [_group(registry.get(key), hits, text) for key, hits in found.items()]


def _searched(actor: Actor) -> list[RecordType]:
    return [
        record_type
        for record_type in registry
        if record_type.has(Feature.SEARCH) and actor.can(record_type.key, Privilege.READ)
    ]


def _rows(actor: Actor, record_type: RecordType, text: str) -> Any:
    """The most recent matches of one type, shaped alike for the union."""
    number = F(record_type.number) if record_type.number else Value("")
    rows = record_type.model.objects.visible_to(actor).matching(text).recent_first()
    return rows.annotate(
        _type=Value(record_type.key, output_field=CharField()),
        _title=Cast(record_type.title, TextField()),
        _number=Cast(number, TextField()),
    ).values_list("_type", "pk", "_title", "_number")[: PER_TYPE + 1]


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
