"""What a column of a file can be mapped to, and how its text becomes a value."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from crm.models import Record

Text = Any
NAMED_CHOICES = 12


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    MOMENT = "moment"
    FLAG = "flag"
    CHOICE = "choice"
    LINK = "link"


@dataclass(frozen=True, kw_only=True)
class ImportField:
    """One target of a column.

    `choices` are (value, label) pairs; `words` adds other spellings of choices. A link names
    the model it looks up, by title, number, external id or key. `make` creates what a link
    does not find (actor, text); without it an unknown name is an error of the row. A field
    with `put(record, value)` is no model field of its own: the function sets what it means.
    """

    name: str
    label: Text
    kind: Kind = Kind.TEXT
    is_required: bool = False
    link: type[models.Model] | None = None
    choices: tuple[tuple[Any, Text], ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    validators: tuple[Callable[[Any], None], ...] = ()
    max_length: int | None = None
    put: Callable[[Any, Any], None] | None = None
    make: Callable[[Any, str], Any] | None = None

    @cached_property
    def spellings(self) -> Mapping[str, Any]:
        """Value of a choice by how a file may write it; values win over labels over words."""
        known = {simplified(word): value for word, value in self.words.items()}
        known |= {simplified(str(label)): value for value, label in reversed(self.choices)}
        known |= {simplified(str(value)): value for value, _label in reversed(self.choices)}
        return known


def fields_of(model: type[Record], names: Iterable[str] = ()) -> dict[str, ImportField]:
    """The importable fields of a model: `names`, or every editable one."""
    chosen = set(names)
    found = {}
    for model_field in model._meta.concrete_fields:
        is_wanted = model_field.name in chosen if chosen else model_field.editable
        if is_wanted or model_field.name in {"external_id", "owner"}:
            described = _describe(model_field)
            if described:
                found[model_field.name] = described
    return found


_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (models.BooleanField, Kind.FLAG),
    (models.DateTimeField, Kind.MOMENT),
    (models.DateField, Kind.DATE),
    (models.DecimalField, Kind.DECIMAL),
    (models.IntegerField, Kind.INTEGER),
    (models.CharField, Kind.TEXT),
    (models.TextField, Kind.TEXT),
)


def _describe(model_field: Any) -> ImportField | None:
    described = ImportField(
        name=model_field.name,
        label=model_field.verbose_name,
        is_required=not model_field.blank and not model_field.has_default(),
        validators=tuple(model_field.validators),
        max_length=getattr(model_field, "max_length", None),
    )
    if isinstance(model_field, models.ForeignKey):
        target = model_field.related_model
        return replace(described, kind=Kind.LINK, link=target, validators=())
    if model_field.choices:
        return replace(described, kind=Kind.CHOICE, choices=tuple(model_field.flatchoices))
    for field_class, kind in _KINDS:
        if isinstance(model_field, field_class):
            is_required = described.is_required and kind is not Kind.FLAG
            return replace(described, kind=kind, is_required=is_required)
    return None


def simplified(text: str) -> str:
    """A heading or choice without accents, case and punctuation, for comparing."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "", plain)


def guess_mapping(columns: Iterable[str], fields: Mapping[str, ImportField]) -> dict[str, str]:
    """Column -> field name, for columns called like a field, its label or an alias."""
    known: dict[str, str] = {}
    for name, described in fields.items():
        for word in (*described.aliases, str(described.label), name):
            known.setdefault(simplified(word), name)
    guessed: dict[str, str] = {}
    for column in columns:
        name = known.get(simplified(column), "")
        if name and name not in guessed.values():
            guessed[column] = name
    return guessed


def parse(described: ImportField, text: str, *, day_first: bool = False) -> Any:
    """The value of a cell, links excepted. Empty text is None (or '' for text).

    Raises ValidationError with a sentence that says what was expected.
    """
    if text == "":
        return "" if described.kind is Kind.TEXT else None
    value = _PARSERS[described.kind](described, text, day_first)
    for validator in described.validators:
        validator(value)
    return value


def _text(described: ImportField, text: str, _day_first: bool) -> str:
    if described.max_length and len(text) > described.max_length:
        raise ValidationError(
            _("%(label)s takes at most %(limit)s characters; this has %(count)s.")
            % {"label": described.label, "limit": described.max_length, "count": len(text)}
        )
    return text


def _integer(described: ImportField, text: str, _day_first: bool) -> int:
    if text.isascii() and text.isdecimal():
        return int(text)
    value = _decimal(described, text, _day_first)
    if value != value.to_integral_value():
        raise ValidationError(_("“%(text)s” is not a whole number.") % {"text": text})
    return int(value)


def _decimal(_described: ImportField, text: str, _day_first: bool) -> Decimal:
    """Accepts 1234.5, 1,234.5, 1 234,5 and 1.234,5: the last mark is the decimal one."""
    digits = re.sub(r"[\s'’\u00a0\u202f€$£%]", "", text)
    if "," in digits and "." in digits:
        thousands = "," if digits.rfind(",") < digits.rfind(".") else "."
        digits = digits.replace(thousands, "")
    elif re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+", digits):
        digits = digits.replace(",", "")
    try:
        value = Decimal(digits.replace(",", "."))
    except InvalidOperation as error:
        raise ValidationError(_("“%(text)s” is not a number.") % {"text": text}) from error
    if not value.is_finite():
        raise ValidationError(_("“%(text)s” is not a number.") % {"text": text})
    return value


_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y")
_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")


_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _date(_described: ImportField, text: str, day_first: bool) -> date:
    if _ISO_DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # 2026-02-30: refused below, in our own words
    for form in (*_DATES, *(_DAY_FIRST if day_first else _MONTH_FIRST)):
        try:
            return datetime.strptime(text[:10] if form == _DATES[0] else text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValidationError(
        _("“%(text)s” is not a date. Write dates like 2026-11-22.") % {"text": text}
    )


def _moment(described: ImportField, text: str, day_first: bool) -> datetime:
    try:
        value = parse_datetime(text)
    except ValueError:
        value = None
    if value is None:
        day = _date(described, text, day_first)
        value = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (made aware below)
    return value if timezone.is_aware(value) else timezone.make_aware(value)


_YES = {"1", "true", "yes", "y", "oui", "vrai", "x"}
_NO = {"0", "false", "no", "n", "non", "faux"}


def _flag(_described: ImportField, text: str, _day_first: bool) -> bool:
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValidationError(_("“%(text)s” is neither yes nor no.") % {"text": text})


def _choice(described: ImportField, text: str, _day_first: bool) -> Any:
    wanted = simplified(text)
    if wanted in described.spellings:
        return described.spellings[wanted]
    if len(described.choices) > NAMED_CHOICES:
        raise ValidationError(_("“%(text)s” is not among the choices.") % {"text": text})
    raise ValidationError(
        _("“%(text)s” is not one of: %(choices)s.")
        % {"text": text, "choices": ", ".join(str(label) for _value, label in described.choices)}
    )


_PARSERS: dict[Kind, Callable[[ImportField, str, bool], Any]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
}
