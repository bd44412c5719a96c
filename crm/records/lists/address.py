"""The address of a list: what it says, and the addresses of its neighbours."""

from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.conditions.errors import BadCondition
from crm.conditions.schema import Group, Tree, validate
from crm.models import SavedView
from crm.records.lists.filters.chips import Chip, chip, params_of_all
from crm.records.lists.filters.sets import filter_set, parameters
from crm.records.lists.lookups import key_of
from crm.records.lists.saved_views import views_of
from crm.records.lists.selection import BadSelection, Selection
from crm.records.lists.tables import BoundColumn, bound_columns
from crm.registry.declaration import Chart, NamedView, RecordType

OWN_PARAMETERS = frozenset(
    {"view", "q", "sort", "cols", "after", "before", "narrowed", "count", "panel"}
    | {"chart", "drawn", "preview"}
)
LISTS = ("sort", "cols")  # parameters that hold names separated by commas
PAGING = ("after", "before")
BESIDE = ("chart", "drawn")  # what stands beside the rows, whichever they are
PREVIEW = "preview"  # the row that is looked at
EVERY_COLUMN = "*"


class UnknownParameter(BadSelection):
    """The address asks for something this list does not know."""


@dataclass
class ListAddress:
    """What the query string of a list says to one actor; nothing is remembered anywhere else.

    Without a value in it the saved view's counts, then the type's own. The rows are those of
    `selection`.
    """

    actor: Actor
    record_type: RecordType
    query: QueryDict

    # Which view

    @cached_property
    def _views(self) -> tuple[list[SavedView], str]:
        return views_of(self.actor, self.record_type)

    @property
    def saved_views(self) -> list[SavedView]:
        """The reader's own views and those others share, by name."""
        return self._views[0]

    @property
    def pinned(self) -> str:
        """The view the reader wants to see first: 's12', 'mine', or '' for the type's own."""
        return self._views[1]

    @cached_property
    def view_key(self) -> str:
        """The view in force: 's12' for a saved one, or the key of a named one."""
        wanted = self.query.get("view", "")
        saved = {f"s{view.pk}" for view in self.saved_views}
        named = {view.key for view in self.record_type.views}
        if wanted and wanted not in saved | named:
            raise UnknownParameter(_("This view does not exist any more. Choose another one."))
        if wanted or self.pinned in saved | named:
            return wanted or self.pinned
        default = [view.key for view in self.record_type.views if view.is_default]
        return (default or [self.record_type.views[0].key])[0]

    @cached_property
    def saved(self) -> SavedView | None:
        return next((v for v in self.saved_views if f"s{v.pk}" == self.view_key), None)

    @cached_property
    def named(self) -> NamedView:
        """The view that ships with the type and the list is made from."""
        wanted = self.saved.conditions.get("base", "") if self.saved else self.view_key
        views = {view.key: view for view in self.record_type.views}
        return views.get(wanted, self.record_type.views[0])

    @property
    def title(self) -> str:
        if self.saved:
            return self.saved.name
        return labels.with_names(self.named.label, self.record_type.key)

    # What it is narrowed by

    @cached_property
    def is_as_saved(self) -> bool:
        """Whether the conditions are the saved view's own and not the address's."""
        known = parameters(self.record_type)
        is_narrowed = "narrowed" in self.query or any(name in known for name in self.query)
        return self.saved is not None and not is_narrowed

    @cached_property
    def asked(self) -> Tree:
        """What the filters in the address ask for. Raises UnknownParameter for what is none."""
        known = parameters(self.record_type)
        unknown = sorted(set(self.query) - OWN_PARAMETERS - set(known))
        if unknown:
            raise UnknownParameter(
                _("This list does not know the filter “%(name)s”.") % {"name": unknown[0][:80]}
            )
        if not known.keys() & self.query.keys():
            return {"all": []}
        made = filter_set(self.record_type, self.query, self.actor)
        if not made.form.is_valid():
            name, problems = next(iter(made.form.errors.items()))
            label = made.form.fields[name].label
            raise UnknownParameter(f"{label}: {problems[0]}")
        return made.tree

    @cached_property
    def where(self) -> Group:
        """The conditions in force beside the named view's own."""
        try:
            if self.saved and self.is_as_saved:
                return validate(self.record_type, self.saved.conditions.get("where", {"all": []}))
            return validate(self.record_type, self.asked)
        except BadCondition as error:
            raise UnknownParameter(str(error)) from error

    @cached_property
    def find(self) -> str:
        """The text of the quick find."""
        text = self.query.get("q", "")
        if self.saved and self.is_as_saved and "q" not in self.query:
            text = str(self.saved.conditions.get("q", ""))
        return text.strip()

    @cached_property
    def state(self) -> QueryDict:
        """The address that says everything: a saved view's conditions are written out."""
        state = self.query.copy()
        for name in (*PAGING, PREVIEW):
            state.pop(name, None)
        if not self.saved:
            return state
        if self.is_as_saved:
            for name, values in (params_of_all(self.record_type, self.where) or {}).items():
                state.setlist(name, values)
            if self.find:
                state["q"] = self.find
        state["narrowed"] = "1"
        state["view"] = self.view_key
        return state

    @cached_property
    def chips(self) -> list[Chip]:
        """The conditions in words, each with the address of the list without it."""
        parts = (self.where,) if self.where.is_any else self.where.parts
        return [chip(self.record_type, part, self.actor, self.state) for part in parts]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.find or self.where.parts)

    # Columns and order

    @cached_property
    def all_columns(self) -> tuple[BoundColumn, ...]:
        return bound_columns(self.record_type)

    @cached_property
    def columns(self) -> list[BoundColumn]:
        wanted = self._names("cols") or (list(self.saved.columns) if self.saved else [])
        if wanted == [EVERY_COLUMN]:
            return list(self.all_columns)
        known = {column.name: column for column in self.all_columns}
        if "cols" in self.query and not set(wanted) <= set(known):
            raise UnknownParameter(_("One of the columns asked for does not exist."))
        chosen = [known[name] for name in dict.fromkeys(wanted) if name in known]
        if not chosen:
            return [column for column in self.all_columns if column.column.is_default]
        title = self.all_columns[0]
        return [title, *(column for column in chosen if column is not title)]

    def _names(self, parameter: str) -> list[str]:
        """The names a parameter lists, given once with commas or several times."""
        given = ",".join(self.query.getlist(parameter)).split(",")
        return list(dict.fromkeys(name for name in given if name))

    @cached_property
    def sort_names(self) -> list[str]:
        given = self._names("sort")
        if given:
            return given
        stored = (self.saved and self.saved.sort) or self.named.sort
        return [name for name in stored.split(",") if name]

    @property
    def head_mark(self) -> tuple[object, ...]:
        """What the heads of the columns depend on, beside the reader, the labels and the type."""
        return (self.changed(), *self.sort_names, "", *(column.name for column in self.columns))

    @cached_property
    def chart(self) -> Chart | None:
        """The chart that stands beside the list, when the address asks for one."""
        wanted = self.query.get("chart", "")
        known = {chart.key: chart for chart in self.record_type.charts}
        if wanted and wanted not in known:
            raise UnknownParameter(_("This chart does not exist. Choose another one."))
        return known.get(wanted)

    # The rows

    @property
    def selection(self) -> Selection:
        """Raises BadSelection when anything in the address is not known, about rows or not."""
        self.check()
        return self._selection

    @cached_property
    def _selection(self) -> Selection:
        return Selection(
            actor=self.actor,
            record_type=self.record_type,
            view=self.named,
            where=self.where,
            find=self.find,
            sort=self.sort_names,
        )

    def check(self) -> None:
        """Raises BadSelection when anything in the address is not known."""
        for part in ("view_key", "asked", "where", "columns", "_selection", "chart"):
            getattr(self, part)

    # Addresses

    @property
    def is_first_page(self) -> bool:
        return not any(name in self.query for name in PAGING)

    def changed(self, **changes: str | None) -> str:
        """The query string of this list with some parameters changed; paging starts anew."""
        query = self.query.copy()
        for name in (*PAGING, *changes):
            query.pop(name, None)
        for name, value in changes.items():
            if value:
                query[name] = value
        return query.urlencode()

    @property
    def besides_find(self) -> list[tuple[str, str]]:
        """Everything of the address but the text of the quick find, for its form."""
        state = self.state if self.saved else self.query
        return [
            (name, value)
            for name, values in state.lists()
            if name not in (*PAGING, "q", "count")
            for value in values
        ]

    @property
    def elsewhere(self) -> str:
        """The query string that shows the same rows on the board, or back in the list."""
        query = self.state.copy()
        query["view"] = self.view_key
        return query.urlencode()

    @property
    def whole(self) -> str:
        """The query string of the list with every column there is."""
        return self.changed(cols=EVERY_COLUMN, preview=None)

    @property
    def rows_only(self) -> str:
        """The query string of the list whichever row is looked at."""
        return self.changed(preview=None)

    @property
    def preview_id(self) -> int | None:
        """The record shown beside the list, if its id can be one."""
        return key_of(self.query.get(PREVIEW, ""))

    @property
    def previewed(self) -> str:
        """The query string of this very page, ending where a record's id shows its preview."""
        query = self.query.copy()
        query.pop(PREVIEW, None)
        return f"{query.urlencode()}&preview=" if query else "preview="

    @property
    def unpreviewed(self) -> str:
        """The query string of this very page without a preview."""
        query = self.query.copy()
        query.pop(PREVIEW, None)
        return query.urlencode()

    @property
    def chart_toggle(self) -> str:
        """The query string of the list with the type's first chart, or without any."""
        if self.chart:
            return self.changed(chart=None, drawn=None, preview=None)
        return self.changed(chart=self.record_type.charts[0].key, preview=None)

    @property
    def beside(self) -> str:
        """What another view's address ends in so that the chart stays beside the list."""
        kept = QueryDict(mutable=True)
        for name in BESIDE:
            kept.setlist(name, self.query.getlist(name))
        return f"&{kept.urlencode()}" if kept.urlencode() else ""

    @property
    def counted(self) -> str:
        """The query string of this very page with all rows counted."""
        query = self.query.copy()
        query["count"] = "all"
        return query.urlencode()

    @property
    def bare(self) -> str:
        """The query string of the view without anything narrowing it."""
        query = QueryDict(mutable=True)
        for name in ("view", "sort", "cols", *BESIDE):
            query.setlist(name, self.query.getlist(name))
        if self.saved:
            query["view"], query["narrowed"] = self.view_key, "1"
        return query.urlencode()


def canonical(query: QueryDict) -> QueryDict:
    """The same address without what a form sends empty, and with lists in one parameter."""
    tidy = QueryDict(mutable=True)
    for name, values in query.lists():
        given = [value for value in values if value]
        if name in LISTS and len(given) > 1:
            given = [",".join(given)]
        if given:
            tidy.setlist(name, given)
    return tidy
