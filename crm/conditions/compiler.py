"""From a condition to a Q: what a query set is narrowed by.

Nobody learns by a condition what they may not read: where a path passes through a link, the
linked record counts only as far as the actor may see it, and as empty otherwise.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models import BooleanField, Func, Q

from crm.access.actor import Actor, Scope
from crm.conditions.fields import AskedField, Kind
from crm.conditions.periods import days_of
from crm.conditions.schema import ME, MY_TEAMS, Leaf, Node, Op
from crm.models.levels import Privilege
from crm.models.querysets import folded

NOTHING = Q(pk__in=())
OPPOSITES = {
    Op.EXCLUDES: Op.CONTAINS,
    Op.IS_NOT: Op.IS,
    Op.NONE_OF: Op.ANY_OF,
    Op.BLANK: Op.FILLED,
}


class IsNotTrue(Func):
    """False and unknown alike: SQL's NOT of a comparison with an empty value holds for no row."""

    template = "(%(expressions)s) IS NOT TRUE"
    output_field = BooleanField()
    conditional = True

    def as_sql(self, *args: Any, **words: Any) -> Any:
        try:
            return super().as_sql(*args, **words)
        except EmptyResultSet:
            raise FullResultSet from None


@dataclass(frozen=True)
class Reading:
    """Who asks, and when: the zone of `now` says where days begin."""

    actor: Actor
    now: datetime

    def days(self, period: str) -> tuple[date | None, date | None]:
        return days_of(period, self.now.date())

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.now.tzinfo)


def compile_node(node: Node, actor: Actor, now: datetime) -> Q:
    if now.tzinfo is None:
        raise ValueError("A condition is asked at a moment in somebody's zone.")
    return _node(node, Reading(actor, now))


def _node(node: Node, reading: Reading) -> Q:
    if isinstance(node, Leaf):
        return _leaf(node, reading)
    parts = [_node(part, reading) for part in node.parts]
    if not parts:
        return Q()
    return reduce(or_ if node.is_any else and_, parts)


def _leaf(leaf: Leaf, reading: Reading) -> Q:
    """A negative condition is the exact opposite of its positive one, empty values included."""
    positive = _positive(leaf, OPPOSITES.get(leaf.op, leaf.op), reading)
    for prefix, scope in passed(leaf.asked, reading.actor):
        positive &= reached(prefix, scope)
    return Q(IsNotTrue(positive)) if leaf.op in OPPOSITES else positive


def _positive(leaf: Leaf, op: Op, reading: Reading) -> Q:
    if leaf.asked.kind == Kind.MANY:
        return _many(leaf, op, reading.actor)
    if op == Op.FILLED:
        return _filled(leaf.asked)
    return _COMPARE[op](leaf, reading)


def passed(asked: AskedField, actor: Actor) -> Iterable[tuple[str, Scope]]:
    """The linked records whose content the condition would tell, with what the actor may see."""
    links = asked.links
    if asked.kind == Kind.RECORD:
        links = (*links, (asked.path, asked.field.related_model))
    for path, target in links:
        scope = actor.scope(target.type_key(), Privilege.READ)
        if not scope.is_everything:
            yield path, scope


def reached(prefix: str, scope: Scope) -> Q:
    """The rows whose record at the end of the path is within the scope."""
    found = NOTHING
    if scope.unit_ids:
        found |= Q(**{f"{prefix}__unit_id__in": sorted(scope.unit_ids)})
    if scope.owner_ids:
        found |= Q(**{f"{prefix}__owner_id__in": sorted(scope.owner_ids)})
    if scope.shared_ids:
        found |= Q(**{f"{prefix}__in": sorted(scope.shared_ids)})
    return found


def _filled(asked: AskedField) -> Q:
    if asked.has_empty_text:
        return Q(**{f"{asked.path}__gt": ""})
    return Q(**{f"{asked.path}__isnull": False})


