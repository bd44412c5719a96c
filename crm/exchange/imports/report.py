"""What the dry run found, grouped so that a person can act on it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from django.db import connection
from django.utils.translation import gettext as _
from rapidfuzz import process

from crm.access.actor import Actor
from crm.exchange.formulas import safe_cell
from crm.exchange.imports.fields import ImportField, Kind
from crm.exchange.imports.known import target_of
from crm.exchange.imports.plan import sources_of
from crm.exchange.imports.targets import choosable_titles
from crm.models import ImportJob, ImportRow

SIMILAR = 70


@dataclass(frozen=True)
class Finding:
    """The same problem in `count` rows; `suggestion` is what the value was probably meant to be."""

    column: str
    message: str
    value: str
    count: int
    first_line: int
    suggestion: str = ""
    can_be_mapped: bool = False


def findings(actor: Actor, job: ImportJob, limit: int = 50) -> list[Finding]:
    """Problems of the last check, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p ->> 'column', p ->> 'message', p ->> 'value', count(*), min(line)
            FROM crm_importrow, jsonb_array_elements(problems) AS p
            WHERE job_id = %s GROUP BY 1, 2, 3 ORDER BY 4 DESC, 5 LIMIT %s
            """,
            [job.pk, limit],
        )
        found = cursor.fetchall()
    mapped = {source.column: source.described for source in sources_of(job, target_of(job.target))}
    return [_finding(actor, mapped.get(row[0]), row) for row in found]


def _finding(
    actor: Actor, described: ImportField | None, row: tuple[str, str, str, int, int]
) -> Finding:
    column, message, value, count, line = row
    can_be_mapped = bool(described and value and described.kind in (Kind.LINK, Kind.CHOICE))
    suggestion = _suggest(actor, described, value) if described and can_be_mapped else ""
    return Finding(column, message, value, count, line, suggestion, can_be_mapped)


def _suggest(actor: Actor, described: ImportField, value: str) -> str:
    if described.kind is Kind.CHOICE:
        offered = [str(label) for _value, label in described.choices]
    else:
        offered = choosable_titles(actor, described, value)
    best = process.extractOne(value, offered, score_cutoff=SIMILAR) if offered else None
    return str(best[0]) if best else ""


def repair_file(job: ImportJob) -> Iterator[str]:
    """The rows that were left out, as CSV with the file's own columns and the reason."""
    yield _line([*job.columns, _("Problem")])
    left_out = job.rows.filter(verdict__in=[ImportRow.Verdict.ERROR, ImportRow.Verdict.DUPLICATE])
    for row in left_out.order_by("line").iterator(chunk_size=1000):
        yield _line([*row.cells, "; ".join(problem["message"] for problem in row.problems)])


def _line(cells: list[str]) -> str:
    text = StringIO()
    csv.writer(text).writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()
