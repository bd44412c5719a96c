"""The timeline of a record: what was done about it and about what belongs to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.journal.sentences import change_sentence, entry_sentence, links_in, read_by_people
from crm.models import Activity, FieldChange, File, JournalEntry, Principal, Record
from crm.models.levels import Privilege
from crm.records.history.values import PastValues
from crm.records.lists.titles import titles_of
from crm.registry.declaration import RecordType
from crm.registry.derived import derived
from crm.registry.links import action_url, record_url, url_of
from crm.registry.registry import registry
from crm.ui import parts

PAGE = 25
MOST_PLANNED = 50
LONGEST_BODY = 800  # characters; who wants more opens the activity
CHANGES = "changes"  # the kind of what is no activity
ICONS = {
    Activity.Kind.TASK: "square-check",
    Activity.Kind.CALL: "phone",
    Activity.Kind.APPOINTMENT: "calendar",
    Activity.Kind.EMAIL: "mail",
    Activity.Kind.NOTE: "sticky-note",
}
DONE = {
    Activity.Kind.TASK: gettext_lazy("finished a task"),
    Activity.Kind.CALL: gettext_lazy("called"),
    Activity.Kind.APPOINTMENT: gettext_lazy("held an appointment"),
    Activity.Kind.EMAIL: gettext_lazy("wrote to %(to)s"),
    Activity.Kind.NOTE: gettext_lazy("wrote a note"),
}
CANCELED = {
    Activity.Kind.TASK: gettext_lazy("canceled a task"),
    Activity.Kind.CALL: gettext_lazy("canceled a call"),
    Activity.Kind.APPOINTMENT: gettext_lazy("canceled an appointment"),
    Activity.Kind.EMAIL: gettext_lazy("canceled a mail"),
    Activity.Kind.NOTE: gettext_lazy("wrote a note"),
}
TOOK_CALL = gettext_lazy("took a call")
GOT_MAIL = gettext_lazy("got a mail")
WROTE_MAIL = gettext_lazy("wrote a mail")
# What comes first among things of the same moment.
ACTIVITY, ENTRY, CHANGE = 2, 1, 0


@dataclass(frozen=True)
class Cursor:
    """Where a page of the timeline ended."""

    at: datetime
    rank: int
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.rank}_{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        at, _cut, rest = text.partition("_")
        rank, _cut, pk = rest.partition("_")
        try:
            moment = parse_datetime(at)
            if moment is None or moment.tzinfo is None:
                return None
            return cls(moment, int(rank), int(pk))
        except ValueError:
            return None

    def older(self, rank: int, moment: str) -> Q:
        """The rows of a source that come after this place; `moment` is its time column."""
        earlier = Q(**{f"{moment}__lt": self.at})
        if rank > self.rank:
            return earlier
        tied = Q(**{moment: self.at})
        if rank == self.rank:
            tied &= Q(pk__lt=self.pk)
        return earlier | tied


@dataclass
class Entry:
    """One line of the timeline, whatever it comes from."""

    at: datetime
    rank: int
    pk: int
    icon: str
    who: str
    text: Any
    activity: Activity | None = None
    about: str = ""  # title of the record it belongs to, when that is another one
    about_url: str = ""
    files: list[File] = field(default_factory=list)
    may_open: bool = False
    may_change: bool = False

    @property
    def place(self) -> tuple[datetime, int, int]:
        return self.at, self.rank, self.pk

    @property
    def is_planned(self) -> bool:
        return bool(self.activity and not self.text)

    @property
    def says(self) -> str:
        """What stands after the name: 'wrote a note'; of planned work whose it is."""
        return _("for %(name)s") % {"name": self.who} if self.is_planned else str(self.text)

    @property
    def title(self) -> SafeString | str:
        """The activity's subject, as a link for those who may open it; notes have none."""
        work = self.activity
        if work is None or (work.kind == Activity.Kind.NOTE and not self.is_planned):
            return ""
        if not self.may_open:
            return work.subject
        return format_html('<a class="plain" href="{}">{}</a>', record_url(work), work.subject)

    @property
    def when(self) -> SafeString | str:
        if not (self.activity and self.is_planned):
            return parts.moment(self.at)
        due = self.activity.due_at
        if due is None:
            return format_html('<span class="push micro faint">{}</span>', _("No date"))
        return parts.overdue(due) if parts.is_past(due) else parts.moment(due)

    @property
    def body(self) -> str:
        text = self.activity.body if self.activity else ""
        return text if len(text) <= LONGEST_BODY else f"{text[: LONGEST_BODY - 1]}…"

    @property
    def is_cut(self) -> bool:
        return bool(self.may_open and self.activity and len(self.activity.body) > LONGEST_BODY)

    @property
    def complete_url(self) -> str:
        """Where the work is said to be done, for those who may say so."""
        work = self.activity
        is_to_do = work and self.may_change and work.state == Activity.State.OPEN
        return action_url(work, "complete") if work and is_to_do else ""


