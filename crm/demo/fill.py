"""What the apps' `demo` modules fill tables with: chance, people, and COPY."""

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from django.db import connection, models

from crm.access.actor import Actor
from crm.demo.bare import bare
from crm.demo.plan import Plan
from crm.models import NumberSeries, Principal, Record, User

SEED = 2026
TOLD = 200_000
TIMES = ("created_at", "modified_at")
LINKS = ("account_id", "owner_id")
SAME_HANDS = 0.85
YEARS, HOUR = timedelta(days=720), timedelta(hours=1)


@dataclass
class Fill:
    """One run of the generator. `ids` keeps what was made, by type key, for later apps.

    `next_steps` are the records somebody plans to go on with: (type key, id, owner).
    """

    plan: Plan
    now: datetime
    say: Callable[[str], None]
    chance: Random = field(default_factory=lambda: Random(SEED))
    people: dict[str, User] = field(default_factory=dict)
    owner_ids: list[int] = field(default_factory=list)
    agent_ids: list[int] = field(default_factory=list)
    ids: dict[str, Sequence[int]] = field(default_factory=dict)
    next_steps: list[tuple[str, int, int]] = field(default_factory=list)
    births: dict[str, "array[float]"] = field(default_factory=dict)
    keys: dict[tuple[str, str], "array[int]"] = field(default_factory=dict)
    first_keys: dict[type[models.Model], int] = field(default_factory=dict)
    foreign_keys: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.now.date()

    def actor(self, username: str) -> Actor:
        return Actor(user=self.people[username])

    def owner(self) -> int:
        """Somebody in sales; a few own much, most own little, as in real companies."""
        index = int(len(self.owner_ids) * self.chance.random() ** 2)
        return self.owner_ids[index]

    def owner_beside(self, key: str, record_id: int | None) -> int:
        """Mostly whoever has the record it belongs to."""
        if record_id is None or self.chance.random() > SAME_HANDS:
            return self.owner()
        return self.link(key, record_id, "owner_id") or self.owner()

    def link(self, key: str, record_id: int, column: str) -> int | None:
        """What a record made earlier has in a column of keys."""
        return self.keys[key, column][record_id - self.ids[key][0]] or None

    def agent(self) -> int:
        return self.chance.choice(self.agent_ids)

    def moment(self, days_from: float, days_to: float) -> datetime:
        """A moment between two distances from now, in days, at an hour people work."""
        day = self.now + timedelta(days=self.chance.uniform(days_from, days_to))
        hour, minute = self.chance.randint(7, 17), self.chance.choice((0, 15, 30))
        found = day.replace(hour=hour, minute=minute)
        is_too_late = days_to <= 0 and found > self.now
        return found - timedelta(days=1) if is_too_late else found

    def day(self, days_from: float, days_to: float) -> date:
        return self.moment(days_from, days_to).date()

    def pick(self, key: str) -> int:
        """One of the ids made earlier."""
        return self.chance.choice(self.ids[key])

    def maybe(self, probability: float, value: Callable[[], Any]) -> Any:
        return value() if self.chance.random() < probability else None

    def reserve(self, model: type[models.Model], count: int) -> range:
        """Takes `count` consecutive ids from the table's sequence."""
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            sequence = cursor.fetchone()[0]
            cursor.execute("SELECT nextval(%s)", [sequence])
            first = cursor.fetchone()[0]
            cursor.execute("SELECT setval(%s, %s)", [sequence, first + count - 1])
        return range(first, first + count)

    def copy(
        self, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """Writes rows with COPY; `columns` are column names. Records get what triggers give them."""
        with bare(model, self.foreign_keys) as resting:
            givers = self._givers(model, columns, resting)
            names = [*columns, *(name for name, _give in givers)]
            table = connection.ops.quote_name(model._meta.db_table)
            listed = ", ".join(connection.ops.quote_name(name) for name in names)
            statement = f"COPY {table} ({listed}) FROM STDIN"
            with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row([*row, *(give(row) for _name, give in givers)])
        if any(name == "number" for name, _give in givers):
            self._end_numbers(model)

    def _givers(
        self, model: type[models.Model], columns: Sequence[str], resting: frozenset[str]
    ) -> list[tuple[str, Callable[[Sequence[Any]], Any]]]:
        """Columns that triggers would fill, each with what it holds for a row."""
        givers: list[tuple[str, Callable[[Sequence[Any]], Any]]] = []
        if "keep_unit" in resting:
            owner = list(columns).index("owner_id")
            units = dict(Principal.objects.values_list("pk", "unit_id"))
            givers.append(("unit_id", lambda row: units[row[owner]]))
        if "number" in resting and "number" not in columns:
            numbers = self._numbers(str(model._meta.model_name))
            givers.append(("number", lambda _row: next(numbers)))
        if "history" in resting:
            self.first_keys[model] = self._last_key(model) + 1
        return givers

    def _last_key(self, model: type[models.Model]) -> int:
        return int(model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0)

    def _numbers(self, series: str) -> Iterator[str]:
        """Numbers as the database writes them; `copy` tells its sequence where they ended."""
        shape = NumberSeries.objects.get(pk=series)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s::regclass)", [f"public.crm_number_{series}"])
            first = cursor.fetchone()[0]
        return (f"{shape.prefix}{number:0{shape.digits}}" for number in count(first))

    def _end_numbers(self, model: type[models.Model]) -> None:
        """The next number of the series follows the last one given, whatever its length."""
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(%s::regclass, max(substring(number from '[0-9]+$')::bigint)) "  # noqa: S608
                f"FROM {table}",
                [f"public.crm_number_{model._meta.model_name}"],
            )

    def make(
        self,
        model: type[models.Model],
        number: int,
        columns: Sequence[str],
        row: Callable[[int], Sequence[Any]],
    ) -> Sequence[int]:
        """COPYs `number` rows that `row(id)` describes; remembers and returns their ids."""
        defaults = column_defaults(model, columns)
        ids = self.reserve(model, number)
        times = () if "created_at" in columns or not issubclass(model, Record) else TIMES
        given = (self._moments(place / number) if times else () for place in range(1, number + 1))
        names = ["id", *columns, *defaults, *times]
        rows = (
            [one, *row(one), *defaults.values(), *moments]
            for one, moments in zip(self._told(ids), given, strict=True)
        )
        key = str(model._meta.model_name)
        self.copy(model, names, self._noted(key, rows, names) if "created_at" in names else rows)
        self.ids[key] = ids
        self.say(f"{number:,} {model._meta.verbose_name_plural}")
        return ids

    def _noted(
        self, key: str, rows: Iterable[list[Any]], names: Sequence[str]
    ) -> Iterator[list[Any]]:
        """The rows as they pass; remembers when each was made, and what it is linked to."""
        births = self.births[key] = array("d")
        born = names.index("created_at")
        links = [(names.index(one), array("q")) for one in LINKS if one in names]
        self.keys |= {(key, names[place]): ids for place, ids in links}
        for row in rows:
            births.append(row[born].timestamp())
            for place, ids in links:
                ids.append(row[place] or 0)
            yield row

    def since(self, key: str, record_id: int, at: datetime) -> datetime:
        """`at`, or some later moment where the record did not exist yet."""
        born = datetime.fromtimestamp(self.births[key][record_id - self.ids[key][0]], UTC)
        return at if at >= born else born + (self.now - born) * self.chance.random()

    def _told(self, ids: range) -> Iterator[int]:
        """The ids; says on the way how far it is, where that takes a while."""
        for place, one in enumerate(ids, start=1):
            yield one
            if place % TOLD == 0 and place < len(ids):
                self.say(f"  {place:,} of {len(ids):,}")

    def _moments(self, part: float) -> tuple[datetime, datetime]:
        """When a record was made and last changed: they came in over two years, one by one."""
        age = YEARS * (1 - part) + HOUR * self.chance.random()
        return self.now - age, self.now - age * self.chance.random() ** 0.5


def column_defaults(model: type[models.Model], given: Iterable[str]) -> dict[str, Any]:
    """Values for the columns a COPY does not name: Django's defaults live in Python only."""
    named = {*given, "id", "unit_id", "number", "created_at", "modified_at"}
    return {field.column: value for field, value in _defaults(model) if field.column not in named}


def _defaults(model: type[models.Model]) -> Iterator[tuple[Any, Any]]:
    for field_ in model._meta.concrete_fields:
        if field_.generated or field_.null:
            continue
        if field_.has_default():
            value = field_.get_default()
            is_json = isinstance(field_, models.JSONField)
            yield field_, json.dumps(value) if is_json else value
        elif field_.blank and field_.empty_strings_allowed:
            yield field_, ""
