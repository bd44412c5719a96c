from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm import labels
from crm.exchange.imports.targets import RecordTarget
from crm.frame.frame import Frame
from crm.registry.registry import registry
from crm.search.services import search

PLACES = 8


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
    """Pages and commands whose name or kind holds every word of the text, then records."""
    words = text.casefold().split()
    named = [
        {"title": label, "url": url, "note": note}
        for label, url, note in _places(Frame(request))
        if all(word in f"{note} {label}".casefold() for word in words)
    ]
    hits = [
        {"title": hit.title, "url": hit.url, "note": labels.singular(hit.type_key)}
        for group in groups
        for hit in group.hits
    ]
    return [*named[:PLACES], *hits]


def _places(frame: Frame) -> list[tuple[str, str, str]]:
    """What one can go to: (label, address, kind)."""
    creatable = [(entry.label, entry.url, _("New")) for entry in frame.creatable]
    mapped = [
        (entry.label, entry.url, group.label) for group in frame.groups for entry in group.entries
    ]
    areas = [(entry.label, entry.url, _("Work area")) for entry in frame.areas]
    importable = [
        (
            labels.plural(record_type.key),
            reverse("imports:new", args=[record_type.key]),
            _("Import"),
        )
        for record_type in registry
        if RecordTarget(record_type).may_import(frame.actor)
    ]
    own = [
        (_("Preferences"), reverse("preferences"), _("My account")),
        (_("Log out"), reverse("account_logout"), _("My account")),
    ]
    return [*mapped, *creatable, *areas, *own, *importable]
