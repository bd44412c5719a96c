"""What importing a chunk of rows would do: a verdict per row, decided without writing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import CrmError
from crm.models import ImportJob, ImportRow
from crm.records.imports.fields import ImportField, parse
from crm.records.imports.targets import Target, find_links, folded, is_link

Verdict = ImportRow.Verdict


@dataclass
class Plan:
    """The verdict on one row; `record` is the changed or new object, `changes` its old values."""

    row: ImportRow
    verdict: Verdict = Verdict.WAITING
    problems: list[dict[str, str]] = field(default_factory=list)
    record: Any = None
    changes: dict[str, Any] = field(default_factory=dict)
    is_deferred: bool = False  # links to a row of the same file that does not exist yet

    def refuse(self, column: str, message: object, value: str = "") -> None:
        self.verdict = Verdict.ERROR
        self.problems.append({"column": column, "message": str(message), "value": value})


@dataclass(frozen=True)
class Source:
    """A mapped column: its place in the row, its target field, and replaced values."""

    column: str
    index: int
    described: ImportField
    values: Mapping[str, str]

    def text(self, row: ImportRow) -> str:
        text = row.cells[self.index]
        return self.values.get(text, text)


class Planner:
    """Plans rows of one job, chunk by chunk, remembering which identities it has seen."""

    def __init__(self, *, actor: Actor, job: ImportJob, target: Target, is_dry: bool) -> None:
        self.actor, self.job, self.target, self.is_dry = actor, job, target, is_dry
        self.sources = sources_of(job, target)
        self.by_name = {source.described.name: source for source in self.sources}
        self.day_first = bool(job.options.get("day_first"))
        self.match_on = match_field(job, target)
        self.seen: set[Any] = set()
        self.made: dict[tuple[str, str], Any] = {}
        self._blank = target.blank(actor)

    def plan(self, rows: Iterable[ImportRow]) -> list[Plan]:
        rows = list(rows)
        links = {source.column: self._links(source, rows) for source in self.sources_of_links()}
        parsed = [self._parse(Plan(row), links) for row in rows]
        existing = self._existing([values for _plan, values in parsed])
        for plan, values in parsed:
            if plan.verdict is not Verdict.ERROR:
                self._decide(plan, values, existing)
        return [plan for plan, _values in parsed]

    def sources_of_links(self) -> list[Source]:
        return [source for source in self.sources if is_link(source.described)]

    def _links(self, source: Source, rows: list[ImportRow]) -> dict[str, Any]:
        texts = {source.text(row) for row in rows} - {""}
        return find_links(self.actor, source.described, texts)

    def _parse(self, plan: Plan, links: Mapping[str, Any]) -> tuple[Plan, dict[str, Any]]:
        values: dict[str, Any] = {}
        for source in self.sources:
            text = source.text(plan.row)
            try:
                if is_link(source.described):
                    value = self._link(plan, source, text, links[source.column])
                else:
                    value = parse(source.described, text, day_first=self.day_first)
                if source.described.is_required and value in (None, ""):
                    raise ValidationError(_("A value is needed here."))
                values[source.described.name] = value
            except ValidationError as error:
                plan.refuse(source.column, " ".join(error.messages), text)
        return plan, values

    def _link(self, plan: Plan, source: Source, text: str, found: Mapping[str, Any]) -> Any:
        if text == "":
            return None
        wanted = folded(text)
        row = found.get(wanted) or self.made.get((source.column, wanted))
        if row is not None:
            return row
        if source.described.make:
            if self.is_dry:
                return None
            row = self.made[source.column, wanted] = source.described.make(self.actor, text)
            return row
        if self._comes_in_this_file(source, wanted):
            plan.is_deferred = True
            return None
        raise ValidationError(_("There is no “%(text)s”, or you may not see it.") % {"text": text})

    def _comes_in_this_file(self, source: Source, wanted: str) -> bool:
        if source.described.link is not type(self._blank):
            return False
        return wanted in self._titles_of_file

    @property
    def _titles_of_file(self) -> set[str]:
        known: set[str] | None = self.__dict__.get("_titles")
        if known is None:
            source = self.by_name.get(self.match_on)
            cells = self.job.rows.values_list("cells", flat=True).iterator(chunk_size=5000)
            known = {folded(row[source.index]) for row in cells} if source else set()
            self.__dict__["_titles"] = known
        return known

    def _existing(self, rows: list[dict[str, Any]]) -> dict[Any, Any]:
        if not self.match_on:
            return {}
        return self.target.existing(
            self.actor, self.match_on, [values.get(self.match_on) for values in rows]
        )

    def _decide(self, plan: Plan, values: dict[str, Any], existing: Mapping[Any, Any]) -> None:
        identity = folded(values.get(self.match_on)) if self.match_on else None
        if identity:
            if identity in self.seen and not plan.row.is_done:
                plan.verdict = Verdict.DUPLICATE
                plan.problems.append(
                    {
                        "column": self.by_name[self.match_on].column,
                        "message": _("The file holds this one more than once; the first counts."),
                        "value": str(values[self.match_on]),
                    }
                )
                return
            self.seen.add(identity)
        plan.record = existing.get(identity) if identity else None
        if plan.record is None:
            self._decide_new(plan, values)
        else:
            self._decide_update(plan, values)

    def _decide_new(self, plan: Plan, values: dict[str, Any]) -> None:
        plan.record = self.target.blank(self.actor)
        missing = [
            described
            for name, described in self.target.fields.items()
            if described.is_required and name not in values and name != "owner"
        ]
        put_values(plan.record, values, self.target.fields)
        plan.verdict = Verdict.NEW
        self._check(plan)
        for described in missing:
            if plan.verdict is Verdict.NEW and _is_blank(plan.record, described.name):
                plan.refuse("", _("No column gives “%(field)s”.") % {"field": described.label})

    def _decide_update(self, plan: Plan, values: dict[str, Any]) -> None:
        plan.changes = put_values(plan.record, values, self.target.fields)
        if not plan.changes:
            plan.verdict = Verdict.SAME
            return
        if not self.target.may_change(self.actor, plan.record):
            plan.refuse("", _("You may not change this one."))
            return
        plan.verdict = Verdict.UPDATE
        self._check(plan)

    def _check(self, plan: Plan) -> None:
        try:
            self.target.check(plan.record, plan.changes)
        except CrmError as error:
            for name, message in (error.fields or {"": error.message}).items():
                source = self.by_name.get(name)
                plan.refuse(source.column if source else "", message)


def _is_blank(record: Any, name: str) -> bool:
    """Whether a field has no value; a link is judged by its id, so that nothing is fetched."""
    names = {field_.name: field_.attname for field_ in record._meta.concrete_fields}
    return getattr(record, names.get(name, name), "") in (None, "")


def put_values(
    record: Any, values: Mapping[str, Any], fields: Mapping[str, ImportField]
) -> dict[str, Any]:
    """Sets the values that differ; returns attribute -> old value.

    An empty cell changes nothing of a record that exists: files are rarely complete.
    """
    before = {
        f.attname: getattr(record, f.attname)
        for f in record._meta.concrete_fields
        if not f.generated
    }
    is_new = record.pk is None
    for name, value in values.items():
        if value in (None, ""):
            continue
        described = fields[name]
        if described.put:
            described.put(record, value)
        else:
            setattr(record, name, _rounded(record, name, value))
    after = {name: getattr(record, name) for name in before}
    return {} if is_new else {n: old for n, old in before.items() if after[n] != old}


def _rounded(record: Any, name: str, value: Any) -> Any:
    """A decimal at the column's places, so that comparing finds no change where there is none."""
    if not isinstance(value, Decimal):
        return value
    places = record._meta.get_field(name).decimal_places
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def sources_of(job: ImportJob, target: Target) -> list[Source]:
    """The mapped columns of a job, in the file's order."""
    found = []
    for index, column in enumerate(job.columns):
        mapped = job.mapping.get(column) or {}
        described = target.fields.get(mapped.get("field", ""))
        if described:
            found.append(Source(column, index, described, mapped.get("values", {})))
    return found


def match_field(job: ImportJob, target: Target) -> str:
    """The field that recognises existing rows: as chosen, else the best one mapped."""
    mapped = {source.described.name for source in sources_of(job, target)}
    chosen = job.options.get("match_on", "")
    if chosen in mapped:
        return str(chosen)
    return next((name for name in target.identities() if name in mapped), "")
