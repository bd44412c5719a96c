"""What a file can be imported into: every record type with the feature, and users."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import BooleanField, Count, F, Func, Min, TextField, Value
from django.db.models.functions import Upper
from django.utils.module_loading import import_string

from crm import labels
from crm.access.actor import Actor
from crm.exchange.imports.additions import additions_to
from crm.exchange.imports.fields import ImportField, Kind, fields_of
from crm.exchange.imports.writing import Blank, copy_new
from crm.models import ImportRow, Principal, Record
from crm.models.levels import Privilege
from crm.operations import current
from crm.records.services import lock_reason
from crm.records.services.announcing import announce, announce_each, field_names
from crm.registry.declaration import Feature, RecordType
from crm.registry.events import ChangeKind
from crm.registry.registry import registry


class Target(ABC):
    """Where imported rows go. `found` and `save_*` work on a chunk of rows at a time."""

    key: str
    model: type[Any]

    @property
    @abstractmethod
    def label(self) -> str: ...

    @property
    @abstractmethod
    def fields(self) -> Mapping[str, ImportField]: ...

    @abstractmethod
    def identities(self) -> tuple[str, ...]:
        """Fields by which an existing row can be recognised, the best first."""

    @abstractmethod
    def may_import(self, actor: Actor) -> bool: ...

    @abstractmethod
    def existing(self, actor: Actor, name: str, values: Iterable[Any]) -> dict[Any, Any]:
        """Living rows by `identity` of an identity field's value."""

    def identity(self, name: str, value: Any) -> Any:
        """The value of an identity field as `existing` gives it."""
        return value if name in EXACT else folded(value)

    @abstractmethod
    def blank(self, actor: Actor) -> Any: ...

    @abstractmethod
    def check(self, record: Any, changes: Mapping[str, Any]) -> None:
        """Raises RuleViolation when the record as it would be breaks a rule."""

    @abstractmethod
    def save_new(self, records: list[Any]) -> None: ...

    @abstractmethod
    def save_changed(self, changed: Sequence[tuple[Any, set[str]]]) -> None:
        """Writes records together, each given with the attributes that differ."""

    @abstractmethod
    def may_change(self, actor: Actor, record: Any) -> bool: ...

    def may_assign(self, actor: Actor, record: Any) -> bool:
        return self.may_change(actor, record)

    def may_link(self, actor: Actor, linked: Any) -> bool:
        return True

    def lock(self, record: Any) -> Any:
        """Why nobody may change the record as it stands, or None."""
        return None

    def owners_of(self, ids: Any) -> Iterable[tuple[int, int, int]]:
        """(owner's id, how many of the rows, one of them), for those that have owners."""
        return ()

    def operations_of(self, job_id: int) -> list[UUID]:
        """The operations in which an import wrote records; none where `take_back` undoes it."""
        return []

    def take_back(self, job_id: int) -> None:
        """Undoes what an import wrote, where no field history does."""
        raise NotImplementedError


EXACT = frozenset({"external_id"})


class RecordTarget(Target):
    """Rows of a record type."""

    def __init__(self, record_type: RecordType) -> None:
        self.record_type = record_type
        self.model = record_type.model
        self.key = record_type.key
        self._blanks: dict[int | None, Blank] = {}

    @property
    def label(self) -> str:
        return labels.plural(self.key)

    @property
    def asked_names(self) -> Iterable[str]:
        """The type's own fields. What no form asks follows from something else, and a file must
        not say otherwise."""
        names: Iterable[str] = import_string(self.record_type.form).base_fields
        return self.record_type.import_fields or names

    @cached_property
    def fields(self) -> Mapping[str, ImportField]:
        found = fields_of(self.record_type.model, self.asked_names)
        for addition in additions_to(self.key):
            for name, aliases in addition.aliases.items():
                found[name] = replace(found[name], aliases=aliases)
            found |= {described.name: described for described in addition.fields}
        return found

    def identities(self) -> tuple[str, ...]:
        exact = [key.fields[0] for key in self.record_type.duplicates if not key.is_fuzzy]
        names = ["external_id", self.record_type.number, *exact, self.record_type.title]
        known = (name for name in names if name in self.fields)
        return tuple(dict.fromkeys(name for name in known if not is_link(self.fields[name])))

    def may_import(self, actor: Actor) -> bool:
        return self.record_type.has(Feature.IMPORT) and actor.can(self.key, Privilege.CREATE)

    def existing(self, actor: Actor, name: str, values: Iterable[Any]) -> dict[Any, Any]:
        rows = self.record_type.model.objects.visible_to(actor)
        return rows_by(rows, name, values)

    def blank(self, actor: Actor) -> Any:
        if actor.id not in self._blanks:
            self._blanks[actor.id] = Blank(self.model(owner_id=actor.id))
        return self._blanks[actor.id].copy()

    def check(self, record: Any, changes: Mapping[str, Any]) -> None:
        for addition in additions_to(self.key):
            if addition.prepare:
                addition.prepare(record)
        if self.record_type.rules.before_save:
            self.record_type.rules.before_save(record, changes)

    def may_change(self, actor: Actor, record: Any) -> bool:
        return actor.allows(Privilege.WRITE, record)

    def may_assign(self, actor: Actor, record: Any) -> bool:
        return actor.allows(Privilege.ASSIGN, record)

    def may_link(self, actor: Actor, linked: Any) -> bool:
        if not isinstance(linked, Record):
            return True
        return actor.can(self.key, Privilege.APPEND) and actor.allows(Privilege.APPEND_TO, linked)

    def lock(self, record: Any) -> Any:
        return lock_reason(self.record_type, record)

    def save_new(self, records: list[Any]) -> None:
        under_way = current()
        for record in records:
            record.created_by_id = record.modified_by_id = under_way.actor.id
            record.created_at = record.modified_at = under_way.at
        copy_new(self.model, records)
        announce(ChangeKind.CREATED, self.record_type.model, [record.pk for record in records])
        for addition in additions_to(self.key):
            if addition.follow:
                addition.follow(records)

    def save_changed(self, changed: Sequence[tuple[Any, set[str]]]) -> None:
        under_way, model = current(), self.record_type.model
        fields = [(record.pk, field_names(model, attributes)) for record, attributes in changed]
        records = [record for record, _attributes in changed]
        for record in records:
            record.modified_at, record.modified_by_id = under_way.at, under_way.actor.id
        names = sorted({name for _pk, changed_names in fields for name in changed_names})
        model.objects.bulk_update(records, [*names, "modified_at", "modified_by"], batch_size=500)
        announce_each(model, fields)

    def owners_of(self, ids: Any) -> Iterable[tuple[int, int, int]]:
        rows = self.model.objects.filter(pk__in=ids).order_by("owner")
        found: Iterable[tuple[int, int, int]] = rows.values_list("owner").annotate(
            Count("pk"), Min("pk")
        )
        return found

    def operations_of(self, job_id: int) -> list[UUID]:
        written = ImportRow.objects.filter(job=job_id, operation__isnull=False)
        wrote = written.filter(verdict__in=[ImportRow.Verdict.NEW, ImportRow.Verdict.UPDATE])
        return [key for (key,) in wrote.order_by().values_list("operation").distinct() if key]


