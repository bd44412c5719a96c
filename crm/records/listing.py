"""What a list page shows: read from the address, nothing remembered anywhere else."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.access.levels import Privilege
from crm.errors import CrmError
from crm.models import SavedView
from crm.records.declaration import NamedView, RecordType
from crm.records.filters import RecordFilterSet, chips, filter_set_class, parameter_names
from crm.records.paging import Page, SortKey, count_up_to, paginate
from crm.records.tables import BoundColumn, bind, fetch, sort_keys

PAGE_SIZE = 50
OWN_PARAMETERS = {"view", "q", "sort", "cols", "after", "before", "panel"}


class UnknownParameter(CrmError):
    """The address asks for something this list does not know."""

    status = 400


@dataclass
class Listing:
    """The rows of one list page for one actor, and what its head says about them."""

    actor: Actor
    record_type: RecordType
    query: QueryDict
    size: int = PAGE_SIZE

    @cached_property
    def saved_views(self) -> list[SavedView]:
        mine = SavedView.objects.filter(record_type=self.record_type.key)
        return list(mine.filter(owner_id=self.actor.id) | mine.filter(is_shared=True))

    @cached_property
    def saved(self) -> SavedView | None:
        wanted = self.query.get("view", "")
        if wanted.startswith("s"):
            found = [view for view in self.saved_views if f"s{view.pk}" == wanted]
            if not found:
                raise UnknownParameter(_("This view does not exist any more. Choose another one."))
            return found[0]
        if wanted:
            return None
        return next(
            (v for v in self.saved_views if v.is_default and v.owner_id == self.actor.id), None
        )

    @cached_property
    def named(self) -> NamedView:
        views = {view.key: view for view in self.record_type.views}
        wanted = self.query.get("view", "")
        if self.saved:
            wanted = self.saved.conditions.get("view", "")
        elif wanted and wanted not in views:
            raise UnknownParameter(_("There is no such view. Choose one from the list."))
        default = next(
            (v for v in self.record_type.views if v.is_default), self.record_type.views[0]
        )
        return views.get(wanted, default)

    @property
    def title(self) -> str:
        if self.saved:
            return self.saved.name
        return labels.with_names(self.named.label, self.record_type.key)

    @cached_property
    def narrowing(self) -> QueryDict:
        """The filters in force: the saved view's, and on top of them the address's."""
        if not self.saved:
            return self.query
        stored = QueryDict(self.saved.conditions.get("query", ""), mutable=True)
        for name in self.query:
            stored.setlist(name, self.query.getlist(name))
        return stored

    @cached_property
    def filters(self) -> RecordFilterSet:
        rows = self.record_type.model.objects.visible_to(self.actor)
        made = filter_set_class(self.record_type)(self.narrowing, queryset=rows, actor=self.actor)
        unknown = set(self.query) - OWN_PARAMETERS - parameter_names(made)
        if unknown:
            raise UnknownParameter(
                _("This list does not know the filter “%(name)s”.") % {"name": sorted(unknown)[0]}
            )
        if not made.form.is_valid():
            name, problems = next(iter(made.form.errors.items()))
            raise UnknownParameter(f"{name}: {problems[0]}")
        return made

    @cached_property
    def all_columns(self) -> list[BoundColumn]:
        return bind(self.record_type, self.record_type.columns)

    @cached_property
    def columns(self) -> list[BoundColumn]:
        wanted = self.query.get("cols", "").split(",") if self.query.get("cols") else []
        if not wanted and self.saved:
            wanted = self.saved.columns
        known = {column.name: column for column in self.all_columns}
        if wanted and not set(wanted) <= set(known):
            raise UnknownParameter(_("One of the columns asked for does not exist."))
        if not wanted:
            return [column for column in self.all_columns if column.column.is_default]
        title = [self.all_columns[0].name] if self.all_columns[0].name not in wanted else []
        return [known[name] for name in (*title, *wanted)]

    @cached_property
    def sort_names(self) -> list[str]:
        given = self.query.get("sort") or (self.saved and self.saved.sort) or self.named.sort
        return [name for name in given.split(",") if name]

    @cached_property
    def keys(self) -> list[SortKey]:
        try:
            return sort_keys(self.all_columns, self.sort_names)
        except KeyError as error:
            raise UnknownParameter(
                _("The list can't be sorted by “%(name)s”.") % {"name": error.args[0]}
            ) from error

    def check(self) -> None:
        """Raises UnknownParameter when anything in the address is not known."""
        for part in ("filters", "columns", "keys", "named"):
            getattr(self, part)

    @cached_property
    def rows(self) -> Any:
        """Everything the view, the filters and the quick find leave, without order."""
        found = self.named.select(self.filters.qs, self.actor)
        text = self.narrowing.get("q", "").strip()
        return found.matching(text) if text else found

    def exportable(self) -> Any:
        """The same rows, as far as the actor may export them."""
        return self.rows.reachable_by(self.actor, Privilege.EXPORT)

    @cached_property
    def page(self) -> Page:
        rows = fetch(self.rows, self.columns, self._sort_links())
        return paginate(
            rows,
            self.keys,
            size=self.size,
            after=self.query.get("after", ""),
            before=self.query.get("before", ""),
        )

    def _sort_links(self) -> Iterable[str]:
        return {key.path.rpartition("__")[0] for key in self.keys if "__" in key.path}

    @cached_property
    def count(self) -> int:
        return count_up_to(self.rows)

    @cached_property
    def chips(self) -> Any:
        return chips(self.filters, self.narrowing)

    def address(self, **changes: str | None) -> str:
        """The query string of this list with some parameters changed; paging starts anew."""
        query = self.query.copy()
        for name in ("after", "before", *changes):
            query.pop(name, None)
        for name, value in changes.items():
            if value:
                query[name] = value
        return query.urlencode()
