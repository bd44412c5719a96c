"""Queries whose SQL is made once and asked again with other values.

Putting a query together and writing it as SQL takes Django longer than PostgreSQL takes to answer,
and the page of a record asks a dozen that differ only in the record and in what its reader reaches.
So a process keeps the SQL, for readers alike in what they may reach at all: everything of a type,
or what is in their units, their own, or shared with them. The values are put in anew each time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError, connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Expression, QuerySet, prefetch_related_objects
from django.db.models.sql.compiler import SQLCompiler
from psycopg.sql import Literal
from psycopg.types.numeric import Int8

from crm.access.actor import Actor, Scope
from crm.models.levels import Privilege
from crm.runtime.cache_versions import cache_version
from crm.runtime.process_cache import ProcessCache

Question = tuple[str, Privilege]  # how far a reader may go with a type
Values = tuple[Any, ...]
ValueOf = Callable[[Actor, Values], Any]

NO_KEY = 2**63

_questions: ProcessCache[tuple[Question, ...]] = ProcessCache(size=2000)
_made: ProcessCache["PreparedQuery"] = ProcessCache(size=2000)


def prepared(make: Callable[..., QuerySet[Any]]) -> Callable[..., list[Any]]:
    """Turns `make(actor, *values, **choices)`, which returns a query set, into a function that
    returns its rows.

    The query may only compare with `values`, as they are others in the next call; whatever else
    decides how it reads is a choice. Of the actor `make` may only ask what it can and how far:
    the answers decide whose query it is as well, and so do the definitions of types in force.
    """

    @wraps(make)
    def rows(actor: Actor, *values: Any, **choices: Any) -> list[Any]:
        place = (make, cache_version("definitions"), *choices.items())
        asked = _questions.find(place)
        made = None if asked is None else _made.find((place, asked, _answers(actor, asked)))
        if made is None:
            reader = Reader(actor)
            made = PreparedQuery(make(reader, *map(_given, range(len(values))), **choices))
            _keep(made, place, actor, reader.asked.union(asked or ()))
        return made.rows(actor, values)

    return rows


def _keep(made: "PreparedQuery", place: Any, actor: Actor, asked: set[Question]) -> None:
    """A reader of another kind may have been asked more: all that was ever asked must be alike."""
    questions = tuple(sorted(asked))
    _questions.put(place, questions)
    _made.put((place, questions, _answers(actor, questions)), made)


def _answers(actor: Actor, questions: tuple[Question, ...]) -> tuple[Any, ...]:
    return tuple(actor.scope(*question).shape for question in questions)


class Slot(Expression):
    """Stands in a query for a value of the call."""

    def __init__(self, value_of: ValueOf) -> None:
        super().__init__()
        self.value_of = value_of

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


def _given(index: int) -> Slot:
    return Slot(lambda _actor, values: values[index])


class Reader:
    """Stands for the actor while a query is made: notes what was asked, and answers with slots."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.asked: set[Question] = set()

    def can(self, type_key: str, privilege: Privilege) -> bool:
        return not self.scope(type_key, privilege).is_nothing

    def scope(self, type_key: str, privilege: Privilege) -> Scope:
        self.asked.add((type_key, privilege))
        scope = self.actor.scope(type_key, privilege)
        return _Reach(**scope.__dict__, question=(type_key, privilege))


@dataclass(frozen=True, kw_only=True)
class _Reach(Scope):
    """A scope whose sets are those of whoever asks the query."""

    question: Question

    def members(self, name: str) -> Slot:
        return Slot(lambda actor, _values: list(getattr(actor.scope(*self.question), name)))


class PreparedQuery:
    """A query set, never asked itself, with its SQL."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.template: Any = rows
        compiler = rows.query.get_compiler(rows.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            sql, params = "", ()
        self.sql = _written(sql, params)
        self.slots = [value for value in params if isinstance(value, Slot)]
        self.compiled = {**compiler.__dict__, "connection": None}  # that of whoever made it

    def rows(self, actor: Actor, values: Values) -> list[Any]:
        if not self.sql:
            return []
        params = [_typed(slot.value_of(actor, values)) for slot in self.slots]
        asked = _Asked(self.template, _Ready(self, params))
        rows = list(self.template._iterable_class(asked))
        if self.template._prefetch_related_lookups:
            prefetch_related_objects(rows, *self.template._prefetch_related_lookups)
        return rows


def _written(sql: str, params: Iterable[Any]) -> str:
    """The SQL with all values in it but those of the call, so that partial indexes serve it."""
    with connection.cursor() as cursor:
        known = [
            "%s" if isinstance(one, Slot) else Literal(one).as_string(cursor.connection)
            for one in params
        ]
    escaped = (value if value == "%s" else value.replace("%", "%%") for value in known)
    return sql.replace("%%", "%%%%") % tuple(escaped)


def _typed(value: Any) -> Any:
    """Numbers are sent as keys whatever their size: PostgreSQL prepares a query for its types.

    What no key can be, somebody typed into the address; it equals nothing.
    """
    return Int8(value) if type(value) is int and abs(value) < NO_KEY else value


class _Ready(SQLCompiler):
    """A compiler that has its SQL; the database prepares it once for each connection."""

    def __init__(self, made: PreparedQuery, params: list[Any]) -> None:
        self.__dict__.update(made.compiled)
        self.connection = connections[made.template.db]
        self.sql, self.params = made.sql, params

    def execute_sql(self, *_args: Any, **_options: Any) -> Any:
        try:
            rows = self._fetched()
        except NotSupportedError:  # a migration has changed the type of a column meanwhile
            if self.connection.in_atomic_block:
                raise
            with self.connection.cursor() as cursor:
                cursor.execute("DEALLOCATE ALL")
            rows = self._fetched()
        return [[row[: self.col_count] for row in rows] if self.has_extra_select else rows]

    def _fetched(self) -> list[Any]:
        with _preparing(self.connection) as cursor:
            cursor.execute(self.sql, self.params)
            return cursor.fetchall()  # type: ignore[no-any-return]


def _preparing(database: Any) -> Any:
    """A cursor that leaves the values to the server, where Django's own put them into the SQL.

    While queries are logged it is Django's own, as that is what the log can show.
    """
    ordinary = database.cursor()
    if database.queries_logged:
        return ordinary
    with ordinary:
        return database.make_cursor(ServerBindingCursor(ordinary.connection))  # type: ignore[call-arg]


class _Asked:
    """A query set or its query as the classes that make its rows see it, with the SQL at hand."""

    def __init__(self, template: Any, compiler: _Ready) -> None:
        self.template, self.compiler = template, compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self.template, name)

    @property
    def query(self) -> "_Asked":
        return _Asked(self.template.query, self.compiler)

    def get_compiler(self, *_args: Any, **_options: Any) -> _Ready:
        return self.compiler
