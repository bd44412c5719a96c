"""Two people changed the same fields: what was, what they wrote, what you wrote."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from crm import labels
from crm.errors import StaleVersion
from crm.models import FieldChange
from crm.records.history.differences import marked
from crm.records.history.values import PastValues
from crm.records.running import number_of
from crm.records.services.concurrent_edits import original_values
from crm.registry.declaration import RecordType

THEIRS, YOURS = "theirs", "yours"


def chosen_values(request: HttpRequest, values: dict[str, Any]) -> dict[str, Any]:
    """What of a form to save: all of it, or after a conflict what its writer had changed and keeps.

    The conflict page sends the whole form again, so that it is checked like any other, names in
    `mine` the fields that were changed, and in `keep_<field>` whose value stays.
    """
    mine = request.POST.getlist("mine")
    if not mine:
        return values
    return {
        name: value
        for name, value in values.items()
        if name in mine and request.POST.get(f"keep_{name}", YOURS) == YOURS
    }


def conflict_page(
    request: HttpRequest, record_type: RecordType, record: Any, form: Any, conflict: StaleVersion
) -> HttpResponse:
    """Original, theirs and yours side by side. The page keeps everything that was typed."""
    now = record_type.model.objects.select_related("modified_by").get(pk=record.pk)
    seen = number_of(request.POST.get("version", "")) or 0
    rows = sides(request, now, conflict)
    sent = {name for name in form.fields if form.add_prefix(name) in form.data}
    context = {
        "type": record_type,
        "record": now,
        "rows": rows,
        "kept": [
            (name, value) for name in sent for value in form.data.getlist(form.add_prefix(name))
        ],
        "mine": [*conflict.yours, *conflict.merged],
        "my_merged": _named(record_type, conflict.merged),
        "their_merged": _named(record_type, _changed_by_them(now, seen, conflict)),
        "version": conflict.version,
        "their_name": who_changed(now, seen),
        "their_moment": now.modified_at,
        "subtitle": ngettext(
            "Nothing of yours is lost. Choose what stays for the field that both of you changed.",
            "Nothing of yours is lost. Choose what stays for the %(count)s fields that both of"
            " you changed.",
            len(rows),
        )
        % {"count": len(rows)},
    }
    return render(request, "records/conflict.html", context, status=409)


def conflict_context(
    request: HttpRequest, record: Any, seen: str, conflict: StaleVersion
) -> dict[str, Any]:
    """What a verb's dialog says of a conflict: who changed which fields, from what to what."""
    past = PastValues(request.actor, record)
    columns = {name: record._meta.get_field(name).column for name in conflict.original}
    past.load(
        (columns[name], side[name])
        for side in (conflict.original, conflict.theirs)
        for name in columns
    )
    shown = [name for name in columns if past.field(columns[name]) is not None]
    return {
        "conflict": conflict,
        "their_name": who_changed(record, number_of(seen) or 0),
        "their_changes": [
            {
                "label": labels.field_label(record.type_key(), name),
                "original": past.html(columns[name], conflict.original[name]),
                "theirs": past.html(columns[name], conflict.theirs[name]),
            }
            for name in shown
        ],
        "version": conflict.version,
    }


def sides(request: HttpRequest, record: Any, conflict: StaleVersion) -> list[dict[str, Any]]:
    """Of each field in conflict what was there, what they made of it, and what you did."""
    past = PastValues(request.actor, record)
    sides = (conflict.original, conflict.theirs, conflict.yours)
    columns = {name: record._meta.get_field(name).column for name in conflict.yours}
    past.load((columns[name], side[name]) for side in sides for name in columns)
    return [
        {
            "name": name,
            "label": labels.field_label(record.type_key(), name),
            **_shown(past, columns[name], *(side[name] for side in sides)),
        }
        for name in columns
    ]


def _shown(past: PastValues, column: str, original: Any, theirs: Any, yours: Any) -> dict[str, Any]:
    if isinstance(past.field(column), models.TextField):
        return {
            "original": original,
            "theirs": marked(str(original or ""), str(theirs or "")),
            "yours": marked(str(original or ""), str(yours or "")),
        }
    return {
        "original": past.html(column, original),
        "theirs": past.html(column, theirs),
        "yours": past.html(column, yours),
    }


def _changed_by_them(record: Any, seen: int, conflict: StaleVersion) -> list[str]:
    """What they changed and you did not: it stands already."""
    mine = {*conflict.yours, *conflict.merged}
    past = {field.column: field.name for field in record._meta.concrete_fields}
    changed = [past[column] for column in original_values(record, seen) if column in past]
    return [name for name in changed if name not in mine and record._meta.get_field(name).editable]


def who_changed(record: Any, seen: int) -> str:
    """Who wrote after you had opened the form; the last of them when they were several."""
    change = (
        FieldChange.objects.filter(
            record_type=record.type_key(), record_id=record.pk, version__gt=seen
        )
        .order_by("-id")
        .first()
    )
    if change is None or change.actor_id != record.modified_by_id or not record.modified_by:
        return ""
    return str(record.modified_by.name)


def _named(record_type: RecordType, names: Any) -> list[str]:
    return [labels.field_label(record_type.key, name) for name in names]
