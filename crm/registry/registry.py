"""The record types of the running product: as declared, then as administrators define them."""

import inspect
from collections import defaultdict
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
class Addition:
    """A panel or verb that another app puts on a type; `file` is the one that adds it."""

    file: str
    part: Panel | Action

    def added_to(self, record_type: RecordType) -> RecordType:
        if isinstance(self.part, Panel):
            return replace(record_type, panels=(*record_type.panels, self.part))
        return replace(record_type, actions=(*record_type.actions, self.part))

    def taken_from(self, record_type: RecordType) -> RecordType:
        return replace(
            record_type,
            panels=tuple(panel for panel in record_type.panels if panel is not self.part),
            actions=tuple(action for action in record_type.actions if action is not self.part),
        )


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
        self._additions: dict[str, list[Addition]] = defaultdict(list)
        self._files: dict[str, str] = {}
        self._definitions: list[ReadDefinitions] = []
        self._declared = _Types({}, {})
        self._versions: ProcessCache[_Types] = ProcessCache(size=VERSIONS_CACHED)
        self._latest = (0, self._declared)
        self._is_frozen = False

    def register(self, record_type: RecordType) -> RecordType:
        self._refuse_when_frozen()
        file, key, slug = _calling_file(), record_type.key, record_type.slug
        for other in self._by_key.values():
            if other.key == key or other.slug == slug:
                what = f"the slug '{slug}'" if other.slug == slug else "the type"
                raise ImproperlyConfigured(
                    f"{file}: {key}: {what} is declared in {self._files[other.key]} already."
                )
        self._by_key[key] = record_type
        self._files[key] = file
        self._declared = _types(self._by_key.values())
        return record_type

    def declared_in(self, key: str) -> str:
        """The file that declares the type, as from the project's folder: for messages."""
        return self._files.get(key, "")

    def add_panel(self, key: str, panel: Panel) -> None:
        """Puts a panel on another type's record page: apps above register downwards."""
        self._refuse_when_frozen()
        self._additions[key].append(Addition(_calling_file(), panel))

    def add_action(self, key: str, action: Action) -> None:
        """Puts a verb on another type's record page."""
        self._refuse_when_frozen()
        self._additions[key].append(Addition(_calling_file(), action))

    def additions_to(self, key: str) -> tuple[Addition, ...]:
        """What other apps put on the type, in the order in which they did."""
        return tuple(self._additions.get(key, ()))

    def define(self, read: ReadDefinitions) -> None:
        """Registers what reads definitions of administrators; the table's trigger raises the cache
        version 'definitions'. `read` must not ask for types; key and slug of a type stay."""
        self._definitions.append(read)

    def freeze(self) -> None:
        """Puts the additions on their types; nothing is declared after it.

        Raises ImproperlyConfigured for an addition to a type that does not exist.
        """
        for key, additions in self._additions.items():
            for addition in additions:
                if key not in self._by_key:
                    raise ImproperlyConfigured(
                        f"{addition.file}: '{addition.part.key}' is added to '{key}', "
                        "which is no record type."
                    )
                self._by_key[key] = addition.added_to(self._by_key[key])
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
        if not version:
            return self._declared
        latest = self._latest  # a page asks hundreds of times, mostly all of them for one version
        if latest[0] != version:
            latest = self._latest = (version, self._versions.get(version, self._define))
        return latest[1]

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
