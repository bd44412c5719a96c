"""Journal entries and field changes as sentences a person reads."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm import labels
from crm.models import FieldChange, JournalEntry, Principal, Record
from crm.records.merging import from_history
from crm.templatetags import ui

# Apps add their verbs in `apps.py` with add_verbs.
VERBS: dict[str, Any] = {
    "created": gettext_lazy("created this"),
    "assigned": gettext_lazy("assigned this to %(to)s"),
    "deleted": gettext_lazy("moved this to the bin"),
    "restored": gettext_lazy("took this out of the bin"),
    "shared": gettext_lazy("shared this with %(to)s"),
    "unshared": gettext_lazy("stopped sharing this with %(to)s"),
    "file_added": gettext_lazy("added the file %(name)s"),
    "file_removed": gettext_lazy("removed the file %(name)s"),
    "undone": gettext_lazy("undid the last change"),
    "completed": gettext_lazy("marked this as done"),
    "canceled": pgettext_lazy("journal", "canceled this"),
    "reopened": gettext_lazy("opened this again"),
}
SHOWN = 3
HIDDEN = frozenset({"deleted_at", "unit_id", "happened_at", "modified_by_id"})


def add_verbs(verbs: dict[str, Any]) -> None:
    """Registers how an app's journal verbs read.

    A sentence may use the entry's data, or be a function of it where they need translating.
    """
    VERBS.update(verbs)


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def entry_sentence(entry: JournalEntry) -> str:
    """What somebody did, to stand after the name: 'assigned this to Tom Albrecht'."""
    sentence = VERBS.get(entry.verb)
    if sentence is None:
        return entry.verb.replace("_", " ")
    if callable(sentence):
        return str(sentence(entry.data))
    return str(sentence) % _Blank(entry.data)


def change_sentences(
    record: Record, changes: list[FieldChange]
) -> Iterator[tuple[FieldChange, str, str]]:
    """(change, who, 'Revenue: 5 → 7; ...') for changes no journal entry speaks of."""
    people = dict(
        Principal.objects.filter(pk__in={c.actor_id for c in changes if c.actor_id}).values_list(
            "pk", "name"
        )
        if changes
        else ()
    )
    for change in changes:
        parts = [text for text in (_part(record, c, p) for c, p in change.changes.items()) if text]
        if parts:
            more = _(" and %(count)s more") % {"count": len(parts) - SHOWN} if parts[SHOWN:] else ""
            yield change, people.get(change.actor_id, ""), "; ".join(parts[:SHOWN]) + more


def _part(record: Any, column: str, pair: list[Any]) -> str:
    field = next((f for f in record._meta.concrete_fields if f.column == column), None)
    if field is None or column in HIDDEN:
        return ""
    label = labels.field_label(record.type_key(), field.name)
    if isinstance(field, models.ForeignKey | models.TextField):
        return _("%(field)s changed") % {"field": label}
    old, new = (said(field, from_history(record, column, value)) for value in pair)
    return _("%(field)s changed from %(old)s to %(new)s") % {
        "field": label,
        "old": old or _("nothing"),
        "new": new or _("nothing"),
    }


def said(field: Any, value: Any) -> str:
    """A field's value as people read it."""
    if value in (None, ""):
        return ""
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        return ui.said_moment(timezone.localtime(value))
    if isinstance(value, date):
        return ui.day_text(value)
    return ui.number(value) if _is_number(value) else _word(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
