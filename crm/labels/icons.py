"""The icons that administrators gave record types: the part of a type they define."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from crm.models import RecordTypeName
from crm.registry.registry import Definition


def read_icons() -> Mapping[str, Definition]:
    """By the key of a type, what gives it the chosen icon."""
    chosen = RecordTypeName.objects.exclude(icon="").values_list("record_type", "icon")
    return {key: partial(replace, icon=icon) for key, icon in chosen}
