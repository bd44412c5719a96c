"""Journal entries and field changes as sentences a person reads.

A sentence stands after the name of who did it: 'Ines Moreau' + 'moved this to the bin'.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from crm.access.actor import HIDDEN_RECORD
from crm.models import FieldChange, JournalEntry
from crm.records.history.values import LinkedRecords, PastValues, is_long, read_by_people
from crm.registry.registry import registry


def _merged(data: Any) -> str:
    """Without the names of the others: not everybody who reads this one may know them."""
    count = data.get("count", 1)
    told = ngettext("merged %(count)s other into this", "merged %(count)s others into this", count)
    return told % {"count": count}


Text = Any  # a string or a lazy translation
# May use the entry's data, or be a function of them where they need translating.
Sentence = Text | Callable[[Any], Text]

STANDARD_VERBS: dict[str, Sentence] = {
    "created": gettext_lazy("created this"),
    "assigned": gettext_lazy("assigned this to %(to)s"),
    "deleted": gettext_lazy("moved this to the bin"),
    "restored": gettext_lazy("took this out of the bin"),
    "erased": gettext_lazy("erased this for good"),
    "shared": gettext_lazy("shared this with %(to)s"),
    "unshared": gettext_lazy("stopped sharing this with %(to)s"),
    "file_added": gettext_lazy("added the file %(name)s"),
    "file_removed": gettext_lazy("removed the file %(name)s"),
    "undone": gettext_lazy("undid the last change"),
    "completed": gettext_lazy("marked this as done"),
    "canceled": pgettext_lazy("journal", "canceled this"),
    "reopened": gettext_lazy("opened this again"),
    "rescheduled": gettext_lazy("gave this another time"),
    "merged": _merged,
    "merged_away": gettext_lazy("merged this into another one"),
    "sent_again": gettext_lazy("had this sent again"),
}
SHOWN = 3
_verbs: dict[str, Sentence] = {}


def add_verbs(verbs: Mapping[str, Sentence]) -> None:
    _verbs.update(verbs)


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def entry_sentence(entry: JournalEntry, linked: LinkedRecords) -> str:
    """What somebody did: 'assigned this to Tom Albrecht'.

    `linked` has loaded the records of `links_in(entry.data)`; one that its reader may not see is
    `HIDDEN_RECORD` to the sentence.
    """
    sentence = _verbs.get(entry.verb)
    if sentence is None:
        return entry.verb.replace("_", " ")
    data = {name: _read(value, linked) for name, value in entry.data.items()}
    if callable(sentence):
        return str(sentence(data))
    return str(sentence) % _Blank(data)


def links_in(value: Any) -> Iterator[tuple[Any, int]]:
    """(model, key) of the records that the data of an entry refer to."""
    if _is_reference(value):
        yield registry.get(value["type"]).model, value["id"]
    elif isinstance(value, dict):
        for one in value.values():
            yield from links_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from links_in(one)


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"type", "id"}


def _read(value: Any, linked: LinkedRecords) -> Any:
    if isinstance(value, list):
        return [_read(one, linked) for one in value]
    if not _is_reference(value):
        return value
    record = linked.get(registry.get(value["type"]).model, value["id"])
    return HIDDEN_RECORD if record is None else str(record)


def change_sentence(past: PastValues, change: FieldChange) -> SafeString | str:
    """What somebody changed: 'changed Revenue from €5 to €7'; '' when nobody needs to read it.

    `past` has loaded the change's values.
    """
    if change.event == FieldChange.Event.INSERT:
        return str(STANDARD_VERBS["created"])
    parts: list[str] = [_part(past, column, pair) for column, pair in read_by_people(past, change)]
    if len(parts) > SHOWN:
        more = len(parts) - SHOWN
        rest = ngettext("changed %(count)s more field", "changed %(count)s more fields", more)
        parts = [*parts[:SHOWN], rest % {"count": more}]
    return format_html_join("; ", "{}", ((part,) for part in parts))


def _part(past: PastValues, column: str, pair: list[Any]) -> SafeString:
    field = past.field(column)
    named = {"field": past.label(column)}
    old, new = pair
    if is_long(field, old, new):
        return format_html("{}", _("changed %(field)s") % named)
    named |= {"old": past.html(column, old), "new": past.html(column, new)}
    sentence = _("changed %(field)s from %(old)s to %(new)s")
    if named["old"] == "":
        sentence = _("set %(field)s to %(new)s")
    elif named["new"] == "":
        sentence = _("removed %(old)s from %(field)s")
    return SafeString(
        conditional_escape(sentence)
        % {name: conditional_escape(value) for name, value in named.items()}
    )
