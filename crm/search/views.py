from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm import labels
from crm.frame.frame import Frame
from crm.search.services import search


def search_everything(request: HttpRequest) -> HttpResponse:
    """Results by type; with `format=palette` as JSON for the command palette."""
    text = request.GET.get("q", "")
    found = search(request.actor, text)
    if request.GET.get("format") == "palette":
        groups = [*found.groups, *found.similar]
        return JsonResponse({"results": _palette(request, text, groups)})
    context = {"groups": found.groups, "similar": found.similar, "search_text": text.strip()}
    return render(request, "search/results.html", context)


def _palette(request: HttpRequest, text: str, groups: Any) -> list[dict[str, str]]:
    """Pages and commands whose name contains the text, then records."""
    frame, wanted = Frame(request), text.strip().casefold()
    places = [
        (entry.label, entry.url, group.label) for group in frame.groups for entry in group.entries
    ]
    places += [(entry.label, entry.url, _("New")) for entry in frame.creatable]
    named = [
        {"title": label, "url": url, "note": note}
        for label, url, note in places
        if wanted in label.casefold()
    ]
    hits = [
        {"title": hit.title, "url": hit.url, "note": labels.singular(hit.type_key)}
        for group in groups
        for hit in group.hits
    ]
    return [*named[:6], *hits]