@dataclass
class Timeline:
    planned: list[Entry]
    earlier: list[Entry]
    older: str  # cursor to continue from, '' at the end


def timeline(
    actor: Actor, record: Record, *, kind: str = "", after: Cursor | None = None
) -> Timeline:
    """Planned work above, and a page of what happened, the latest first.

    Whoever may read the record reads what hangs on it; what hangs on records below it is
    left out where the actor may not read those.
    """
    planned, happened = _work(actor, record, kind, after)
    entries = [] if kind == CHANGES else _activity_entries(actor, record, [*planned, *happened])
    lines = entries[len(planned) :]
    if kind in ("", CHANGES):
        lines += _told_and_changed(actor, record, after)
    lines.sort(key=lambda entry: entry.place, reverse=True)
    shown = lines[:PAGE]
    more = str(Cursor(*shown[-1].place)) if len(lines) > PAGE else ""
    soonest = sorted(entries[: len(planned)], key=lambda entry: (entry.at, entry.pk))
    return Timeline(planned=soonest, earlier=shown, older=more)


def _work(
    actor: Actor, record: Record, kind: str, after: Cursor | None
) -> tuple[list[Activity], list[Activity]]:
    """The planned activities and a page of the others, of the record and of those below it.

    One query: a limited branch per type, so that each walks its index only as far as the page
    needs.
    """
    if kind == CHANGES:
        return [], []
    asked = {"type_key": record.type_key(), "kind": kind}
    if after is None:
        work = _latest_work(actor, record.pk, **asked)
    else:
        work = list(_rows_of_work(actor, record.pk, **asked, after=after))
    planned = [one for one in work if one.state == Activity.State.OPEN]
    return planned, [one for one in work if one.state != Activity.State.OPEN]


def _rows_of_work(
    actor: Actor, record_id: int, *, type_key: str, kind: str, after: Cursor | None = None
) -> QuerySet[Any]:
    first, *others = _branches(actor, record_id, type_key, kind, after)
    has_files = Exists(File.objects.filter(activity=OuterRef("pk"), deleted_at=None))
    found = Activity.objects.filter(pk__in=first.union(*others, all=True))
    found = found.annotate(has_files=has_files).select_related("owner").defer("search_text")
    return found.order_by("-happened_at", "-pk")


_latest_work = prepared(_rows_of_work)


def _branches(
    actor: Actor, record_id: int, type_key: str, kind: str, after: Cursor | None
) -> Iterator[QuerySet[Any]]:
    for source, of_these in _sources(actor, record_id, type_key):
        rows = Activity.objects.alive().filter(regarding_type=source, **of_these)
        rows = rows.filter(kind=kind) if kind else rows
        done = rows.exclude(state=Activity.State.OPEN)
        yield _branch(done.filter(after.older(ACTIVITY, "happened_at")) if after else done)
        if after is None:
            yield _branch(rows.planned(), MOST_PLANNED)


def _branch(rows: QuerySet[Any], count: int = PAGE + 1) -> QuerySet[Any]:
    return rows.order_by("-happened_at", "-id").values("pk")[:count]


def _sources(actor: Actor, record_id: int, type_key: str) -> Iterator[tuple[str, Any]]:
    """(type key, condition) of the record itself and of the visible ones that roll up to it."""
    yield type_key, {"regarding_id": record_id}
    for record_type, link in below(registry.get(type_key)):
        if actor.can(record_type.key, Privilege.READ):
            rows = record_type.model.objects.visible_to(actor).filter(**{link: record_id})
            yield record_type.key, {"regarding_id__in": rows.values("pk")}


@derived
def below(record_type: RecordType) -> tuple[tuple[RecordType, str], ...]:
    """(type, link) for every declared link whose target is of the type."""
    return tuple(
        (other, link)
        for other in registry
        for link in other.rolls_up_to
        if other.model._meta.get_field(link).related_model is record_type.model
    )


def _activity_entries(actor: Actor, record: Record, work: list[Activity]) -> list[Entry]:
    titles = _titles(actor, record, work)
    files = _files(work)
    return [
        Entry(
            at=one.happened_at,
            rank=ACTIVITY,
            pk=one.pk,
            icon=ICONS[Activity.Kind(one.kind)],
            who=one.owner.name,
            text=did(one),
            activity=one,
            files=files.get(one.pk, []),
            may_open=actor.allows(Privilege.READ, one),
            may_change=actor.allows(Privilege.WRITE, one),
            **titles.get((one.regarding_type, one.regarding_id), {}),
        )
        for one in work
    ]


