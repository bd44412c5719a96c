"""Keyset paging: a page starts after the last row of the one before, however deep.

The cursor holds the sort values of a boundary row, encrypted together with the order, so that it
can be neither read nor guessed nor used for another one. Orders end in the primary key; empty
values come last in both directions, and so do those of linked records the reader may not see.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db.models import Case, F, Func, Q, QuerySet, When
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from crm.errors import CrmError

COUNT_LIMIT = 1000


class BadCursor(CrmError):
    """The address of the page is broken; the list starts again from its beginning."""

    status = 400


@dataclass(frozen=True)
class SortKey:
    """One column of an order. `path` is an ORM path; the last key is the primary key.

    Text `is_folded`: it is ordered as a dictionary has it, whatever its accents and case.
    """

    path: str
    is_descending: bool = False
    is_nullable: bool = True
    is_folded: bool = False
    readable: Q | None = None  # the rows whose value the reader may know; of others it is empty

    @property
    def name(self) -> str:
        """The path, or what `annotated` calls the value of a path that is not always readable."""
        return self.path if self.readable is None else f"readable_{self.path.replace('__', '_')}"

    @property
    def compared(self) -> str:
        """The ORM path of what rows are compared by."""
        return f"{self.name}__folded" if self.is_folded else self.name

    def expression(self, *, is_reversed: bool, is_on_its_own: bool = False) -> Any:
        descends = self.is_descending != is_reversed
        value: Any = OnItsOwn(F(self.compared)) if is_on_its_own else F(self.compared)
        if not self.is_nullable:
            return value.desc() if descends else value.asc()
        # Nulls stand last when going forward, so first when going back.
        nulls: dict[str, Any] = {"nulls_first": True} if is_reversed else {"nulls_last": True}
        return value.desc(**nulls) if descends else value.asc(**nulls)


def annotated(rows: Any, keys: Sequence[SortKey]) -> Any:
    """The rows with the values of keys that are not always readable."""
    values = {
        key.name: Case(When(key.readable, then=F(key.path)))
        for key in keys
        if key.readable is not None
    }
    return rows.annotate(**values) if values else rows


class OnItsOwn(Func):
    """A value no index is in the order of.

    For the few rows somebody sees among a million the planner walks the index of the order and
    hopes to meet fifty of them soon. Where theirs are the newest it walks past all the others.
    """

    template = "(SELECT %(expressions)s)"
    arity = 1


Find = Callable[[Any, Sequence[SortKey], int, bool], Any]


@dataclass(frozen=True)
class Page:
    """The rows of a page and the cursors to its neighbours ('' where there is none)."""

    rows: list[Any]
    next_cursor: str
    previous_cursor: str


def paginate(
    rows: QuerySet[Any],
    keys: Sequence[SortKey],
    *,
    size: int,
    after: str = "",
    before: str = "",
    find: Find | None = None,
) -> Page:
    """One page of `rows` in the order of `keys`. Raises BadCursor."""
    is_reversed = bool(before)
    cursor = before or after
    rows = annotated(rows, keys)
    if cursor:
        rows = rows.filter(_beyond(keys, _read(cursor, _salt(rows, keys)), is_reversed=is_reversed))
    found = list((find or walk)(rows, keys, size + 1, is_reversed))
    has_more, found = len(found) > size, found[:size]
    if is_reversed:
        found.reverse()
    has_next = bool(found) and (has_more if not is_reversed else True)
    has_previous = bool(found) and (bool(after) if not is_reversed else has_more)
    return Page(
        rows=found,
        next_cursor=_write(found[-1], keys, _salt(rows, keys)) if has_next else "",
        previous_cursor=_write(found[0], keys, _salt(rows, keys)) if has_previous else "",
    )


def walk(rows: Any, keys: Sequence[SortKey], count: int, is_reversed: bool) -> Any:
    """The first rows as they come in the order: by an index, however many there are."""
    return rows.order_by(*(key.expression(is_reversed=is_reversed) for key in keys))[:count]


def sort(rows: Any, keys: Sequence[SortKey], count: int, is_reversed: bool) -> Any:
    """The first of few rows: all are found by what they are, then sorted."""
    first, *others = keys
    order = [
        first.expression(is_reversed=is_reversed, is_on_its_own=True),
        *(key.expression(is_reversed=is_reversed) for key in others),
    ]
    return rows.order_by(*order)[:count]


def count_up_to(rows: QuerySet[Any], limit: int = COUNT_LIMIT) -> int:
    """The number of rows, or limit + 1 where there are more."""
    return rows.order_by()[: limit + 1].count()


def _beyond(keys: Sequence[SortKey], values: Sequence[Any], *, is_reversed: bool) -> Q:
    """Rows that stand strictly after (or before) the boundary in the order."""
    beyond, equal = [], Q()
    for key, value in zip(keys, values, strict=True):
        past = _past(key, value, is_reversed=is_reversed)
        beyond += [equal & past] if past else []
        equal &= Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.compared: value})
    found = reduce(or_, beyond)
    first, value = keys[0], values[0]
    if value is not None and not first.is_nullable:
        # Says the same again in a form an index range can use.
        way = "lte" if first.is_descending != is_reversed else "gte"
        return Q(**{f"{first.compared}__{way}": value}) & found
    return found


def _past(key: SortKey, value: Any, *, is_reversed: bool) -> Q:
    """Past the value of one key; an empty Q where nothing is."""
    if value is None:
        return Q(**{f"{key.name}__isnull": False}) if is_reversed else Q()
    way = "lt" if key.is_descending != is_reversed else "gt"
    past = Q(**{f"{key.compared}__{way}": value})
    if key.is_nullable and not is_reversed:
        past |= Q(**{f"{key.name}__isnull": True})
    return past


def _salt(rows: QuerySet[Any], keys: Sequence[SortKey]) -> str:
    order = ",".join(f"{'-' if key.is_descending else ''}{key.path}" for key in keys)
    return f"crm.paging:{rows.model._meta.label_lower}:{order}"


def _write(row: Any, keys: Sequence[SortKey], salt: str) -> str:
    values = [_packed(_value(row, key.name)) for key in keys]
    return sealer().encrypt(json.dumps([salt, values]).encode()).decode()


def sealer() -> MultiFernet:
    """Encrypts with the secret key, and reads what the ones before it encrypted."""
    return _sealer((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _sealer(secrets: tuple[str, ...]) -> MultiFernet:
    keys = (salted_hmac("crm.paging", "cursor", secret=one, algorithm="sha256") for one in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key.digest())) for key in keys])


def _value(row: Any, path: str) -> Any:
    for step in path.split("__"):
        row = getattr(row, step, None)
    return row


def _packed(value: Any) -> Any:
    if isinstance(value, datetime):
        return ["m", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, Decimal):
        return ["n", str(value)]
    return value


_UNPACK: dict[str, Callable[[str], Any]] = {"m": parse_datetime, "d": parse_date, "n": Decimal}


def _read(cursor: str, salt: str) -> list[Any]:
    broken = BadCursor(_("The address of this page is broken. Start from the list again."))
    try:
        order, packed = json.loads(sealer().decrypt(cursor.encode()))
    except InvalidToken as error:
        raise broken from error
    if order != salt:
        raise broken
    return [_UNPACK[v[0]](v[1]) if isinstance(v, list) else v for v in packed]
