"""What a run that goes on after a crash has to know of the rows that were written before it."""

from collections.abc import Iterator

from crm.exchange.imports.plan import Line, Planner, Source
from crm.models import ImportRow

Verdict = ImportRow.Verdict
GOOD = (Verdict.NEW, Verdict.UPDATE, Verdict.SAME)
READ_AT_ONCE = 2000


def recall(planner: Planner) -> list[int]:
    """Tells the planner which rows the file has had; returns the lines whose links still wait."""
    matching = planner.by_name.get(planner.match_on)
    themselves = [one for one in planner.sources if planner.links_to_itself(one)]
    waiting: list[int] = []
    for rows in _written(planner):
        if matching:
            planner.seen |= {_identity(planner, matching, row) for row, _key in rows} - {None}
        for source in themselves:
            waiting += _unlinked(planner, source, rows)
    return sorted(set(waiting))


def _written(planner: Planner) -> Iterator[list[tuple[Line, int]]]:
    line = 0
    done = planner.job.rows.filter(is_done=True, verdict__in=GOOD).order_by("line")
    while True:
        found = done.filter(line__gt=line)[:READ_AT_ONCE]
        rows = [
            (Line(*row[:-1]), row[-1]) for row in found.values_list(*Line.__slots__, "record_id")
        ]
        if not rows:
            return
        line = rows[-1][0].line
        yield rows


def _identity(planner: Planner, matching: Source, row: Line) -> object:
    text = matching.text(row.cells)
    return planner.identity_of(matching.value(text, day_first=planner.day_first))


def _unlinked(planner: Planner, source: Source, rows: list[tuple[Line, int]]) -> list[int]:
    """Lines that name another row of the file, while their record is linked to none."""
    naming = {key: row.line for row, key in rows if source.text(row.cells)}
    empty = {"pk__in": list(naming), f"{source.described.name}__isnull": True}
    keys = planner.target.model._default_manager.filter(**empty).values_list("pk", flat=True)
    return [naming[key] for key in keys]
