"""How a record type is declared. Everything else follows from these values.

The dataclasses hold names and small callables; what they name is checked at start by
`crm.records.checks`. Sentences hold no names of record types: those come from
`crm.labels`, because administrators change them.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from crm.models.levels import Privilege

if TYPE_CHECKING:
    from crm.access.actor import Actor
    from crm.models import Record

Text = Any  # a string or a lazy translation


class Feature(StrEnum):
    """What a record type takes part in; leave one out to switch it off."""

    TIMELINE = "timeline"
    FILES = "files"
    SHARING = "sharing"
    IMPORT = "import"
    EXPORT = "export"
    BULK = "bulk"
    QUICK_CREATE = "quick_create"
    SEARCH = "search"
    MERGE = "merge"


class Area(StrEnum):
    """A part of the site map."""

    SALES = "sales"
    SERVICE = "service"
    MARKETING = "marketing"


class Group(StrEnum):
    """A heading within an area; it also decides the standard roles' levels."""

    WORK = "work"
    CUSTOMERS = "customers"
    SALES = "sales"
    COLLATERAL = "collateral"
    SERVICE = "service"
    KNOWLEDGE = "knowledge"
    MARKETING = "marketing"


class ColumnKind(StrEnum):
    """How a value is drawn, aligned and exported; '' derives it from the model's field."""

    TEXT = "text"
    LINK = "link"  # the title, as a link to the record
    MONEY = "money"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    PILL = "pill"  # a choice with the tone and icon of the type's status
    STAGE = "stage"
    PERSON = "person"
    RECORD = "record"
    BOOL = "bool"
    EMAIL = "email"
    WEB = "web"
    MANY = "many"


class PanelPlace(StrEnum):
    """Where a panel stands on the record page."""

    TOP = "top"
    MAIN = "main"
    SIDE = "side"
    TAB = "tab"


class Tone(StrEnum):
    """What a colour says of a state; its icon and word say the same."""

    NEUTRAL = ""
    ACCENT = "accent"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Colour(StrEnum):
    """The colour of a type's icon: the class t-<colour> of the stylesheet."""

    ACCOUNT = "account"
    ACTIVITY = "activity"
    CAMPAIGN = "campaign"
    CASE = "case"
    CONTACT = "contact"
    LEAD = "lead"
    OPPORTUNITY = "opportunity"
    PRODUCT = "product"
    QUOTE = "quote"


# Whether two records can be one thing noted twice, only the type knows: it asks for merging.
STANDARD_FEATURES = frozenset(Feature) - {Feature.MERGE}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the type stands in the site map. `group` also decides the standard roles' levels."""

    area: Area
    group: Group
    order: int = 50


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A day that is late once it has passed, as long as `field` of the row has one of `values`.

    `word` says so to who can't see it ('overdue' without one); `missing` stands where there is
    no day though there should be one.
    """

    field: str
    values: frozenset[str]
    word: Text = ""
    missing: Text = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a list, of the export and of the look-up's note.

    `name` is a model field or a name of its own; `accessor` is the path read from the row
    ("account.name" follows links), `sort` the ORM paths that order it, separated by commas
    ("" = not sortable).
    `kind` decides the cell; it, `related` and `sort` are given only where the model's field says
    otherwise. Money is in the row's `currency`.

    `reads` are the fields a property or a template makes the cell of: of the rows of a list nothing
    else is fetched, and a template is drawn once for the same values.
    """

    name: str
    accessor: str = ""
    label: Text = None
    kind: ColumnKind | None = None
    sort: str | None = None
    related: tuple[str, ...] = ()  # select_related paths the accessor needs
    is_default: bool = True
    is_wide_only: bool = False  # hidden below 768 px
    template: str = ""
    reads: tuple[str, ...] = ()
    deadline: Deadline | None = None
    annotate: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class NamedView:
    """A list view that ships with the type. `select` narrows the visible rows."""

    key: str
    label: Text  # may hold %(plural)s
    select: Callable[[Any, "Actor"], Any]
    sort: str = "-modified_at"
    is_default: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """A group of fields, laid out alike on the form and on the record page."""

    key: str
    label: Text
    fields: tuple[str, ...]
    is_quick: bool = False
    is_form_only: bool = False  # what a panel of the record page shows in its own way


