"""How a value is shown in a cell of a table or in a record's header, by the column's kind."""

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.access.actor import HIDDEN_RECORD, Actor
from crm.models import Record
from crm.models.levels import Privilege
from crm.records.lists.lateness import Show, watching
from crm.registry.declaration import RecordType
from crm.registry.links import record_url
from crm.ui import parts

if TYPE_CHECKING:
    from crm.records.lists.tables import BoundColumn

NOTHING = SafeString("")


def cell(column: "BoundColumn", row: Any, actor: Actor | None) -> SafeString | str:
    """The value of a row, shown. Who may not see a linked record is not told its name."""
    return shower(column, actor)(row)


def shower(column: "BoundColumn", actor: Actor | None) -> Show:
    """What shows the column's value of any row to the actor.

    It works out a value once, however many rows of the page have it, and so is good for one
    page only.
    """
    if column.column.template:
        part = compiled(column.column.template)
        draw = partial(_drawn, part, column)
        return _drawn_once(draw, column.column.reads) if column.column.reads else draw
    show = _by_kind(column, actor)
    deadline = column.column.deadline
    return watching(deadline, column.value, show) if deadline else show


def _drawn(part: Any, column: "BoundColumn", row: Any) -> SafeString:
    return part.render({"row": row, "column": column})  # type: ignore[no-any-return]


def _drawn_once(draw: Show, reads: tuple[str, ...]) -> Show:
    """Rows whose values are the same look the same."""
    values_of = attrgetter(*reads)
    known: dict[Any, SafeString | str] = {}

    def show_row(row: Any) -> SafeString | str:
        values = values_of(row)
        if values not in known:
            known[values] = draw(row)
        return known[values]

    return show_row


def _by_kind(column: "BoundColumn", actor: Actor | None) -> Show:
    if column.kind == "many":
        return partial(_shown, column, lambda _column, _row, value: _records(value, actor))
    if column.kind == "record":
        return _remembering(column, lambda _column, _row, value: _record(value, actor))
    if column.kind == "pill" and _is_status(column):
        return _drawn_once(partial(_shown, column, _pill), (column.path,))
    if column.kind in _BY_VALUE:
        return _remembering(column, _CELLS[column.kind])
    if column.kind in _CELLS:
        return partial(_shown, column, _CELLS[column.kind])
    return partial(_shown, column, lambda _column, _row, value: _plain(value, actor))


def _is_status(column: "BoundColumn") -> bool:
    status = column.record_type.status
    return status is not None and status.field == column.path


def _shown(column: "BoundColumn", show: "Cell", row: Any) -> SafeString | str:
    value = column.value(row)
    return NOTHING if value is None or value == "" else show(column, row, value)


def _remembering(column: "BoundColumn", show: "Cell") -> Show:
    """For kinds of which the value alone says what is shown; a linked row by its key, as rows
    take long to compare."""
    known: dict[Any, SafeString] = {}
    value_of = column.value

    def show_value(row: Any) -> SafeString | str:
        value = value_of(row)
        if value is None:
            return NOTHING
        key = (type(value), value.pk) if isinstance(value, Model) else value
        if key == "":
            return NOTHING
        shown = known.get(key)
        if shown is None:
            shown = known[key] = conditional_escape(show(column, row, value))
        return shown

    return show_value


@cache
def compiled(name: str) -> Any:
    return get_template(name)


def is_hidden(record: Any, actor: Actor | None) -> bool:
    """Whether the actor may not know of a record that another one links to."""
    if actor is None or not isinstance(record, Record):
        return False
    return not actor.allows(Privilege.READ, record)


def _records(value: Any, actor: Actor | None) -> SafeString:
    return format_html_join(", ", "{}", ((_record(one, actor),) for one in value.all()))


def _record(value: Any, actor: Actor | None) -> SafeString | str:
    if is_hidden(value, actor):
        return format_html('<span class="faint">{}</span>', HIDDEN_RECORD)
    if not isinstance(value, Record):
        return str(value)
    return format_html('<a href="{}">{}</a>', record_url(value), value)


def _plain(value: Any, actor: Actor | None) -> str:
    """As it is; a property may return a record where others return what was typed."""
    return str(value) if actor is None else actor.name_of(value)


def _person(_column: "BoundColumn", _row: Any, value: Any) -> SafeString:
    return format_html(
        '<span class="line">{}<span class="cut">{}</span></span>',
        parts.face(value.name),
        value.name,
    )


def _money(_column: "BoundColumn", row: Any, value: Any) -> str:
    return parts.amount(value, str(getattr(row, "currency_id", "") or ""))


def _choice(column: "BoundColumn", _row: Any, value: Any) -> str:
    return str(column.choices.get(value, value))


def _pill(column: "BoundColumn", row: Any, _value: Any) -> SafeString:
    return status_pill(column.record_type, row, bare=True)


def _stage(column: "BoundColumn", _row: Any, value: Any) -> SafeString:
    known = list(column.choices)
    quarter = 1 + known.index(value) * 3 // max(len(known) - 1, 1)
    return format_html(
        '<span class="stage">{}{}</span>', parts.icon(f"stage-{quarter}"), column.choices[value]
    )


def _percent(_column: "BoundColumn", _row: Any, value: Any) -> str:
    return f"{parts.number(value)} %"


def _bool(_column: "BoundColumn", _row: Any, value: Any) -> str:
    return _("Yes") if value else _("No")


def _email(_column: "BoundColumn", _row: Any, value: Any) -> SafeString:
    return format_html('<a href="mailto:{}">{}</a>', value, value)


def _web(_column: "BoundColumn", _row: Any, value: Any) -> SafeString:
    shown = value.removeprefix("https://").removeprefix("http://").rstrip("/")
    if not value.startswith(("https://", "http://")):
        return format_html("{}", value)
    return format_html(
        '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>', value, shown
    )


def _date(_column: "BoundColumn", _row: Any, value: Any) -> Any:
    return parts.moment(value) if isinstance(value, datetime) else parts.day(value)


def _number(_column: "BoundColumn", _row: Any, value: Any) -> str:
    return parts.number(value)


Cell = Callable[["BoundColumn", Any, Any], Any]
_CELLS: dict[str, Cell] = {
    "person": _person,
    "money": _money,
    "choice": _choice,
    "pill": _pill,
    "stage": _stage,
    "percent": _percent,
    "bool": _bool,
    "email": _email,
    "web": _web,
    "date": _date,
    "moment": _date,
    "number": _number,
}
# A pill shows the record's status and an amount has the row's currency.
_BY_VALUE = frozenset(_CELLS) - {"pill", "money"}


def status_pill(record_type: RecordType, row: Any, *, bare: bool = False) -> SafeString:
    """The record's status as shape and word."""
    status = record_type.status
    if status is None:
        return NOTHING
    value = getattr(row, status.field)
    choices = dict(row._meta.get_field(status.field).flatchoices)
    tone, shape = status.tones.get(value, ("", "circle"))
    return parts.pill(choices.get(value, value), f"{tone} bare" if bare else tone, shape)
