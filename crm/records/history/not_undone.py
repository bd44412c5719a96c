"""What an undo left as it was, as far as its reader may see it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from crm.models import UndoJob
from crm.registry.registry import registry


@dataclass(frozen=True)
class NotUndone:
    """Records that stay as they are: how many, and the first of them with the reason."""

    count: int
    rows: list[tuple[Any, str]]


def not_undone(request: HttpRequest, job: UndoJob | None) -> NotUndone | None:
    """None where there was no undo, or it took everything back. A query per record type."""
    if job is None or not job.left:
        return None
    ids: dict[str, list[int]] = defaultdict(list)
    for type_key, record_id, _reason in job.reasons:
        ids[type_key].append(record_id)
    seen = {
        (type_key, pk): record
        for type_key, keys in ids.items()
        for pk, record in registry.get(type_key)
        .model.objects.visible_to(request.actor)
        .in_bulk(keys)
        .items()
    }
    rows = [(seen[key, pk], why) for key, pk, why in job.reasons if (key, pk) in seen]
    return NotUndone(job.left, rows)
