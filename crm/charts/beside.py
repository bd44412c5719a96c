"""What a list shows of its chart: the picture, or the place where it will stand."""

from typing import Any
from zlib import crc32

from django.urls import reverse

from crm.charts.figures import picture
from crm.charts.grouping import TooSlow
from crm.charts.words import title
from crm.records.lists.address import PREVIEW, ListAddress
from crm.registry.declaration import Chart


def beside(address: ListAddress, *, is_drawn: bool) -> dict[str, Any]:
    """The context of the chart's template; nothing where no chart is asked for.

    Drawing asks the database about every row of the view, so a list leaves it to a request of
    its own, unless its reader does without scripts.
    """
    chart = address.chart
    if chart is None:
        return {}
    query = address.state.copy()
    query.pop(PREVIEW, None)
    state = query.urlencode()
    found: dict[str, Any] = {
        "chart": chart,
        "chart_title": title(address.record_type, chart),
        "chart_id": f"chart-{crc32(state.encode()):x}",
        "chart_url": f"{reverse('charts:chart', args=[address.record_type])}?{state}",
        "charts": _others(address, chart),
    }
    return found | _drawn(address, chart) if is_drawn else found


def _drawn(address: ListAddress, chart: Chart) -> dict[str, Any]:
    try:
        return {"picture": picture(address.selection, chart, address.state)}
    except TooSlow:
        return {"is_too_slow": True}


def _others(address: ListAddress, chart: Chart) -> list[dict[str, Any]]:
    """Every chart of the type, with the address of the list that shows it."""
    return [
        {
            "title": title(address.record_type, one),
            "query": address.changed(chart=one.key, preview=None),
            "is_current": one is chart,
        }
        for one in address.record_type.charts
    ]
