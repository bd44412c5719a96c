"""What an export writes of a row: by the database where a column can be put in SQL, else here.

Both ways write the same text: words for choices, titles for links the reader may see, local
moments, 1 and 0, and nothing a spreadsheet would run.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import Case, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, NullIf
from django.utils import timezone

from crm.access.actor import Actor
from crm.exchange.formulas import FORMULA, safe_cell
from crm.models import Principal, Record
from crm.models.levels import Privilege
from crm.records.lists.cells import is_hidden
from crm.records.lists.tables import CHOSEN, BoundColumn, field_at, title_of

BLOCK = 64 * 1024
Expression = Any
TEXT = models.TextField()
EMPTY = Value("", TEXT)


def exported(column: BoundColumn, row: Any, actor: Actor) -> Any:
    """A value as a spreadsheet reads it: local moments, Decimals as they are, no None."""
    if _hides(column, row, actor):
        return ""
    value = column.text(row)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "1" if value else "0"
    if hasattr(value, "all"):
        return "; ".join(str(one) for one in value.all() if not is_hidden(one, actor))
    return value


def _hides(column: BoundColumn, row: Any, actor: Actor) -> bool:
    """Whether the value is, or is read from, a linked record the actor may not see."""
    found: Any = row
    for step in column.path.split("."):
        found = getattr(found, step, None)
        if is_hidden(found, actor):
            return True
    return False


# In SQL


def annotated(rows: QuerySet[Any], columns: Sequence[BoundColumn]) -> QuerySet[Any]:
    """The rows with what their columns have the database work out."""
    for column in columns:
        if column.column.annotate:
            rows = column.column.annotate(rows)
    return rows


def texts(
    rows: QuerySet[Any], columns: Sequence[BoundColumn], actor: Actor
) -> list[Expression] | None:
    """An expression per column, or None when one of them is known to Python alone."""
    found = [_text(rows, column, actor) for column in columns]
    return None if None in found else found


def _text(rows: QuerySet[Any], column: BoundColumn, actor: Actor) -> Expression | None:
    computed = rows.query.annotations.get(column.path)
    if computed is not None:
        return _of_kind(computed.output_field, column.path)
    if column.column.annotate or column.field is None:
        return None
    text = _text_of_field(column)
    seen = _seen(column, actor)
    if text is None or seen is None:
        return text
    return Case(When(seen, then=text), default=Value(None), output_field=TEXT)


def _text_of_field(column: BoundColumn) -> Expression | None:
    field, path = column.field, column.orm_path
    if isinstance(field, models.ForeignKey):
        return _title(field.related_model, path)
    if column.kind in CHOSEN and column.choices:
        return _words(path, column.choices)
    return _of_kind(field, path)


def _of_kind(field: Any, path: str) -> Expression | None:
    return next((make(path) for known, make in _TEXTS if isinstance(field, known)), None)


def _title(model: Any, path: str) -> Expression | None:
    if model is not Principal and not issubclass(model, Record):
        return None
    return _plain(f"{path}__{title_of(model)}")


def _words(path: str, choices: dict[Any, Any]) -> Expression:
    words = [
        When(**{path: value}, then=Value(safe_cell(str(label)), TEXT))
        for value, label in choices.items()
    ]
    return NullIf(Case(*words, default=Cast(path, TEXT), output_field=TEXT), EMPTY)


def _plain(path: str) -> Expression:
    guarded = Concat(Value("'"), F(path), output_field=TEXT)
    runs = Q(**{f"{path}__regex": FORMULA})
    as_it_is = NullIf(Cast(path, TEXT), EMPTY)
    return Case(When(runs, then=guarded), default=as_it_is, output_field=TEXT)


def _number(path: str) -> Expression:
    return Cast(path, TEXT)


def _flag(path: str) -> Expression:
    said = [When(**{path: is_so}, then=Value(text)) for is_so, text in ((True, "1"), (False, "0"))]
    return Case(*said, output_field=TEXT)


def _to_char(expression: Expression, shape: str) -> Expression:
    return Func(expression, Value(shape), function="to_char", output_field=TEXT)


def _day(path: str) -> Expression:
    return _to_char(F(path), "YYYY-MM-DD")


def _moment(path: str) -> Expression:
    zone = Value(timezone.get_current_timezone_name())
    local = Func(zone, F(path), function="timezone", output_field=models.DateTimeField())
    return _to_char(local, "YYYY-MM-DD HH24:MI:SS")


_TEXTS: tuple[tuple[Any, Any], ...] = (
    (models.CharField, _plain),
    (models.TextField, _plain),
    (models.BooleanField, _flag),
    (models.DateTimeField, _moment),
    (models.DateField, _day),
    (models.DecimalField, _number),
    (models.IntegerField, _number),
    (models.GeneratedField, _plain),
)


def _seen(column: BoundColumn, actor: Actor) -> Q | None:
    """The condition under which the linked records on the column's path may be seen."""
    steps = column.orm_path.split("__")
    conditions = Q()
    for path in ("__".join(steps[:length]) for length in range(1, len(steps) + 1)):
        field = field_at(column.record_type.model, path)
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, Record):
            conditions &= _reached(path, actor, field.related_model)
    return conditions or None


def _reached(path: str, actor: Actor, model: type[Record]) -> Q:
    scope = actor.scope(model.type_key(), Privilege.READ)
    if scope.is_everything:
        return Q()
    sets = {"unit_id": scope.unit_ids, "owner_id": scope.owner_ids, "pk": scope.shared_ids}
    reached = Q(pk__in=[])
    for name, values in sets.items():
        if values:
            reached |= Q(**{f"{path}__{name}__in": sorted(values)})
    return reached


def copied(rows: QuerySet[Any], expressions: Sequence[Expression]) -> Iterator[bytes]:
    """The rows as CSV in blocks, written by the database itself."""
    database = connections[rows.db]
    try:
        sql, params = rows.values_list(*expressions).query.sql_with_params()
    except EmptyResultSet:
        return
    block, size = [], 0
    with (
        database.wrap_database_errors,
        database.cursor() as cursor,
        cursor.cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", params) as lines,
    ):
        for line in lines:
            block.append(bytes(line[:-1]) + b"\r\n")  # a line break as in RFC 4180
            size += len(line)
            if size > BLOCK:
                yield b"".join(block)
                block, size = [], 0
    yield b"".join(block)
