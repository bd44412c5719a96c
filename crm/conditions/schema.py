"""What a condition looks like, and the reading of one that somebody else wrote.

A tree is JSON: `{"all": [...]}` and `{"any": [...]}` group conditions, and a condition is
`{"field": "account__industry", "op": "any_of", "value": ["energy"]}`. The operators `blank` and
`filled` take no value. What is read is checked against the model, so that what is compiled is
known to be sound.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from crm.conditions.errors import BadCondition
from crm.conditions.fields import AskedField, Kind, asked_field
from crm.conditions.periods import is_period
from crm.registry.declaration import RecordType

DEEPEST = 5
MOST_CONDITIONS = 60
MOST_VALUES = 500
LONGEST_TEXT = 200
LARGEST_NUMBER = Decimal(10) ** 18
LARGEST_KEY = 2**63 - 1
YEARS = range(1900, 2201)
ME, MY_TEAMS = "me", "teams"


class Op(StrEnum):
    CONTAINS = "contains"
    EXCLUDES = "excludes"
    STARTS = "starts"
    IS = "is"
    IS_NOT = "is_not"
    OVER = "over"
    UNDER = "under"
    BETWEEN = "between"
    WITHIN = "within"
    ANY_OF = "any_of"
    NONE_OF = "none_of"
    BLANK = "blank"
    FILLED = "filled"


ANY_KIND = (Op.BLANK, Op.FILLED)
SETS = (Op.ANY_OF, Op.NONE_OF)
KNOWN: Mapping[Kind, tuple[Op, ...]] = {
    Kind.TEXT: (Op.CONTAINS, Op.EXCLUDES, Op.STARTS, Op.IS, Op.IS_NOT),
    Kind.CHOICE: SETS,
    Kind.YES_NO: (Op.IS,),
    Kind.NUMBER: (Op.IS, Op.IS_NOT, Op.OVER, Op.UNDER, Op.BETWEEN),
    Kind.DAY: (Op.WITHIN, Op.BETWEEN),
    Kind.MOMENT: (Op.WITHIN, Op.BETWEEN),
    Kind.PERSON: SETS,
    Kind.RECORD: SETS,
    Kind.MANY: SETS,
    Kind.OTHER: SETS,
}


@dataclass(frozen=True)
class Range:
    """Two ends, both included; None is an open end."""

    start: Any = None
    end: Any = None


@dataclass(frozen=True)
class Leaf:
    """One condition, its value in the field's own type."""

    asked: AskedField
    op: Op
    value: Any = None


@dataclass(frozen=True)
class Group:
    """Conditions of which all hold, or any."""

    parts: tuple["Node", ...]
    is_any: bool = False


Node = Group | Leaf
Tree = Mapping[str, Any]


def validate(record_type: RecordType, tree: object) -> Group:
    """The tree, read and checked. Raises BadCondition, which says where it went wrong."""
    group = _Reader(record_type.model).node(tree, (), 1)
    return group if isinstance(group, Group) else Group((group,))


def leaves(node: Node) -> list[Leaf]:
    """Every condition of a tree, in the order in which they stand."""
    if isinstance(node, Leaf):
        return [node]
    return [leaf for part in node.parts for leaf in leaves(part)]


def stored(node: Node) -> dict[str, Any]:
    """The tree as JSON, the way `validate` reads it."""
    if isinstance(node, Group):
        return {"any" if node.is_any else "all": [stored(part) for part in node.parts]}
    tree: dict[str, Any] = {"field": node.asked.path, "op": node.op.value}
    return tree if node.op in ANY_KIND else {**tree, "value": _json(node.value)}


def _json(value: Any) -> Any:
    if isinstance(value, Range):
        ends = {"from": value.start, "to": value.end}
        return {name: _json(end) for name, end in ends.items() if end is not None}
    if isinstance(value, tuple):
        return [_json(one) for one in value]
    return str(value) if isinstance(value, Decimal | date) else value


Place = tuple[str | int, ...]


def _bad(message: object, place: Place) -> BadCondition:
    return BadCondition(message, place=".".join(str(step) for step in place))