@dataclass(frozen=True, kw_only=True)
class Status:
    """The field that says where a record stands, with a tone and icon per value.

    `tones` maps a value to (tone, icon). `closed` are the values in which the record is read-only.
    """

    field: str
    tones: Mapping[str, tuple[Tone, str]] = dataclasses.field(default_factory=dict)
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of the record page: beside the timeline ('side'), or a tab of its own ('tab').

    The template draws the whole part, its heading included; what stands beside the timeline
    can extend `records/side_panel.html`. It sees `record`, `panel` and what `load` returned.
    `when(actor)` gives the rows without which the panel is left out, linked to the record by
    `OuterRef("pk")`: asked along with the record, so that what is empty costs no query. Where
    it should be shown empty all the same, `empty(actor, record)` returns that context.

    `load(actor, record)` returns the template's context (one dict) or None to leave the panel
    out. A tab's context is loaded only when the tab is open; its count by `count`.
    """

    key: str
    label: Text
    template: str
    load: Callable[["Actor", Any], Mapping[str, Any] | None]
    place: PanelPlace = PanelPlace.SIDE
    icon: str = "list"
    order: int = 50
    reads: str = ""  # type key the actor must be able to read at all
    when: Callable[["Actor"], QuerySet[Any] | None] | None = None
    empty: Callable[["Actor", Any], Mapping[str, Any] | None] | None = None
    count: Callable[["Actor", Any], int] | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """A verb of a record page, at `/<slug>/<id>/<key>/`.

    Either `service` + `form` (a generic dialog: the form's cleaned data are keyword arguments
    of the service, which gets actor, record_id and version as well), or `view`, the dotted
    path of a view `(request, record_type, record) -> response` that shows and does it all.
    `refusal(actor, record)` returns a sentence when the verb cannot be used now (the button
    is then disabled and says why), None when it can; where `states` and `is_shown` do not hold,
    or `is_offered_elsewhere` does, the command bar leaves the button out. On a
    POST the service alone decides, so that pressing twice answers the same. The dialog says what
    the service would do, by carrying it out in a transaction that is rolled back.
    """

    key: str
    label: Text
    icon: str
    privilege: Privilege = Privilege.WRITE
    service: str = ""
    form: str = ""
    view: str = ""
    is_primary: bool = False
    is_dangerous: bool = False
    states: tuple[str, ...] = ()  # values of `state` in which the command bar offers it; () = all
    is_shown: Callable[[Any], bool] | None = None
    is_offered_elsewhere: bool = False  # by a panel, a list or another page, not the command bar
    refusal: Callable[["Actor", Any], Text | None] | None = None
    done: Text = ""  # what the toast says
    order: int = 50
    works_on_many: bool = False
    is_get_only: bool = False  # a page or file, nothing is changed

    def is_offered(self, record: Any) -> bool:
        """Whether the command bar of this record has the verb."""
        if self.is_offered_elsewhere or (self.states and record.state not in self.states):
            return False
        return self.is_shown is None or self.is_shown(record)


@dataclass(frozen=True, kw_only=True)
class BoardColumn:
    """A column of the board."""

    value: str
    label: Text
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board of the type: cards in lanes by a field; moving a card calls `move`."""

    field: str
    lanes: Callable[[], Iterable[BoardColumn]]
    select: Callable[[Any, "Actor"], Any]
    move: str  # dotted path of a service (actor, record_id, version, value)
    card: str  # template of a card
    total: str = ""  # money field summed per lane
    related: tuple[str, ...] = ()
    decorate: Callable[["Actor", list[Any]], None] | None = None
    ask: str = ""  # key of the action that asks for what a lane needs; its form takes 'value'


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A picture of a list's rows: how many there are, or how much money, by one field.

    `by` is one of the type's filters, so that every mark leads to the rows behind it: a choice,
    a yes or no, a link, somebody, or a date (by week, month, quarter or year, as suits the span).
    `total` is the money field added up, apart for each currency; without it rows are counted.
    `only` are choices the rows must have, as parameters of the list: a filter each. `stacked_by`
    is a choice of at most four values, of which each mark then is made.
    """

    key: str
    by: str
    total: str = ""
    label: Text = None  # else 'Est. revenue by stage', in the names of the type and its fields
    measure: Text = None  # what is added up, where the name of the field says too little
    only: Mapping[str, str] = dataclasses.field(default_factory=dict)
    stacked_by: str = ""
    keeps_order: bool = False  # marks in the order of the choices, not the largest first


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the generic operations ask before they write. Each raises RuleViolation.

    `before_save(record, changes)` sees the changed record (also a new one, version 0) and may
    set derived fields; `changes` maps field -> old value. `before_delete(record)`.
    `after_save(operation, record, changes)` runs in the same transaction. `lock(record)` returns
    a sentence when the record can't be edited as it stands (a frozen document), else None;
    closed states of `Status` are read-only without it.
    """

    before_save: Callable[[Any, Mapping[str, Any]], None] | None = None
    after_save: Callable[[Any, Any, Mapping[str, Any]], None] | None = None
    before_delete: Callable[[Any], None] | None = None
    lock: Callable[[Any], Text | None] | None = None


