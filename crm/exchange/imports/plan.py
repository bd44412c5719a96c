"""What importing a chunk of rows would do: a verdict per row, decided without writing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import CrmError
from crm.exchange.imports.fields import ImportField, parse
from crm.exchange.imports.targets import Target, find_links, folded, is_link, link_names
from crm.models import ImportJob, ImportRow

Verdict = ImportRow.Verdict
REMEMBERED = 20_000  # values and links a planner keeps in mind per column


@dataclass(slots=True)
class Line:
    """A staged line of the file, as far as planning reads it."""

    pk: int
    line: int
    cells: list[str]
    is_done: bool

    @classmethod
    def read(cls, rows: Any) -> "list[Line]":
        return [cls(*row) for row in rows.values_list(*cls.__slots__)]


@dataclass
class Plan:
    """The verdict on one row; `record` is the changed or new object, `changes` its old values."""

    row: Line
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
    known: dict[str, Any] = field(default_factory=dict)  # text -> value: cells repeat themselves

    def text(self, cells: list[str]) -> str:
        text = cells[self.index]
        return self.values.get(text, text) if self.values else text

    def value(self, text: str, *, day_first: bool) -> Any:
        """The text's value, links excepted. Raises ValidationError."""
        if text in self.known:
            return self.known[text]
        value = parse(self.described, text, day_first=day_first)
        if self.described.is_required and value in (None, ""):
            raise ValidationError(_("A value is needed here."))
        keep(self.known, text, value)
        return value


