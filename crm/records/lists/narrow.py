"""Which columns a list keeps on a narrow screen: name, value, state, and a note below the name."""

from collections.abc import Sequence

from crm.records.lists.tables import BoundColumn

STATES = frozenset({"choice", "pill", "stage"})
NOTES = frozenset({"record", "email", "text"})
HIDDEN = "only-wide"


def narrow_places(columns: Sequence[BoundColumn]) -> dict[str, str]:
    """Column name -> the class of its cells. The first column is the name and has none."""
    free = [column for column in columns[1:] if not column.is_wide_only]
    places = {column.name: HIDDEN for column in columns[1:]}
    value = next((column for column in free if column.is_right), None)
    state = next((column for column in free if column.kind in STATES), None)
    note = next((column for column in free if column.kind in NOTES), None)
    for column, css in ((value, "n-value"), (state, "n-state"), (note, "n-note")):
        if column is not None:
            places[column.name] = css
    return places
