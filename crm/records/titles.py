"""What records of many types are called, for those who may see them."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from crm.access.actor import Actor
from crm.records.registry import registry
from crm.records.tables import field_at

Place = tuple[str, int]


def titles_of(actor: Actor, wanted: Mapping[str, Collection[int]]) -> dict[Place, str]:
    """(type key, id) -> title of the visible ones among `wanted`.

    One query for all types whose title is a column, one more for each other type.
    """
    titles: dict[Place, str] = {}
    queries = []
    for key, ids in wanted.items():
        if key not in registry or not ids:
            continue
        record_type = registry.get(key)
        rows = record_type.model.objects.visible_to(actor).filter(pk__in=list(ids))
        if field_at(record_type.model, record_type.title) is None:
            titles |= {(key, row.pk): str(row) for row in rows}
        else:
            queries.append(_column(key, rows, record_type.title))
    if queries:
        first, *others = queries
        found = first.union(*others, all=True) if others else first
        titles |= {(key, pk): title for key, pk, title in found}
    return titles


def _column(key: str, rows: Any, title: str) -> Any:
    text = CharField()
    called = rows.annotate(
        title_type=Value(key, output_field=text), title_text=Cast(F(title), output_field=text)
    )
    return called.order_by().values_list("title_type", "pk", "title_text")
