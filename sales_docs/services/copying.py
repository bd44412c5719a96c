"""Making one document from another: the header's values and all the lines."""

from collections.abc import Iterable
from typing import Any

from crm.models import Record
from crm.operations import current
from crm.records.services import require_links, save_new
from crm.registry.registry import registry
from sales_docs.models import Document, DocumentLine, PriceSource
from sales_docs.services.editing import line_model_of

_OF_EVERY_RECORD = {field.attname for field in Record._meta.local_fields}
SHARED = tuple(
    field.attname
    for field in Document._meta.local_fields
    if field.attname not in {*_OF_EVERY_RECORD, "request_key", "lines_version"}
)


def copy_header(source: Document, target: Any, **values: Any) -> Any:
    """An unsaved document with what the source says. Its owner is the source's."""
    for name in SHARED:
        setattr(target, name, getattr(source, name))
    target.owner_id = source.owner_id
    for name, value in values.items():
        setattr(target, name, value)
    return target


def copy_lines(
    lines: Iterable[DocumentLine], document: Any, *, locks: bool, link: str = ""
) -> list[DocumentLine]:
    """Inserts the same lines on another document, which comes to exactly as much.

    `locks` keeps the agreed prices; `link` names the column that remembers the source's line.
    """
    model = line_model_of(document)
    copies: list[DocumentLine] = []
    for line in lines:
        extra = {f"{link}_id": line.pk} if link else {}
        copy = line.copy_to(model, document=document, **extra)
        if locks:
            copy.price_source = PriceSource.LOCKED
        copies.append(copy)
    model.objects.bulk_create(copies)
    return copies


def save_copy(document: Any) -> Any:
    """Inserts a document made inside an operation; who made it is its actor.

    It links what its source links only where the actor may link that too. Raises RuleViolation,
    AccessDenied.
    """
    actor, record_type = current().actor, registry.of(document)
    if document.owner_id is None:
        document.owner_id = actor.id
    links = [field.name for field in document._meta.concrete_fields if field.is_relation]
    require_links(actor, record_type, document, links)
    return save_new(record_type, document)
