"""A condition as people say it: 'Close date in the next 7 days', 'Stage is Propose or Close'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm import labels
from crm.access.actor import Actor
from crm.conditions.fields import AskedField, Kind, asked_field
from crm.conditions.periods import period_label
from crm.conditions.schema import ME, MY_TEAMS, Leaf, Node, Op, Range
from crm.labels.names import in_text
from crm.models import Principal, Record
from crm.registry.declaration import RecordType
from crm.ui import parts

MOST_NAMED = 3
HIDDEN = gettext_lazy("one you may not see")

_LEADS: Mapping[Op, Any] = {
    Op.CONTAINS: gettext_lazy("%(field)s contains"),
    Op.EXCLUDES: gettext_lazy("%(field)s does not contain"),
    Op.STARTS: gettext_lazy("%(field)s begins with"),
    Op.IS: gettext_lazy("%(field)s is"),
    Op.IS_NOT: gettext_lazy("%(field)s is not"),
    Op.OVER: gettext_lazy("%(field)s is over"),
    Op.UNDER: gettext_lazy("%(field)s is under"),
    Op.ANY_OF: gettext_lazy("%(field)s is"),
    Op.NONE_OF: gettext_lazy("%(field)s is not"),
}


@dataclass(frozen=True)
class Said:
    """A condition in words: what is asked about, and the part one looks for."""

    lead: str
    value: str

    def __str__(self) -> str:
        return f"{self.lead} {self.value}"


def path_label(record_type: RecordType, path: str) -> str:
    """'Industry', or for a field of a linked record 'Account: industry'."""
    asked = asked_field(record_type.model, path)
    if asked is None:
        return labels.field_label(record_type.key, path)
    steps = zip(asked.owners, path.split("__"), strict=True)
    first, *others = filter(None, (_step_label(owner, step) for owner, step in steps))
    return ": ".join([first, *(in_text(other) for other in others)])


def _step_label(owner: type[models.Model], step: str) -> str:
    """A part of a record is passed in silence: what counts is the field behind it."""
    if issubclass(owner, Record):
        field = owner._meta.get_field(step)
        return labels.field_label(owner.type_key(), step) if field.concrete else ""
    field = owner._meta.get_field(step)
    target = getattr(field, "related_model", None)
    if isinstance(target, type) and issubclass(target, Record):
        return labels.singular(target.type_key())
    return capfirst(str(getattr(field, "verbose_name", step)))


def say_node(record_type: RecordType, node: Node, actor: Actor) -> Said:
    """A condition, or a group of them in one sentence."""
    if isinstance(node, Leaf):
        return say(record_type, node, actor)
    parts = [str(say_node(record_type, part, actor)) for part in node.parts]
    joined = _("%(first)s or %(second)s") if node.is_any else _("%(first)s and %(second)s")
    return Said("", reduce(lambda one, two: joined % {"first": one, "second": two}, parts))


def say(record_type: RecordType, leaf: Leaf, actor: Actor) -> Said:
    label = path_label(record_type, leaf.asked.path)
    lead = _LEADS.get(leaf.op)
    return Said(str(lead) % {"field": label} if lead else label, _value(leaf, actor))


def _value(leaf: Leaf, actor: Actor) -> str:
    if leaf.op == Op.BLANK:
        return _("is empty")
    if leaf.op == Op.FILLED:
        return _("is filled in")
    if leaf.op == Op.WITHIN:
        return period_label(leaf.value)
    if leaf.op == Op.BETWEEN:
        return _range(leaf.value)
    if leaf.op in (Op.ANY_OF, Op.NONE_OF):
        return _listed(_names(leaf.asked, leaf.value, actor))
    return _single(leaf.value)


def _single(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return parts.day_text(value)
    if isinstance(value, int | Decimal):
        return parts.number(value)
    return f"“{value}”"


def _range(value: Range) -> str:
    start, end = value.start, value.end
    if end is None:
        return _("from %(start)s") % {"start": _single(start)}
    if start is None:
        return _("up to %(end)s") % {"end": _single(end)}
    if start == end:
        return _single(start)
    return _("from %(start)s to %(end)s") % {"start": _single(start), "end": _single(end)}


def _listed(names: Sequence[str]) -> str:
    """'A', 'A or B', 'A, B or C', 'A, B or 7 more'."""
    if len(names) == 1:
        return names[0]
    shown = names if len(names) <= MOST_NAMED else names[: MOST_NAMED - 1]
    left = len(names) - len(shown)
    if left:
        more = ngettext("%(count)s more", "%(count)s more", left) % {"count": left}
        shown = [*shown, more]
    return _("%(some)s or %(last)s") % {"some": ", ".join(shown[:-1]), "last": shown[-1]}


def _names(asked: AskedField, values: Sequence[Any], actor: Actor) -> list[str]:
    if asked.kind == Kind.CHOICE:
        return [str(asked.choices.get(value, value)) for value in values]
    if asked.kind == Kind.OTHER:
        return [str(value) for value in values]
    own = {ME: _("me"), MY_TEAMS: _("me or my teams")}
    found: Mapping[Any, Any] = _rows(asked, [v for v in values if v not in own], actor)
    return [own.get(value) or str(found.get(value, HIDDEN)) for value in values]


def _rows(asked: AskedField, keys: list[Any], actor: Actor) -> Mapping[Any, Any]:
    if not keys:
        return {}
    if asked.kind == Kind.PERSON:
        return Principal.objects.in_bulk(keys)
    found: Mapping[Any, Any] = asked.field.related_model.objects.visible_to(actor).in_bulk(keys)
    return found
