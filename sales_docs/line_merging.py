"""Two people edited the lines of one document: both keep what they changed, field by field.

Every row of the form carries what it said when the page was made. A field the reader has not
touched takes the value it has now; one that both changed differently is a conflict, and so is a
line that one changed and the other removed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from sales_docs.entries import HeaderEntry, LineEntry

VALUES = tuple(each.name for each in fields(LineEntry) if each.name not in {"key", "id"})
REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class EditedLine:
    """A row as it comes back, and as it was when the page was made (None: a new row)."""

    entry: LineEntry
    was: LineEntry | None = None


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Both changed it. `field` is 'removed' where one side removed the line; `now` is the
    line as it stands, or None where it is gone."""

    key: str
    field: str
    was: LineEntry
    now: LineEntry | None


@dataclass(frozen=True, kw_only=True)
class MergedLines:
    entries: tuple[LineEntry, ...]
    conflicts: tuple[Conflict, ...]


def merge_lines(
    rows: Sequence[EditedLine], *, removed: Iterable[LineEntry], now: Sequence[LineEntry]
) -> MergedLines:
    """The lines as they shall be. `removed` are the rows the reader took out, as they were."""
    standing = {entry.id: entry for entry in now}
    taken_out = {entry.id: entry for entry in removed}
    entries: list[LineEntry] = []
    conflicts: list[Conflict] = []
    for row in rows:
        merged, found = _merge_row(row, standing.get(row.entry.id))
        entries += [merged] if merged else []
        conflicts += found
    kept = {entry.id for entry in entries}
    for entry in now:
        was = taken_out.get(entry.id)
        if was is not None and _values(was) != _values(entry):
            conflicts.append(Conflict(key=was.key, field=REMOVED, was=was, now=entry))
        elif was is None and entry.id not in kept:
            entries.append(entry)
    return MergedLines(entries=tuple(entries), conflicts=tuple(conflicts))


def _merge_row(row: EditedLine, now: LineEntry | None) -> tuple[LineEntry | None, list[Conflict]]:
    if row.was is None:
        return replace(row.entry, id=None), []
    if now is None:
        if _values(row.entry) == _values(row.was):
            return None, []
        return None, [Conflict(key=row.entry.key, field=REMOVED, was=row.was, now=None)]
    mine = {name for name in VALUES if getattr(row.entry, name) != getattr(row.was, name)}
    theirs = {name for name in VALUES if getattr(now, name) != getattr(row.was, name)}
    conflicts = [
        Conflict(key=row.entry.key, field=name, was=row.was, now=now)
        for name in sorted(mine & theirs)
        if getattr(row.entry, name) != getattr(now, name)
    ]
    values = {name: getattr(now, name) for name in theirs - mine}
    return replace(row.entry, **values), conflicts


def _values(entry: LineEntry) -> tuple[object, ...]:
    return tuple(getattr(entry, name) for name in VALUES)


def merge_header(mine: HeaderEntry, *, was: HeaderEntry, now: HeaderEntry) -> HeaderEntry:
    """The last word on a field counts: its effect is in plain sight in the totals."""
    changed = {
        each.name: getattr(mine, each.name)
        for each in fields(HeaderEntry)
        if getattr(mine, each.name) != getattr(was, each.name)
    }
    return replace(now, **changed)