class Planner:
    """Plans rows of one job, chunk by chunk, remembering which identities it has seen."""

    def __init__(self, *, actor: Actor, job: ImportJob, target: Target, is_dry: bool) -> None:
        self.actor, self.job, self.target, self.is_dry = actor, job, target, is_dry
        self.sources = sources_of(job, target)
        self.by_name = {source.described.name: source for source in self.sources}
        self.day_first = bool(job.options.get("day_first"))
        self.match_on = match_field(job, target)
        self.seen: set[Any] = set()
        self._seen_last: set[Any] = set()
        self.made: dict[tuple[str, str], Any] = {}
        self._links_found: dict[str, dict[str, Any]] = {}
        self._unmapped = [
            described
            for name, described in target.fields.items()
            if described.is_required and name not in self.by_name and name != "owner"
        ]

    def plan(self, rows: Iterable[Line]) -> list[Plan]:
        rows = list(rows)
        self._seen_last.clear()
        links = {source.column: self._links(source, rows) for source in self.sources_of_links()}
        parsed = [self._parse(Plan(row), links) for row in rows]
        existing = self._existing([values for _plan, values in parsed])
        for plan, values in parsed:
            if plan.verdict is not Verdict.ERROR:
                self._decide(plan, values, existing)
        return [plan for plan, _values in parsed]

    def sources_of_links(self) -> list[Source]:
        return [source for source in self.sources if is_link(source.described)]

    def _links(self, source: Source, rows: list[Line]) -> dict[str, Any]:
        """What the rows' texts are linked to. What was found once is not asked for again."""
        found = self._links_found.setdefault(source.column, {})
        texts = {
            text for row in rows if (text := source.text(row.cells)) and folded(text) not in found
        }
        if len(found) > REMEMBERED:
            found.clear()
            texts = {source.text(row.cells) for row in rows} - {""}
        found |= find_links(self.actor, source.described, texts)
        return found

    def _parse(self, plan: Plan, links: Mapping[str, Any]) -> tuple[Plan, dict[str, Any]]:
        values: dict[str, Any] = {}
        for source in self.sources:
            text = source.text(plan.row.cells)
            try:
                values[source.described.name] = self._value(plan, source, text, links)
            except ValidationError as error:
                plan.refuse(source.column, " ".join(error.messages), text)
        return plan, values

    def _value(self, plan: Plan, source: Source, text: str, links: Mapping[str, Any]) -> Any:
        if not is_link(source.described):
            return source.value(text, day_first=self.day_first)
        value = self._link(plan, source, text, links[source.column])
        if value is None and source.described.is_required:
            raise ValidationError(_("A value is needed here."))
        return value

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

    def links_to_itself(self, source: Source) -> bool:
        """Whether the column names rows of the very type the file is imported into."""
        return is_link(source.described) and source.described.link is self.target.model

    def _comes_in_this_file(self, source: Source, wanted: str) -> bool:
        return self.links_to_itself(source) and wanted in self._names_in_file

    @cached_property
    def _names_in_file(self) -> set[str]:
        """Everything by which one row of the file may call another."""
        itself = next(source for source in self.sources if self.links_to_itself(source))
        naming = [self.by_name[n] for n in link_names(itself.described) if n in self.by_name]
        cells = self.job.rows.values_list("cells", flat=True).iterator(chunk_size=5000)
        return {folded(source.text(row)) for row in cells for source in naming}

    def _existing(self, rows: list[dict[str, Any]]) -> dict[Any, Any]:
        if not self.match_on:
            return {}
        return self.target.existing(
            self.actor, self.match_on, [values.get(self.match_on) for values in rows]
        )

    def identity_of(self, value: Any) -> Any:
        """What two rows have in common that mean the same one; None without a way to tell."""
        if not self.match_on or value in (None, ""):
            return None
        return self.target.identity(self.match_on, value)

    def _see(self, identity: Any) -> None:
        if identity not in self.seen:
            self.seen.add(identity)
            self._seen_last.add(identity)

    def drop_last(self) -> None:
        """The rows planned last were not written after all."""
        self.seen -= self._seen_last
        self.made.clear()

    def _decide(self, plan: Plan, values: dict[str, Any], existing: Mapping[Any, Any]) -> None:
        identity = self.identity_of(values.get(self.match_on))
        if identity is not None and identity in self.seen and not plan.row.is_done:
            plan.verdict = Verdict.DUPLICATE
            plan.problems.append(
                {
                    "column": self.by_name[self.match_on].column,
                    "message": _("The file holds this one more than once; the first counts."),
                    "value": str(values[self.match_on]),
                }
            )
            return
        plan.record = existing.get(identity) if identity is not None else None
        if plan.record is None:
            self._decide_new(plan, values)
        else:
            self._decide_update(plan, values)
        if identity is not None and plan.verdict is not Verdict.ERROR:
            self._see(identity)

    def _decide_new(self, plan: Plan, values: dict[str, Any]) -> None:
        plan.record = self.target.blank(self.actor)
        put_values(plan.record, values, self.target.fields)
        plan.verdict = Verdict.NEW
        self._check_links(plan, values)
        self._check(plan)
        for described in self._unmapped:
            if plan.verdict is Verdict.NEW and _is_blank(plan.record, described.name):
                plan.refuse("", _("No column gives “%(field)s”.") % {"field": described.label})

    def _decide_update(self, plan: Plan, values: dict[str, Any]) -> None:
        """Rights are those on the record as it stands, not as the file would have it."""
        refusal = self._refusal(plan)
        may_assign = self.target.may_assign(self.actor, plan.record)
        before = values_of(plan.record)
        put_values(plan.record, values, self.target.fields)
        after = values_of(plan.record)
        plan.changes = {name: old for name, old in before.items() if after[name] != old}
        if not plan.changes:
            plan.verdict = Verdict.SAME
            return
        if refusal:
            plan.refuse("", refusal)
            return
        plan.verdict = Verdict.UPDATE
        if "owner_id" in plan.changes and not may_assign:
            plan.refuse(self._column("owner"), _("You may not give this one to somebody else."))
        self._check_links(plan, values)
        self._check(plan)

    def _refusal(self, plan: Plan) -> Any:
        """Why the record can't be changed by this row; a row of this import completes its own."""
        if not self.target.may_change(self.actor, plan.record):
            return _("You may not change this one.")
        return None if plan.row.is_done else self.target.lock(plan.record)

    def _check_links(self, plan: Plan, values: Mapping[str, Any]) -> None:
        """As in a form, linking needs a right on both records."""
        for name, value in values.items():
            is_new = plan.record.pk is None or f"{name}_id" in plan.changes
            if is_new and not self.target.may_link(self.actor, value):
                plan.refuse(self._column(name), _("Your roles do not allow linking these records."))

    def _column(self, name: str) -> str:
        source = self.by_name.get(name)
        return source.column if source else ""

    def _check(self, plan: Plan) -> None:
        try:
            self.target.check(plan.record, plan.changes)
        except CrmError as error:
            for name, message in (error.fields or {"": error.message}).items():
                plan.refuse(self._column(name), message)


def _is_blank(record: Any, name: str) -> bool:
    """Whether a field has no value; a link is judged by its id, so that nothing is fetched."""
    names = {field_.name: field_.attname for field_ in record._meta.concrete_fields}
    return getattr(record, names.get(name, name), "") in (None, "")


def values_of(record: Any) -> dict[str, Any]:
    """What is stored of a record, by attribute."""
    stored = (field_ for field_ in record._meta.concrete_fields if not field_.generated)
    return {field_.attname: getattr(record, field_.attname) for field_ in stored}


def put_values(record: Any, values: Mapping[str, Any], fields: Mapping[str, ImportField]) -> None:
    """Sets the values there are.

    An empty cell changes nothing of a record that exists: files are rarely complete.
    """
    for name, value in values.items():
        if value in (None, ""):
            continue
        described = fields[name]
        if described.put:
            described.put(record, value)
        else:
            setattr(record, name, _rounded(record, name, value))


def _rounded(record: Any, name: str, value: Any) -> Any:
    """A decimal at the column's places, so that comparing finds no change where there is none."""
    if not isinstance(value, Decimal):
        return value
    places = record._meta.get_field(name).decimal_places
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def keep(known: dict[str, Any], text: str, value: Any) -> None:
    """Remembers a value; a column of nothing but different texts is forgotten now and then."""
    if len(known) > REMEMBERED:
        known.clear()
    known[text] = value


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