def folded(value: Any) -> Any:
    return value.strip().casefold() if isinstance(value, str) else value


def raised(text: str) -> str:
    """Upper case as the database has it: letter by letter, so that ß stays ß."""
    if len(high := text.upper()) == len(text):
        return high
    return "".join(high if len(high := letter.upper()) == 1 else letter for letter in text)


def rows_by(rows: Any, name: str, values: Iterable[Any]) -> dict[Any, Any]:
    """Rows whose field equals one of `values`, case aside, by that folded value.

    Compared in upper case, as the indexes are that find duplicates. Keys of other systems are
    compared as they stand: some differ in nothing but case.
    """
    wanted = {value for value in values if value not in (None, "")}
    if not wanted:
        return {}
    if not all(isinstance(value, str) for value in wanted):
        rows = rows.filter(**{f"{name}__in": wanted})
    elif name not in EXACT:
        rows = rows.filter(
            EqualsAny(Upper(name), sorted({raised(value.strip()) for value in wanted}))
        )
    else:
        rows = rows.filter(EqualsAny(F(name), sorted(wanted)))
    fold = _as_it_stands if name in EXACT else folded
    return {fold(getattr(row, name)): row for row in slim(rows).order_by("-pk")}


class EqualsAny(Func):
    """Whether an expression equals one of many texts, given as one value."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, expression: Any, texts: list[str]) -> None:
        super().__init__(expression, Value(texts, ArrayField(TextField())))


def _as_it_stands(value: Any) -> Any:
    return value


def slim(rows: Any) -> Any:
    """Without the search text, which is long and never read here."""
    has_it = any(field.name == "search_text" for field in rows.model._meta.concrete_fields)
    return rows.defer("search_text") if has_it else rows


def find_links(actor: Actor, described: ImportField, texts: set[str]) -> dict[str, Any]:
    """Folded text -> row, by external id, number, then title (or name, or user name)."""
    found: dict[str, Any] = {}
    for name in reversed(link_names(described)):
        rows = rows_by(_link_rows(actor, described), name, texts)
        found |= {folded(key): row for key, row in rows.items()}
    return found


def _link_rows(actor: Actor, described: ImportField) -> Any:
    model: Any = described.link
    if issubclass(model, Record):
        return model.objects.visible_to(actor)
    return model._default_manager.all()


def link_names(described: ImportField) -> list[str]:
    """The fields by which a file may name what is linked, the best first."""
    model: Any = described.link
    if model is Principal:
        return ["name"]
    if issubclass(model, Record):
        record_type = registry.of(model)
        names = ["external_id", record_type.number, record_type.title]
        return [name for name in names if name]
    has_name = any(field.name == "name" for field in model._meta.concrete_fields)
    return ["name"] if has_name else [model._meta.pk.name]


def is_link(described: ImportField) -> bool:
    return described.kind is Kind.LINK


def choosable_titles(actor: Actor, described: ImportField, text: str, limit: int = 50) -> list[str]:
    """Titles a link could have meant: those most similar to `text`."""
    rows, names = _link_rows(actor, described), link_names(described)
    similar = TrigramSimilarity(names[-1], text)
    return [str(getattr(row, names[-1])) for row in rows.order_by(similar.desc())[:limit]]