def did(activity: Activity) -> str:
    """What its owner did, to stand after the name; '' while it is planned."""
    if activity.state == Activity.State.OPEN:
        return ""
    canceled = activity.state == Activity.State.CANCELED
    sentence = (CANCELED if canceled else DONE)[Activity.Kind(activity.kind)]
    if activity.kind == Activity.Kind.CALL and not canceled:
        sentence = TOOK_CALL if activity.is_incoming else sentence
        if activity.minutes:
            told = {"did": sentence, "minutes": activity.minutes}
            return _("%(did)s, %(minutes)s min") % told
    if activity.kind == Activity.Kind.EMAIL and not canceled and not activity.recipients:
        sentence = GOT_MAIL if activity.is_incoming else WROTE_MAIL
    return str(sentence) % {"to": ", ".join(activity.recipients[:2])}


def _titles(actor: Actor, record: Record, work: Iterable[Activity]) -> dict[Any, dict[str, str]]:
    """What the activities of other records are about."""
    wanted: dict[str, set[int]] = {}
    for one in work:
        if (one.regarding_type, one.regarding_id) != (record.type_key(), record.pk):
            wanted.setdefault(one.regarding_type, set()).add(one.regarding_id or 0)
    return {
        place: {"about": title, "about_url": url_of(*place)}
        for place, title in titles_of(actor, wanted).items()
    }


def _files(work: list[Activity]) -> dict[int | None, list[File]]:
    files: dict[int | None, list[File]] = {}
    with_files = [one.pk for one in work if one.has_files]
    if with_files:
        for file in File.objects.filter(activity__in=with_files, deleted_at=None).order_by("pk"):
            files.setdefault(file.activity_id, []).append(file)
    return files


def _told_and_changed(actor: Actor, record: Record, after: Cursor | None) -> list[Entry]:
    """What was done to the record itself, and the changed fields nobody speaks of; one query."""
    if after is None:
        rows = _latest_lines(actor, record.pk, type_key=record.type_key())
    else:
        rows = list(_rows_of_lines(actor, record.pk, type_key=record.type_key(), after=after))
    return list(_sentences(actor, record, rows))


def _rows_of_lines(
    _actor: Actor, record_id: int, *, type_key: str, after: Cursor | None = None
) -> QuerySet[Any]:
    here = {"record_type": type_key, "record_id": record_id}
    entries = JournalEntry.objects.filter(**here)
    changes = FieldChange.objects.filter(**here)
    if after:
        entries = entries.filter(after.older(ENTRY, "at"))
        changes = changes.filter(after.older(CHANGE, "at"))
    # A file on a note is shown with the note.
    entries = entries.exclude(verb="file_added", data__has_key="activity")
    told = JournalEntry.objects.filter(operation=OuterRef("operation"), **here)
    changes = changes.exclude(event=FieldChange.Event.DELETE).filter(~Exists(told))
    return _lines(entries, ENTRY, "verb", "data").union(
        _lines(changes, CHANGE, "event", "changes"), all=True
    )


_latest_lines = prepared(_rows_of_lines)


def _lines(rows: QuerySet[Any], rank: int, what: str, data: str) -> QuerySet[Any]:
    name = Principal.objects.filter(pk=OuterRef("actor_id")).values("name")[:1]
    told = rows.annotate(
        line_rank=Value(rank), line_who=Subquery(name), line_what=F(what), line_data=F(data)
    )
    columns = ("line_rank", "pk", "at", "line_who", "line_what", "line_data")
    return told.order_by("-at", "-id").values_list(*columns)[: PAGE + 1]


def _sentences(actor: Actor, record: Record, rows: list[Any]) -> Iterator[Entry]:
    past = PastValues(actor, record)
    changes = {
        pk: FieldChange(pk=pk, event=event, changes=changed)
        for rank, pk, _at, _who, event, changed in rows
        if rank == CHANGE
    }
    told = past.links_in(
        (column, value)
        for change in changes.values()
        for column, pair in read_by_people(past, change)
        for value in pair
    )
    meant = (link for rank, *_line, data in rows if rank != CHANGE for link in links_in(data))
    past.linked.load(chain(told, meant))
    for rank, pk, at, who, what, data in rows:
        if rank == CHANGE:
            text = change_sentence(past, changes[pk])
        else:
            text = entry_sentence(JournalEntry(verb=what, data=data), past.linked)
        if text:
            icon = "pencil" if rank == CHANGE else "history"
            yield Entry(at, rank, pk, icon, who or str(_("The system")), text)
