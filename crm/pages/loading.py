"""Loading the record of a page, with what decides which parts the page has."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.errors import NotVisible
from crm.models import File, MergedRecord
from crm.models.levels import Privilege
from crm.records.lists.tables import BoundColumn, fetch, field_columns, key_columns
from crm.registry.declaration import Feature, Panel, RecordType
from crm.registry.registry import registry

KEY_FIELDS = 6
WHO = ("owner", "created_by", "modified_by")  # what every page says of its record


def load(request: HttpRequest, record_type: RecordType, record_id: int) -> Any:
    """The record with its key links, if the actor may see it. Raises NotVisible."""
    return _only(_records(request.actor, record_id, type_key=record_type.key))


def load_page(actor: Actor, record_type: RecordType, record_id: int) -> Any:
    """As `load`, along with what decides which parts the page has. Raises NotVisible."""
    return _only(_records(actor, record_id, type_key=record_type.key, with_facts=True))


def _only(records: list[Any]) -> Any:
    if not records:
        raise NotVisible
    return records[0]


@prepared
def _records(
    actor: Actor, record_id: int, *, type_key: str, with_facts: bool = False
) -> QuerySet[Any]:
    record_type = registry.get(type_key)
    columns = [*key_columns(record_type), *_fields(record_type)]
    rows = fetch(record_type.model.objects.visible_to(actor), columns, WHO)
    rows = rows.select_related(*record_type.related).filter(pk=record_id)
    return rows.annotate(**_facts(actor, record_type)) if with_facts else rows


def _fields(record_type: RecordType) -> list[BoundColumn]:
    """Section fields as columns, but for many-to-many ones, which load when shown."""
    columns = [one for part in record_type.sections for one in field_columns(record_type, part)]
    return [column for column in columns if column.kind != "many"]


def _facts(actor: Actor, record_type: RecordType) -> dict[str, Any]:
    """How many files there are, which panels are empty, and whether it was merged away."""
    facts: dict[str, Any] = {}
    if record_type.has(Feature.FILES):
        kept = File.objects.filter(
            record_type=record_type.key, record_id=OuterRef("pk"), deleted_at=None
        )
        counted = kept.order_by().values("record_id").annotate(count=Count("pk")).values("count")
        facts["file_count"] = Coalesce(Subquery(counted), 0)
    for panel in record_type.panels:
        if panel.when and (not panel.reads or actor.can(panel.reads, Privilege.READ)):
            needed = panel.when(actor)
            if needed is not None:
                facts[fact_name(panel)] = Exists(needed)
    if record_type.merge.retire:
        merged = MergedRecord.objects.filter(record_type=record_type.key, record_id=OuterRef("pk"))
        facts["is_merged"] = Exists(merged)
    return facts


def fact_name(panel: Panel) -> str:
    """The annotation that says whether the rows of `panel.when` exist."""
    return "has_" + panel.key.replace("-", "_")
