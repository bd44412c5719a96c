"""What records of many types are called, for those who may see them."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast

from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.records.lists.tables import field_at
from crm.registry.registry import registry

Place = tuple[str, int]


def titles_of(actor: Actor, wanted: Mapping[str, Collection[int]]) -> dict[Place, str]:
    """(type key, id) -> title of the visible ones among `wanted`.

    One query for all types whose title is a column, one more for each other type.
    """
    known = sorted(key for key, ids in wanted.items() if key in registry and ids)
    written = [key for key in known if _is_column(key)]
    titles: dict[Place, str] = {}
    for key in known:
        if key not in written:
            rows = registry.get(key).model.objects.visible_to(actor).filter(pk__in=wanted[key])
            titles |= {(key, row.pk): str(row) for row in rows}
    if written:
        found = _titles(actor, *(list(wanted[key]) for key in written), keys=tuple(written))
        titles |= {(key, pk): title for key, pk, title in found}
    return titles


def _is_column(key: str) -> bool:
    record_type = registry.get(key)
    return field_at(record_type.model, record_type.title) is not None


@prepared
def _titles(actor: Actor, *ids: list[int], keys: tuple[str, ...]) -> QuerySet[Any, Any]:
    first, *others = (_column(actor, *each) for each in zip(keys, ids, strict=True))
    return first.union(*others, all=True) if others else first


def _column(actor: Actor, key: str, ids: list[int]) -> QuerySet[Any, Any]:
    record_type = registry.get(key)
    rows = record_type.model.objects.visible_to(actor).filter(pk__any_of=ids)
    text, title = CharField(), record_type.title
    called = rows.annotate(
        title_type=Value(key, output_field=text), title_text=Cast(F(title), output_field=text)
    )
    return called.order_by().values_list("title_type", "pk", "title_text")
