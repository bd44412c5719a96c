"""The answers of look-ups while one types."""

from typing import Any

from django.db.models import Case, When
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from crm.errors import AccessDenied, NotVisible
from crm.models import Principal
from crm.models.levels import Privilege
from crm.records.lists.filters.kinds import people_words
from crm.records.lists.lookups import OFFERED, PRINCIPALS, called, choosable
from crm.records.lists.reach import latest_first
from crm.registry.declaration import RecordType
from crm.registry.registry import registry


def lookup(request: HttpRequest, key: str) -> JsonResponse:
    """Up to 20 choosable rows matching `q`, what is called exactly so first, then the latest.

    JSON {"results": [{value, text, note}]}; of one of the type's views where `view` names it.
    """
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    if key == PRINCIPALS:
        if not request.actor.may_list_people:
            raise AccessDenied(_("You have no role yet. An administrator can give you one."))
        words = _words(text) if "me" in request.GET else []
        people = _principals(text, are_all_asked="me" in request.GET)
        return JsonResponse({"results": [*words, *people]})
    if key not in registry:
        raise NotVisible
    request.actor.require_type(Privilege.READ, key)
    return JsonResponse({"results": _records(request, key, text)})


def _words(text: str) -> list[dict[str, Any]]:
    """'Me' and 'me or my teams', which a filter understands, as far as they hold the text."""
    return [
        {"value": value, "text": word, "note": ""}
        for value, word in people_words()
        if text.casefold() in word.casefold()
    ]


def _principals(text: str, *, are_all_asked: bool) -> list[dict[str, Any]]:
    """Users and teams; who was deactivated only where one looks for what they have."""
    is_called = Case(When(name__iexact=text, then=0), default=1)
    rows = Principal.objects.select_related("unit").order_by(is_called, "name__folded", "pk")
    if not are_all_asked:
        rows = rows.exclude(user__is_active=False)
    if text:
        rows = rows.filter(name__unaccent__icontains=text)
    return [{"value": row.pk, "text": row.name, "note": row.unit.name} for row in rows[:OFFERED]]


def _records(request: HttpRequest, key: str, text: str) -> list[dict[str, Any]]:
    record_type = registry.get(key)
    rows = _of_view(request, record_type, choosable(record_type.model, request.actor))
    found = list(called(rows, record_type, text).defer("search_text")[:OFFERED]) if text else []
    if len(found) < OFFERED:
        others = rows.matching(text).exclude(pk__in=[row.pk for row in found])
        latest = latest_first(others, request.actor, record_type).defer("search_text")
        found += latest[: OFFERED - len(found)]
    number = record_type.number
    return [
        {"value": row.pk, "text": str(row), "note": getattr(row, number) if number else ""}
        for row in found
    ]


def _of_view(request: HttpRequest, record_type: RecordType, rows: Any) -> Any:
    wanted = request.GET.get("view")
    if not wanted:
        return rows
    found = next((view for view in record_type.views if view.key == wanted), None)
    if found is None:
        raise NotVisible
    return found.select(rows, request.actor)
