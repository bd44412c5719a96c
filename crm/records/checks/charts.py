"""Charts go by what the list is filtered by, so that a mark leads to the rows behind it."""

from collections.abc import Iterator

from crm.conditions.fields import Kind, asked_field
from crm.records.checks.names import is_path
from crm.registry.declaration import Chart, RecordType

MOST_PARTS = 4  # as many steps as the colour of charts has
UNDRAWN = frozenset({Kind.TEXT, Kind.NUMBER, Kind.MANY})  # as many values as rows, or several each


def wrong_charts(record_type: RecordType) -> Iterator[str]:
    """A mark leads to the rows behind it, so a chart goes by what the list is filtered by."""
    for chart in record_type.charts:
        asked = asked_field(record_type.model, chart.by)
        currency = {"currency"} if chart.total else set()
        stacked = {chart.stacked_by} - {""}
        for name in {chart.by, *chart.only, *currency, *stacked} - set(record_type.filters):
            yield f"The chart '{chart.key}' of {record_type.key} needs the filter '{name}'."
        if asked is None or asked.kind in UNDRAWN:
            yield f"The chart '{chart.key}' can't go by '{chart.by}'."
        if stacked and not _can_be_stacked(record_type, chart):
            yield f"The chart '{chart.key}' can't be stacked by '{chart.stacked_by}'."
        if chart.total and not is_path(record_type.model, chart.total):
            yield f"The chart '{chart.key}' adds up '{chart.total}', which is no field."


def _can_be_stacked(record_type: RecordType, chart: Chart) -> bool:
    """By a choice of few values, and where the marks are few enough to be read whole."""
    by = asked_field(record_type.model, chart.by)
    part = asked_field(record_type.model, chart.stacked_by)
    if by is None or by.kind in (Kind.PERSON, Kind.RECORD) or part is None:
        return False
    return part.kind == Kind.CHOICE and not part.owners[1:] and len(part.choices) <= MOST_PARTS
