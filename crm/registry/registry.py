"""The record types of the running product: as declared, then as administrators define them."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from crm.registry.declaration import Action, Panel, RecordType
from crm.runtime.cache_versions import cache_version
from crm.runtime.process_cache import ProcessCache

if TYPE_CHECKING:
    from crm.models import Record

# Makes of a declared type the one in force.
Definition = Callable[[RecordType], RecordType]
ReadDefinitions = Callable[[], Mapping[str, Definition]]

VERSIONS_CACHED = 4  # requests that began before a change go on with the types they began with


@dataclass(frozen=True)
class _Types:
    """All record types of one version of the definitions."""

    by_key: Mapping[str, RecordType]
    by_slug: Mapping[str, RecordType]


class Registry:
    """Hands out the types of the definitions in force, the same objects for each version of them.

    What administrators define is read by functions given to `define`, once per process and value
    of the cache version 'definitions'. While nothing is defined, the declared types are in force.
    """

    def __init__(self) -> None:
        self._by_key: dict[str, RecordType] = {}
        self._additions: list[tuple[str, Panel | Action]] = []
        self._files: dict[str, str] = {}
        self._definitions: list[ReadDefinitions] = []
        self._declared = _Types({}, {})
        self._versions: ProcessCache[_Types] = ProcessCache(size=VERSIONS_CACHED)
        self._is_frozen = False

    def register(self, record_type: RecordType) -> RecordType:
        self._refuse_when_frozen()
        slugs = {declared.slug for declared in self._by_key.values()}
        if record_type.key in self._by_key or record_type.slug in slugs:
            raise ImproperlyConfigured(f"Record type {record_type.key!r} is declared twice.")
        self._by_key[record_type.key] = record_type
        self._files[record_type.key] = _calling_file()
        self._declared = _types(self._by_key.values())
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

    def define(self, read: ReadDefinitions) -> None:
        """Registers what reads definitions of administrators; the table's trigger raises the cache
        version 'definitions'. `read` must not ask for types; key and slug of a type stay."""
        self._definitions.append(read)

    def freeze(self) -> None:
        for key, addition in self._additions:
            declared = self._by_key[key]
            self._by_key[key] = (
                replace(declared, panels=(*declared.panels, addition))
                if isinstance(addition, Panel)
                else replace(declared, actions=(*declared.actions, addition))
            )
        self._additions.clear()
        self._declared = _types(self._by_key.values())
        self._is_frozen = True

    def _refuse_when_frozen(self) -> None:
        if self._is_frozen:
            raise ImproperlyConfigured("Record types are declared in record_types.py only.")

    @property
    def declared(self) -> Mapping[str, RecordType]:
        """The types as the product declares them, by key, whatever administrators defined."""
        return self._declared.by_key

    @property
    def _in_force(self) -> _Types:
        version = cache_version("definitions") if self._is_frozen else 0
        return self._versions.get(version, self._define) if version else self._declared

    def _define(self) -> _Types:
        changes = [read() for read in self._definitions]
        if not any(changes):
            return self._declared
        # Each is made anew, also where nothing is defined: what was derived may be of other types.
        types = {key: replace(declared) for key, declared in self.declared.items()}
        for definitions in changes:
            for key in definitions.keys() & types.keys():
                types[key] = definitions[key](types[key])
        return _types(types.values())

    def __iter__(self) -> Iterator[RecordType]:
        return iter(self._in_force.by_key.values())

    def __contains__(self, key: object) -> bool:
        return key in self._declared.by_key

    def get(self, key: str) -> RecordType:
        """The type with this key; KeyError when there is none."""
        return self._in_force.by_key[key]

    def by_slug(self, slug: str) -> RecordType:
        return self._in_force.by_slug[slug]

    def of(self, record: "Record | type[Record]") -> RecordType:
        return self.get(record.type_key())


def _types(record_types: Iterable[RecordType]) -> _Types:
    found = list(record_types)
    return _Types({one.key: one for one in found}, {one.slug: one for one in found})


registry = Registry()


def _calling_file() -> str:
    """The file that called the registry."""
    frame = inspect.currentframe()
    while frame and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    return str(frame.f_globals["__name__"]).replace(".", "/") + ".py" if frame else ""
