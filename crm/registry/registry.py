"""The record types of the running product, collected once at start and then frozen."""

import inspect
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from crm.registry.declaration import Action, Panel, RecordType

if TYPE_CHECKING:
    from crm.models import Record


class Registry:
    def __init__(self) -> None:
        self._by_key: dict[str, RecordType] = {}
        self._by_slug: dict[str, RecordType] = {}
        self._additions: list[tuple[str, Panel | Action]] = []
        self._files: dict[str, str] = {}
        self._is_frozen = False

    def register(self, record_type: RecordType) -> RecordType:
        self._refuse_when_frozen()
        if record_type.key in self._by_key or record_type.slug in self._by_slug:
            raise ImproperlyConfigured(f"Record type {record_type.key!r} is declared twice.")
        self._by_key[record_type.key] = record_type
        self._by_slug[record_type.slug] = record_type
        self._files[record_type.key] = _calling_file()
        return record_type

    def declared_in(self, key: str) -> str:
        """The file that declares the type, as from the project's folder: for messages."""
        return self._files.get(key, "")

    def add_panel(self, key: str, panel: Panel) -> None:
        """Puts a panel on another type's record page: apps above register downwards."""
        self._refuse_when_frozen()
        self._additions.append((key, panel))

    def add_action(self, key: str, action: Action) -> None:
        self._refuse_when_frozen()
        self._additions.append((key, action))

    def freeze(self) -> None:
        for key, addition in self._additions:
            declared = self._by_key[key]
            grown = (
                replace(declared, panels=(*declared.panels, addition))
                if isinstance(addition, Panel)
                else replace(declared, actions=(*declared.actions, addition))
            )
            self._by_key[key] = self._by_slug[declared.slug] = grown
        self._additions.clear()
        self._is_frozen = True

    def _refuse_when_frozen(self) -> None:
        if self._is_frozen:
            raise ImproperlyConfigured("Record types are declared in record_types.py only.")

    def __iter__(self) -> Iterator[RecordType]:
        return iter(self._by_key.values())

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def get(self, key: str) -> RecordType:
        """The type with this key; KeyError when there is none."""
        return self._by_key[key]

    def by_slug(self, slug: str) -> RecordType:
        return self._by_slug[slug]

    def of(self, record: "Record | type[Record]") -> RecordType:
        return self._by_key[record.type_key()]


registry = Registry()


def _calling_file() -> str:
    """The file that called the registry."""
    frame = inspect.currentframe()
    while frame and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    return str(frame.f_globals["__name__"]).replace(".", "/") + ".py" if frame else ""
