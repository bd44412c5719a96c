"""The conditions of a list in words, and as the parameters of its address."""

from dataclasses import dataclass

from django.http import QueryDict

from crm.access.actor import Actor
from crm.conditions.schema import Group, Leaf, Node
from crm.conditions.words import say_node
from crm.records.lists.filters.kinds import Params
from crm.records.lists.filters.sets import all_filters
from crm.registry.declaration import RecordType


@dataclass(frozen=True)
class Chip:
    """One condition in force, in words, with the address of the list without it."""

    lead: str
    value: str
    query: str


def chip(record_type: RecordType, node: Node, actor: Actor, query: QueryDict) -> Chip:
    """One condition of the list; `query` is the state of the list with it."""
    said = say_node(record_type, node, actor)
    rest = query.copy()
    for param in (params_of(record_type, node) or ()) if isinstance(node, Leaf) else ():
        rest.pop(param, None)
        rest.pop(f"{param}__text", None)
    return Chip(said.lead, said.value, rest.urlencode())


def params_of(record_type: RecordType, leaf: Leaf) -> Params | None:
    """The parameters that say the condition in an address; None where none can."""
    known = all_filters(record_type)
    for name in (leaf.asked.path, f"{leaf.asked.path}_blank"):
        params = known[name].params(name, leaf) if name in known else None
        if params is not None:
            return params
    return None


def params_of_all(record_type: RecordType, group: Group) -> Params | None:
    """The parameters of conditions that all hold; None when an address can't say them."""
    found: Params = {}
    for part in group.parts:
        params = params_of(record_type, part) if isinstance(part, Leaf) else None
        if group.is_any or params is None or set(params) & set(found):
            return None
        found |= params
    return found
