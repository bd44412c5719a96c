"""The fields conditions may ask about: a record's own, and those of records it links to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from crm.models import Principal, Record

LONGEST_PATH = 3  # a field of a linked record's linked record
NEVER_ASKED = frozenset({"search_text", "version"})


class Kind(StrEnum):
    """What sort of value a field holds; decides which operators it knows."""

    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    PERSON = "person"
    RECORD = "record"
    MANY = "many"
    OTHER = "other"


@dataclass(frozen=True)
class AskedField:
    """A field at the end of a path. `links` are the records passed on the way, by their paths.

    `owners` are the models whose fields the steps of the path are.
    """

    path: str
    field: Any
    kind: Kind
    links: tuple[tuple[str, type[Record]], ...] = ()
    owners: tuple[type[models.Model], ...] = ()

    @property
    def can_be_blank(self) -> bool:
        """Whether rows without a value can exist; through a link there always may be none."""
        if self.owners[1:] or self.kind == Kind.MANY:
            return True
        return bool(self.column.null or (self.column.blank and self.has_empty_text))

    @property
    def has_empty_text(self) -> bool:
        """Whether no value may also be written as an empty text."""
        return isinstance(self.column, models.CharField | models.TextField)

    @property
    def column(self) -> Any:
        """The field as its values are; a generated column is what it computes."""
        return _computed(self.field)

    @property
    def choices(self) -> dict[Any, Any]:
        return dict(self.column.flatchoices)


def asked_field(model: type[models.Model], path: str) -> AskedField | None:
    """The field a path leads to; None for what doesn't exist or is nobody's business.

    Paths pass through links to records and through a record's own parts (the place of a case in
    a queue), never through users, so that no condition can feel its way through other people's
    accounts.
    """
    steps = path.split("__")
    if len(steps) > LONGEST_PATH:
        return None
    links: list[tuple[str, type[Record]]] = []
    owners: list[Any] = [model]
    for position, step in enumerate(steps[:-1], start=1):
        target = _passed(owners[-1], step)
        if target is None:
            return None
        if issubclass(target, Record):
            links.append(("__".join(steps[:position]), target))
        owners.append(target)
    field = _own_field(owners[-1], steps[-1])
    kind = _kind_of(field)
    return AskedField(path, field, kind, tuple(links), tuple(owners)) if kind else None


def _passed(model: type[models.Model], step: str) -> Any:
    """The model behind a step of a path: a linked record, or a part that belongs to one row."""
    field = _field(model, step)
    if isinstance(field, models.ForeignKey):
        return field.related_model if issubclass(field.related_model, Record) else None
    if isinstance(field, models.OneToOneRel):
        is_part = not issubclass(field.related_model, Record | Principal)
        return field.related_model if is_part else None
    return None


def _own_field(model: type[models.Model], name: str) -> Any:
    field = None if name in NEVER_ASKED else _field(model, name)
    return field if field is not None and field.concrete else None


def _field(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


_KINDS: tuple[tuple[Any, Kind], ...] = (
    (models.BooleanField, Kind.YES_NO),
    (models.DateTimeField, Kind.MOMENT),
    (models.DateField, Kind.DAY),
    (models.IntegerField, Kind.NUMBER),
    (models.DecimalField, Kind.NUMBER),
    (models.CharField, Kind.TEXT),
    (models.TextField, Kind.TEXT),
)


def _kind_of(field: Any) -> Kind | None:
    if isinstance(field, models.ManyToManyField):
        return Kind.MANY
    if isinstance(field, models.ForeignKey):
        if field.related_model is Principal or issubclass(field.related_model, Principal):
            return Kind.PERSON
        return Kind.RECORD if issubclass(field.related_model, Record) else Kind.OTHER
    column = _computed(field)
    if getattr(column, "choices", None):
        return Kind.CHOICE
    return next((kind for known, kind in _KINDS if isinstance(column, known)), None)


def _computed(field: Any) -> Any:
    return field.output_field if isinstance(field, models.GeneratedField) else field
