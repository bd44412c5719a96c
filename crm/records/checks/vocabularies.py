"""Words of a fixed vocabulary: kinds, places, tones, icons, keys that must differ."""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from crm.registry.declaration import (
    Area,
    Colour,
    ColumnKind,
    Group,
    PanelPlace,
    RecordType,
    Tone,
)
from crm.registry.links import BUILT_IN_SEGMENTS
from crm.registry.registry import registry
from crm.ui.icons import icon_names


def unknown_words(record_type: RecordType) -> Iterator[str]:
    yield from _columns(record_type)
    yield from _panels(record_type)
    yield from _places(record_type)
    yield from _icons(record_type)
    yield from _status(record_type)
    yield from _keys(record_type)


def _not_in(vocabulary: type[StrEnum], word: str, where: str) -> Iterator[str]:
    if word not in set(vocabulary):
        known = ", ".join(repr(str(one)) for one in vocabulary)
        yield f"{where} says '{word}', which is none of {known}."


def _columns(record_type: RecordType) -> Iterator[str]:
    for column in (*record_type.columns, *record_type.key_fields):
        if column.kind is not None:
            yield from _not_in(ColumnKind, column.kind, f"the kind of column '{column.name}'")
        deadline = column.deadline
        if deadline and _is_choice(record_type, deadline.field):
            for value in sorted(deadline.values - _values(record_type, deadline.field)):
                yield (
                    f"the deadline of column '{column.name}' names '{value}', "
                    f"which is no choice of '{deadline.field}'."
                )


def _panels(record_type: RecordType) -> Iterator[str]:
    for panel in record_type.panels:
        yield from _not_in(PanelPlace, panel.place, f"the place of panel '{panel.key}'")
        if panel.reads and panel.reads not in registry:
            yield f"panel '{panel.key}' reads '{panel.reads}', which is no record type."


def _places(record_type: RecordType) -> Iterator[str]:
    for place in record_type.places:
        yield from _not_in(Area, place.area, "the area of a place")
        yield from _not_in(Group, place.group, "the group of a place")
    yield from _not_in(Colour, record_type.colour, "the colour")


def _icons(record_type: RecordType) -> Iterator[str]:
    named = [("the type", record_type.icon)]
    named += [(f"action '{action.key}'", action.icon) for action in record_type.actions]
    named += [(f"panel '{panel.key}'", panel.icon) for panel in record_type.panels]
    tones = record_type.status.tones if record_type.status else {}
    named += [(f"status '{value}'", icon) for value, (_tone, icon) in tones.items()]
    for where, icon in named:
        if icon and icon not in icon_names():
            yield f"{where} has the icon '{icon}', and there is none of this name."


def _status(record_type: RecordType) -> Iterator[str]:
    status = record_type.status
    if status is None:
        return
    if not _is_choice(record_type, status.field):
        yield f"the status is '{status.field}', which is no field with choices."
        return
    values = _values(record_type, status.field)
    for value, (tone, _icon) in status.tones.items():
        yield from _not_in(Tone, tone, f"the tone of status '{value}'")
        if value not in values:
            yield f"status tones name '{value}', which is no choice of '{status.field}'."
    for value in sorted(status.closed - values):
        yield f"closed states name '{value}', which is no choice of '{status.field}'."


def _is_choice(record_type: RecordType, name: str) -> bool:
    known = {field.name for field in record_type.model._meta.concrete_fields}
    return name in known and bool(_field(record_type, name).flatchoices)


def _values(record_type: RecordType, name: str) -> set[Any]:
    return {value for value, _label in _field(record_type, name).flatchoices}


def _field(record_type: RecordType, name: str) -> Any:
    return record_type.model._meta.get_field(name)


def _keys(record_type: RecordType) -> Iterator[str]:
    for what, keys in (
        ("actions", [action.key for action in record_type.actions]),
        ("views", [view.key for view in record_type.views]),
        ("charts", [chart.key for chart in record_type.charts]),
        ("panels", [panel.key for panel in record_type.panels]),
        ("sections", [section.key for section in record_type.sections]),
        ("columns", [column.name for column in record_type.columns]),
    ):
        for key in _repeated(keys):
            yield f"two {what} have the key '{key}'."
    for action in record_type.actions:
        for state in action.states:
            if not _is_choice(record_type, "state") or state not in _values(record_type, "state"):
                yield f"action '{action.key}' names the state '{state}', which is no choice."
        if action.key in BUILT_IN_SEGMENTS:
            yield f"action '{action.key}' has the address of a built-in page; call it otherwise."


def _repeated(keys: Iterable[str]) -> list[str]:
    return [key for key, count in Counter(keys).items() if count > 1]