@dataclass(frozen=True, kw_only=True)
class DuplicateKey:
    """Two records are likely the same when this holds. Shown as the reason."""

    fields: tuple[str, ...]
    reason: Text
    is_fuzzy: bool = False  # trigram similarity of the folded text instead of equality


@dataclass(frozen=True, kw_only=True)
class Merge:
    """What is special about merging records of a type that has the feature.

    `stricter` names flags that count for all as soon as one record has them, unless somebody
    chooses otherwise. `retire`, the dotted path of a function `(losers, survivor)`, says what
    becomes of the others; without it they go to the bin.
    """

    stricter: tuple[str, ...] = ()
    retire: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class RecordType:
    """The declaration of one record type, or what administrators made of it.

    The registry hands out another object for every version of the definitions.
    """

    model: "type[Record]"
    slug: str
    icon: str
    places: tuple[Place, ...]
    form: str  # dotted path of a RecordForm
    sections: tuple[Section, ...]
    columns: tuple[Column, ...]
    views: tuple[NamedView, ...]
    colour: Colour = Colour.ACTIVITY
    title: str = "name"
    number: str = ""
    subtitle: tuple[str, ...] = ()  # accessors shown under the title
    status: Status | None = None
    key_fields: tuple[Column, ...] = ()  # four to six, in the record's header
    filters: tuple[str, ...] = ()  # fields offered as filters; 'account__industry' follows links
    features: frozenset[Feature] = STANDARD_FEATURES
    create: str = ""  # dotted path of a service (actor, record_type, values) -> record
    actions: tuple[Action, ...] = ()
    panels: tuple[Panel, ...] = ()
    board: Board | None = None
    charts: tuple[Chart, ...] = ()
    rules: Rules = Rules()
    duplicates: tuple[DuplicateKey, ...] = ()
    merge: Merge = Merge()
    rolls_up_to: tuple[str, ...] = ()  # link fields whose target shows this one's timeline
    bulk_fields: tuple[str, ...] = ()  # fields offered in bulk edit
    import_fields: tuple[str, ...] = ()  # empty: what the form asks
    related: tuple[str, ...] = ()  # select_related of the record page

    # What `crm.registry.derived` made of these definitions; a type of other definitions has none.
    derived: dict[Any, Any] = dataclasses.field(default_factory=dict, init=False, repr=False)

    @property
    def key(self) -> str:
        return self.model.type_key()

    @property
    def group(self) -> str:
        """Decides the standard roles' levels."""
        return self.places[0].group

    @property
    def verbs_for_many(self) -> tuple[Action, ...]:
        return tuple(action for action in self.actions if action.works_on_many)

    def has(self, feature: Feature) -> bool:
        return feature in self.features
