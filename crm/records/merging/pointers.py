"""What points to a record, from wherever: to move it to another record, and back again.

Links are found in the models, so a new type is covered by itself. Pointers made of a type's key
and an id are declared as `App.pointers`; a system check finds those nobody has declared.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, QuerySet, Value, When

from crm.models import (
    Activity,
    FieldChange,
    File,
    JournalEntry,
    MergedRecord,
    Notification,
    RecentRecord,
    Record,
    SentForm,
    Share,
)
from crm.operations import current
from crm.records.services.announcing import announce, field_names
from crm.registry.declaration import RecordType
from crm.registry.derived import derived
from crm.registry.events import ChangeKind
from crm.registry.registry import registry


class OnMerge(StrEnum):
    """What becomes of the rows that point to a record which is merged into another one."""

    MOVES = "moves"
    STAYS = "stays"
    GOES = "goes"


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """A column that holds the key of a record; `type_field` says of which type, where any may.

    `on_merge` says what becomes of its rows, `on_duplicate` what becomes of a row whose place the
    survivor's own row takes: a list has a member once.
    """

    model: Any
    name: str
    type_field: str = ""
    on_merge: OnMerge = OnMerge.MOVES
    on_duplicate: OnMerge = OnMerge.GOES

    @property
    def label(self) -> str:
        """How it is called where merges are written down."""
        return f"{self.model._meta.label_lower}.{self.name}"

    @property
    def attribute(self) -> str:
        return str(self.model._meta.get_field(self.name).attname)

    @property
    def others_in_place(self) -> tuple[tuple[str, ...], ...]:
        """The other fields of each set that no two rows may share."""
        return tuple(
            tuple(self.model._meta.get_field(one).attname for one in names if one != self.name)
            for names in unique_sets(self.model)
            if self.name in names
        )

    def rows(self, type_key: str, ids: Iterable[int]) -> Any:
        """Every row that points to one of the records, those in the bin included."""
        kind = {self.type_field: type_key} if self.type_field else {}
        return self.model._base_manager.filter(**kind, **{f"{self.attribute}__in": list(ids)})

    def rows_to_move(
        self, model: type[Record], ids: Collection[int], *, among: Collection[int]
    ) -> Any:
        """What points to `ids` from outside of the records `among` which they are merged.

        What these point to among each other stays as it is.
        """
        rows = self.rows(model.type_key(), ids)
        return rows.exclude(pk__in=among) if self.model is model else rows


@dataclass(frozen=True, kw_only=True)
class LinkOnMerge:
    """A link to a record whose rows do not move in a merge, as those of other links do."""

    model: Any
    name: str
    on_merge: OnMerge


def unique_sets(model: Any) -> Iterator[tuple[str, ...]]:
    yield from (tuple(names) for names in model._meta.unique_together)
    yield from ((one.name,) for one in model._meta.concrete_fields if one.unique)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield constraint.fields


STANDARD_POINTERS = (
    Pointer(model=Activity, name="regarding_id", type_field="regarding_type"),
    Pointer(model=File, name="record_id", type_field="record_type"),
    Pointer(model=Notification, name="record_id", type_field="record_type"),
    Pointer(model=RecentRecord, name="record_id", type_field="record_type"),
    Pointer(model=Share, name="record_id", type_field="record_type"),
    # What was, remains: these say what happened to the record itself.
    *(
        Pointer(model=model, name=name, type_field="record_type", on_merge=OnMerge.STAYS)
        for model, name in (
            (FieldChange, "record_id"),
            (JournalEntry, "record_id"),
            (MergedRecord, "record_id"),
            (SentForm, "record_id"),
        )
    ),
)
_declared: list[Pointer] = []
_on_merge: dict[tuple[str, str], OnMerge] = {}


def add_pointer(pointer: Pointer) -> None:
    _declared.append(pointer)


def set_on_merge(link: LinkOnMerge) -> None:
    _on_merge[link.model._meta.label, link.name] = link.on_merge


def undeclared_pointers() -> Iterator[str]:
    """Pairs of columns such as `record_type` and `record_id` that nobody has declared."""
    known = {(one.model, one.type_field) for one in _declared}
    for model in apps.get_models():
        plain = {one.name for one in model._meta.concrete_fields if not one.is_relation}
        for name in sorted(plain):
            kind = name.removesuffix("_id") + "_type"
            if name.endswith("_id") and kind in plain and (model, kind) not in known:
                yield f"{model._meta.label}.{name}"


@derived
def pointers_to(record_type: RecordType) -> tuple[Pointer, ...]:
    """All that may point to records of a type, in the order in which rows are locked."""
    links = [
        Pointer(
            model=relation.related_model,
            name=relation.field.name,
            on_merge=_on_merge.get(
                (relation.related_model._meta.label, relation.field.name), OnMerge.MOVES
            ),
        )
        for relation in _relations_to(record_type.model)
    ]
    found = [*links, *_declared]
    return tuple(
        sorted((one for one in found if one.on_merge != OnMerge.STAYS), key=lambda one: one.label)
    )


def _relations_to(model: Any) -> Iterator[Any]:
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            yield relation


Keys = dict[int, dict[str, list[int]]]
Rows = dict[int, dict[str, list[dict[str, Any]]]]


@dataclass
class Moved:
    """Loser -> pointer -> keys of the rows that moved, and rows that went."""

    keys: Keys = field(default_factory=lambda: defaultdict(dict))
    rows: Rows = field(default_factory=lambda: defaultdict(dict))


def move_all(model: type[Record], *, survivor_id: int, loser_ids: Collection[int]) -> Moved:
    """Makes all that points to the losers point to the survivor. A few queries per pointer.

    The losers are locked.
    """
    moved, among = Moved(), [survivor_id, *loser_ids]
    for pointer in pointers_to(registry.of(model)):
        rows = pointer.rows_to_move(model, loser_ids, among=among)
        if found := _locked(pointer, rows):
            _move(pointer, moved, model.type_key(), survivor_id, found)
    return moved


def _move(
    pointer: Pointer, moved: Moved, type_key: str, survivor_id: int, found: list[dict[str, Any]]
) -> None:
    going = []
    if pointer.on_merge == OnMerge.MOVES:
        doubled = _doubled(pointer, type_key, survivor_id, found)
        going = [row for row in found if row["pk"] not in doubled]
    left = {row["pk"] for row in found} - {row["pk"] for row in going}
    if OnMerge.GOES in (pointer.on_merge, pointer.on_duplicate):
        _drop(pointer, moved, left)
    for row in going:
        moved.keys[row[pointer.attribute]].setdefault(pointer.label, []).append(row["pk"])
    if going:
        _point(pointer, [row["pk"] for row in going], survivor_id)


def _locked(pointer: Pointer, rows: QuerySet[Any]) -> list[dict[str, Any]]:
    others = {name for names in pointer.others_in_place for name in names}
    plain = rows.select_for_update(of=("self",)).order_by("pk")
    return list(plain.values("pk", pointer.attribute, *others))


def _doubled(
    pointer: Pointer, type_key: str, survivor_id: int, found: list[dict[str, Any]]
) -> set[int]:
    """The rows for which the survivor, or a row before them, has one in the same place."""
    doubled: set[int] = set()
    for others in pointer.others_in_place:
        theirs = pointer.rows(type_key, [survivor_id]).values(*others, "pk")
        taken = {tuple(row[name] for name in others) for row in theirs}
        for row in found:
            place = tuple(row[name] for name in others)
            if place in taken:
                doubled.add(row["pk"])
            taken.add(place)
    return doubled


def _drop(pointer: Pointer, moved: Moved, ids: Collection[int]) -> None:
    if not ids:
        return
    rows = pointer.model._base_manager.filter(pk__in=ids)
    for row in rows.order_by("pk"):
        loser_id = getattr(row, pointer.attribute)
        moved.rows[loser_id].setdefault(pointer.label, []).append(_values(row))
    rows.delete()
    if issubclass(pointer.model, Record):
        announce(ChangeKind.ERASED, pointer.model, ids)


def _values(row: Any) -> dict[str, Any]:
    """As text, exact to the microsecond."""
    return {
        one.attname: None if getattr(row, one.attname) is None else one.value_to_string(row)
        for one in row._meta.concrete_fields
    }


def _point(pointer: Pointer, ids: list[int], to: Any) -> None:
    touched = (
        {"modified_at": current().at, "modified_by_id": current().actor.id}
        if issubclass(pointer.model, Record)
        else {}
    )
    rows = pointer.model._base_manager.filter(pk__in=ids)
    rows.update(**{pointer.attribute: to}, **touched)
    if issubclass(pointer.model, Record):
        announce(ChangeKind.CHANGED, pointer.model, ids, field_names(pointer.model, [pointer.name]))


def put_back_all(
    model: type[Record], *, survivor_id: int, keys: Mapping[int, Any], rows: Mapping[int, Any]
) -> None:
    """Gives the losers what was moved, as far as it still points to the survivor, and what went."""
    for pointer in pointers_to(registry.of(model)):
        mine = {
            loser: found[pointer.label] for loser, found in keys.items() if pointer.label in found
        }
        if mine:
            _put_back(pointer, model.type_key(), survivor_id, mine)
        gone = [one for found in rows.values() for one in found.get(pointer.label, ())]
        if gone:
            _bring_back(pointer, gone)


def _put_back(
    pointer: Pointer, type_key: str, survivor_id: int, mine: Mapping[int, list[int]]
) -> None:
    ids = [pk for found in mine.values() for pk in found]
    still = pointer.rows(type_key, [survivor_id]).filter(pk__in=ids)
    there = [row["pk"] for row in _locked(pointer, still)]
    whens = [When(pk__in=found, then=Value(loser)) for loser, found in mine.items()]
    if there:
        _point(pointer, there, Case(*whens, output_field=models.BigIntegerField()))


def _bring_back(pointer: Pointer, gone: Iterable[Mapping[str, Any]]) -> None:
    fields = {one.attname: one for one in pointer.model._meta.concrete_fields}
    made = [
        pointer.model(**{name: _from_json(fields[name], value) for name, value in row.items()})
        for row in gone
    ]
    pointer.model._base_manager.bulk_create(made, ignore_conflicts=True)
    if issubclass(pointer.model, Record):
        announce(ChangeKind.CREATED, pointer.model, [row.pk for row in made])


def _from_json(one: Any, value: Any) -> Any:
    if value is None:
        return None
    return (one.target_field if one.is_relation else one).to_python(value)