def _many(leaf: Leaf, op: Op, actor: Actor) -> Q:
    """Through the table between, so that a row with two matches stays one row."""
    field = leaf.asked.field
    between = field.remote_field.through
    rows = between._default_manager.all()
    target = field.m2m_reverse_field_name()
    if op == Op.ANY_OF:
        rows = rows.filter(**{f"{target}__in": leaf.value})
    if hasattr(field.related_model, "type_key"):
        scope = actor.scope(field.related_model.type_key(), Privilege.READ)
        rows = rows if scope.is_everything else rows.filter(reached(target, scope))
    path = "__".join([*leaf.asked.path.split("__")[:-1], "pk"])
    return Q(**{f"{path}__in": rows.values(f"{field.m2m_field_name()}_id")})


def _text(lookup: str) -> Callable[[Leaf, Reading], Q]:
    def compare(leaf: Leaf, _reading: Reading) -> Q:
        path = leaf.asked.path
        return Q(**{f"{path}__folded{lookup}": leaf.value}) & _indexed(leaf.asked, leaf.value)

    return compare


def _indexed(asked: AskedField, text: str) -> Q:
    """The same again in the record's search text, when the field is part of it: it has an index."""
    model: Any = asked.owners[-1]
    names = [field.name for field in model._meta.fields]
    if "search_text" not in names:
        return Q()
    search_text = model._meta.get_field("search_text")
    parts = [part.name for part in search_text.expression.get_source_expressions()]
    if asked.field.name not in parts:
        return Q()
    prefix = asked.path.removesuffix(asked.field.name)
    return Q(**{f"{prefix}search_text__contains": folded(text)})


def _is(leaf: Leaf, reading: Reading) -> Q:
    if leaf.asked.kind == Kind.TEXT:
        return _text("")(leaf, reading)
    return Q(**{leaf.asked.path: leaf.value})


def _number(lookup: str) -> Callable[[Leaf, Reading], Q]:
    return lambda leaf, _reading: Q(**{f"{leaf.asked.path}__{lookup}": leaf.value})


def _between(leaf: Leaf, reading: Reading) -> Q:
    start, end = leaf.value.start, leaf.value.end
    if leaf.asked.kind == Kind.NUMBER:
        return _ends(leaf.asked.path, ("gte", start), ("lte", end))
    return _days(leaf, start, end + timedelta(days=1) if end else None, reading)


def _within(leaf: Leaf, reading: Reading) -> Q:
    return _days(leaf, *reading.days(leaf.value), reading)


def _days(leaf: Leaf, first: date | None, after: date | None, reading: Reading) -> Q:
    if leaf.asked.kind == Kind.MOMENT:
        ends = [day and reading.midnight(day) for day in (first, after)]
        return _ends(leaf.asked.path, ("gte", ends[0]), ("lt", ends[1]))
    return _ends(leaf.asked.path, ("gte", first), ("lt", after))


def _ends(path: str, *ends: tuple[str, Any]) -> Q:
    return Q(**{f"{path}__{way}": value for way, value in ends if value is not None})


def _any_of(leaf: Leaf, reading: Reading) -> Q:
    values: Iterable[Any] = leaf.value
    if leaf.asked.kind == Kind.PERSON:
        values = _people(leaf.value, reading.actor)
    return Q(**{f"{leaf.asked.path}__in": list(values)})


def _people(values: Iterable[Any], actor: Actor) -> list[int]:
    meant: set[int] = set()
    for value in values:
        if value == ME:
            meant |= {actor.id} if actor.id else set()
        elif value == MY_TEAMS:
            meant |= actor.principal_ids
        else:
            meant.add(value)
    return sorted(meant)


_COMPARE: Mapping[Op, Callable[[Leaf, Reading], Q]] = {
    Op.CONTAINS: _text("__contains"),
    Op.STARTS: _text("__startswith"),
    Op.IS: _is,
    Op.OVER: _number("gt"),
    Op.UNDER: _number("lt"),
    Op.BETWEEN: _between,
    Op.WITHIN: _within,
    Op.ANY_OF: _any_of,
}
