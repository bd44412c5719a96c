"""The chart beside a list, fetched once the list is there."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from crm.charts.beside import beside
from crm.models.levels import Privilege
from crm.records.lists.address import ListAddress, canonical
from crm.registry.declaration import RecordType
from crm.registry.links import list_url


def show_chart(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The drawn chart for htmx; the list with the chart drawn in it for whoever comes without."""
    request.actor.require_type(Privilege.READ, record_type.key)
    if not record_type.charts:
        raise Http404
    query = canonical(request.GET).copy()
    query.setdefault("chart", record_type.charts[0].key)
    address = ListAddress(actor=request.actor, record_type=record_type, query=query)
    address.check()
    if not request.htmx:
        query["drawn"] = "1"
        return redirect(f"{list_url(record_type.key)}?{query.urlencode()}")
    context: dict[str, Any] = {"listing": address, "type": record_type}
    response = render(request, "charts/_drawn.html", context | beside(address, is_drawn=True))
    patch_vary_headers(response, ["HX-Request"])
    return response
