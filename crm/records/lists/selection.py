"""Which records somebody looks at: a view, conditions, a quick find, and an order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.conditions.compiler import reached
from crm.conditions.schema import Group
from crm.errors import CrmError
from crm.models import Record
from crm.models.levels import Privilege
from crm.records.lists.filters.sets import narrow
from crm.records.lists.paging import Page, SortKey, annotated, count_up_to, paginate, sort, walk
from crm.records.lists.reach import reaches_few
from crm.records.lists.tables import BoundColumn, bound_columns, fetch_list, field_at, sort_keys
from crm.registry.declaration import NamedView, RecordType
from crm.registry.derived import derived

LONGEST_FIND = 200
MOST_SORTS = 3


class BadSelection(CrmError):
    """The type has no such order, or the text can't be searched for."""

    status = 400


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The records of a type that a view, conditions and a quick find leave to one actor.

    Lists, boards, charts, exports and bulk actions share it; it comes from an address
    (`ListAddress`) or from anywhere else. `where` is validated, which `validate` of the conditions
    does. `sort` names columns and fields, descending with a '-'; empty is the view's own order.
    Raises BadSelection when it is made.
    """

    actor: Actor
    record_type: RecordType
    view: NamedView
    where: Group
    find: str = ""
    sort: Sequence[str] = ()

    def __post_init__(self) -> None:
        if "\0" in self.find or len(self.find) > LONGEST_FIND:
            raise BadSelection(_("This text can't be searched for. Try fewer letters."))
        names = self.sort_names
        columns = {name.removeprefix("-") for name in names}
        if len(columns) < len(names) or len(names) > MOST_SORTS:
            raise BadSelection(_("The list can be sorted by three different columns."))
        for unknown in sorted(columns - sortable(self.record_type)):
            raise BadSelection(
                _("The list can't be sorted by “%(name)s”.") % {"name": unknown[:80]}
            )

    @property
    def sort_names(self) -> list[str]:
        return list(self.sort) or [name for name in self.view.sort.split(",") if name]

    @cached_property
    def keys(self) -> list[SortKey]:
        """The order; it ends in the primary key. A linked record the actor may not see is none."""
        model = self.record_type.model
        return [
            replace(key, readable=_readable(model, key.path, self.actor))
            for key in sort_keys(bound_columns(self.record_type), self.sort_names)
        ]

    @cached_property
    def rows(self) -> Any:
        """All of them, without order."""
        visible = self.record_type.model.objects.visible_to(self.actor)
        found = self.view.select(visible.filter(narrow(self.where, self.actor)), self.actor)
        return found.matching(self.find) if self.find else found

    @property
    def exportable(self) -> Any:
        """In order, as far as the actor may export them."""
        rows = annotated(self.rows.reachable_by(self.actor, Privilege.EXPORT), self.keys)
        return rows.order_by(*(key.expression(is_reversed=False) for key in self.keys))

    @cached_property
    def count(self) -> int:
        """How many; counted to the limit of `count_up_to`."""
        return count_up_to(self.rows)

    def page(
        self, columns: Sequence[BoundColumn], *, size: int, after: str = "", before: str = ""
    ) -> Page:
        """`size` rows with what the columns read, from a cursor on. Raises BadCursor."""

        def all_at_once(rows: Any, keys: Sequence[SortKey], count: int, is_reversed: bool) -> Any:
            return walk(fetch_list(rows, columns, keys), keys, count, is_reversed)

        def chosen_first(rows: Any, keys: Sequence[SortKey], count: int, is_reversed: bool) -> Any:
            """What the columns read is joined to the rows of the page only."""
            chosen = sort(rows.values("pk"), keys, count, is_reversed)
            found = self.record_type.model.objects.filter(pk__in=chosen)
            shown = annotated(found, keys)
            return walk(fetch_list(shown, columns, keys), keys, count, is_reversed)

        find = chosen_first if reaches_few(self.actor, self.record_type) else all_at_once
        return paginate(self.rows, self.keys, size=size, after=after, before=before, find=find)

    def row_of(self, record_id: int, columns: Sequence[BoundColumn]) -> list[Any]:
        """One record as a page has it, also when it is not selected any more; none if hidden."""
        rows = self.record_type.model.objects.visible_to(self.actor).filter(pk=record_id)
        return list(fetch_list(rows, columns, self.keys))


def _readable(model: Any, path: str, actor: Actor) -> Q | None:
    """The rows whose links on the way lead to what the actor may see; None where all do."""
    found, way = None, ""
    for step in path.split("__")[:-1]:
        way = f"{way}__{step}" if way else step
        target = getattr(field_at(model, way), "related_model", None)
        if isinstance(target, type) and issubclass(target, Record):
            scope = actor.scope(target.type_key(), Privilege.READ)
            if not scope.is_everything:
                found = reached(way, scope) & (found or Q())
    return found


@derived
def sortable(record_type: RecordType) -> frozenset[str]:
    """What one may sort by: columns, and what the type's own views are sorted by."""
    columns = {column.name for column in bound_columns(record_type) if column.sort_path}
    orders = [name for view in record_type.views for name in view.sort.split(",")]
    return frozenset(columns | {name.removeprefix("-") for name in orders} | {"modified_at"})
