"""The icon that a value has wherever it is shown: a stage's dial, a state's shape."""

from collections.abc import Mapping
from typing import Any

from crm.conditions.fields import AskedField, Kind
from crm.registry.declaration import RecordType


def shapes_of(record_type: RecordType, asked: AskedField) -> Mapping[Any, str]:
    """Value -> icon, for fields that have any."""
    if asked.kind != Kind.CHOICE or asked.owners[1:]:
        return {}
    if record_type.status and record_type.status.field == asked.path:
        return {value: icon for value, (_tone, icon) in record_type.status.tones.items()}
    stages = {column.name for column in record_type.columns if column.kind == "stage"}
    return dials(list(asked.choices)) if asked.path in stages else {}


def dials(stages: list[Any]) -> dict[Any, str]:
    """Stage -> the dial that fills by quarters as the record moves on."""
    last = max(len(stages) - 1, 1)
    return {stage: f"stage-{1 + place * 3 // last}" for place, stage in enumerate(stages)}
