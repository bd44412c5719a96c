"""The rows of a list as HTML. One format is made for the page and filled in for every row:
a template that goes through four hundred cells takes longer than everything else together."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.records.lists.cells import shower
from crm.records.lists.tables import BoundColumn
from crm.registry.links import record_url

ROW = '<tr role="row" data-row{}>{}{}{}</tr>'
PICK = (
    '<td class="pick" role="cell"><span class="tick"><input class="form-check-input"'
    ' type="checkbox" name="ids" value="{}" aria-label="{} {}"></span></td>'
)
NAME = (
    '<th scope="row" role="rowheader" class="cut"><a href="{}" title="{}">{}</a>'
    '<a class="peek" href="?{}{}" title="{}"></a></th>'
)
CELL = '<td role="cell" class="{}">{}</td>'
FILLED_LATER = "{}"
MARKED = SafeString(' class="on"')


def rows_html(
    rows: Sequence[Any],
    columns: Sequence[BoundColumn],
    classes: Mapping[str, str],
    *,
    actor: Actor,
    has_picks: bool,
    previewed: str,
    marked: int | None = None,
) -> SafeString:
    """A table row for each record: its tick box, its name as a link, and its cells.

    `previewed` is the query string that shows a record beside the list, up to its id; the row of
    the one that is shown is `marked`.
    """
    others = columns[1:]
    pick = format_html(PICK, FILLED_LATER, _("Select"), FILLED_LATER) if has_picks else ""
    preview = _("Preview %(name)s") % {"name": FILLED_LATER}
    name = format_html(NAME, *[FILLED_LATER] * 3, previewed, FILLED_LATER, preview)
    cells = format_html_join("", CELL, ((classes[one.name], FILLED_LATER) for one in others))
    row_format = format_html(ROW, FILLED_LATER, pick, name, cells)
    shown = [shower(column, actor) for column in others]

    def values() -> Iterator[list[Any]]:
        for row in rows:
            title = escape(str(row))
            picked = [f"{row.pk}.{row.version}", title] if has_picks else []
            mark = MARKED if row.pk == marked else ""
            named = [record_url(row), title, title, row.pk, title]
            yield [mark, *picked, *named, *(_escaped(show(row)) for show in shown)]

    fill = str(row_format).format
    return SafeString("\n".join(fill(*filled) for filled in values()))


def _escaped(shown: SafeString | str) -> str:
    """A cell as HTML. Most are HTML already, and a page has four hundred."""
    if isinstance(shown, SafeString):
        return shown
    return escape(shown) if type(shown) is str else conditional_escape(shown)