class _Reader:
    """Reads one tree and counts its conditions."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.seen = 0

    def node(self, tree: object, place: Place, depth: int) -> Node:
        if not isinstance(tree, Mapping):
            raise _bad(_("A condition is missing here."), place)
        if depth > DEEPEST:
            raise _bad(_("The conditions are nested too deep."), place)
        if set(tree) == {"all"} or set(tree) == {"any"}:
            return self.group(tree, place, depth)
        if not {"field", "op"} <= set(tree) <= {"field", "op", "value"}:
            raise _bad(_("A condition names a field, an operator and a value."), place)
        self.seen += 1
        if self.seen > MOST_CONDITIONS:
            message = _("A view can't have more than %(count)s conditions.")
            raise _bad(message % {"count": MOST_CONDITIONS}, place)
        return self.leaf(tree, place)

    def group(self, tree: Tree, place: Place, depth: int) -> Group:
        name, parts = next(iter(tree.items()))
        if not isinstance(parts, Sequence) or isinstance(parts, str):
            raise _bad(_("A group holds a list of conditions."), (*place, name))
        if not parts and (name == "any" or depth > 1):
            raise _bad(_("A group needs at least one condition."), (*place, name))
        read = [self.node(part, (*place, name, i), depth + 1) for i, part in enumerate(parts)]
        return Group(tuple(read), is_any=name == "any")

    def leaf(self, tree: Tree, place: Place) -> Leaf:
        path = tree["field"]
        asked = asked_field(self.model, path) if isinstance(path, str) else None
        if asked is None:
            message = _("There is no field “%(name)s” to ask about.")
            raise _bad(message % {"name": str(path)[:80]}, (*place, "field"))
        op = tree["op"]
        if op in ANY_KIND:
            return Leaf(asked, Op(op))
        if op not in KNOWN[asked.kind]:
            message = _("This field can't be compared by “%(name)s”.")
            raise _bad(message % {"name": str(op)[:40]}, (*place, "op"))
        return Leaf(asked, Op(op), _value(asked, Op(op), tree.get("value"), (*place, "value")))


def _value(asked: AskedField, op: Op, value: object, place: Place) -> Any:
    read = _READERS[asked.kind]
    if op == Op.WITHIN:
        if not is_period(value):
            raise _bad(_("Choose one of the periods."), place)
        return value
    if op == Op.BETWEEN:
        return _range(asked, value, place, read)
    if op in SETS:
        return _set(asked, value, place, read)
    given = read(asked, value, place)
    return _whole(op, given, place) if isinstance(asked.column, models.IntegerField) else given


def _whole(op: Op, number: Decimal, place: Place) -> int:
    """What to compare whole numbers with: 'over 5.5' is 'over 5'."""
    if op == Op.OVER:
        return math.floor(number)
    if op == Op.UNDER:
        return math.ceil(number)
    if number != number.to_integral_value():
        raise _bad(_("Write a whole number."), place)
    return int(number)


Read = Callable[[AskedField, object, Place], Any]


def _range(asked: AskedField, value: object, place: Place, read: Read) -> Range:
    if not isinstance(value, Mapping) or not set(value) <= {"from", "to"}:
        raise _bad(_("A range has a start and an end."), place)
    ends = [
        None if value.get(name) in (None, "") else read(asked, value[name], (*place, name))
        for name in ("from", "to")
    ]
    if ends == [None, None]:
        raise _bad(_("A range needs a start or an end."), place)
    if isinstance(asked.column, models.IntegerField):
        start, end = ends
        return Range(
            None if start is None else math.ceil(start), None if end is None else math.floor(end)
        )
    return Range(*ends)


def _set(asked: AskedField, value: object, place: Place, read: Read) -> tuple[Any, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise _bad(_("Choose at least one value."), place)
    if len(value) > MOST_VALUES:
        raise _bad(_("These are too many values."), place)
    return tuple(dict.fromkeys(read(asked, one, (*place, i)) for i, one in enumerate(value)))


def _text(_asked: AskedField, value: object, place: Place) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise _bad(_("Write the text to compare with."), place)
    if len(value) > LONGEST_TEXT:
        raise _bad(_("This text is too long."), place)
    return value.strip()


def _choice(asked: AskedField, value: object, place: Place) -> Any:
    """The choice itself: an address knows the number 2 as the text '2'."""
    known = {str(key): key for key in asked.choices}
    if not isinstance(value, str | int) or str(value) not in known:
        raise _bad(_("Choose one of the values offered."), place)
    return known[str(value)]


def _yes_no(_asked: AskedField, value: object, place: Place) -> bool:
    if not isinstance(value, bool):
        raise _bad(_("Choose yes or no."), place)
    return value


def _number(asked: AskedField, value: object, place: Place) -> Decimal:
    try:
        number = Decimal(str(value)) if isinstance(value, str | int | float | Decimal) else None
    except InvalidOperation:
        number = None
    if number is None or isinstance(value, bool) or not number.is_finite():
        raise _bad(_("Write a number."), place)
    if abs(number) > LARGEST_NUMBER:
        raise _bad(_("This number is too large."), place)
    return number


def _day(_asked: AskedField, value: object, place: Place) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        raise _bad(_("Write a day."), place)
    if day.year not in YEARS:
        raise _bad(_("This day is too far away."), place)
    return day


def _key(_asked: AskedField, value: object, place: Place) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    is_digits = isinstance(value, str) and value.isascii() and value.isdecimal()
    key = int(str(value)) if is_number or (is_digits and len(str(value)) < LONGEST_TEXT) else 0
    if not 0 < key <= LARGEST_KEY:
        raise _bad(_("Choose one from the list."), place)
    return key


def _person(asked: AskedField, value: object, place: Place) -> Any:
    return value if value in (ME, MY_TEAMS) else _key(asked, value, place)


def _other(asked: AskedField, value: object, place: Place) -> Any:
    """The key of a row that is no record: a currency's code."""
    target = asked.field.target_field
    if not isinstance(value, str | int) or isinstance(value, bool) or "\0" in str(value):
        raise _bad(_("Choose one from the list."), place)
    try:
        return target.clean(value, None)
    except ValidationError as error:
        raise _bad(_("Choose one from the list."), place) from error


_READERS: Mapping[Kind, Read] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.NUMBER: _number,
    Kind.DAY: _day,
    Kind.MOMENT: _day,
    Kind.PERSON: _person,
    Kind.RECORD: _key,
    Kind.MANY: _key,
    Kind.OTHER: _other,
}
