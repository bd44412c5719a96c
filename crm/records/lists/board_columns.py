"""A board's lanes: the rows of a list by one field, a page of cards and the totals of each."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Sum

from crm.records.lists.paging import SortKey, paginate, sort, walk
from crm.records.lists.reach import reaches_few
from crm.records.lists.selection import Selection
from crm.registry.declaration import Board, BoardColumn

CARDS = 25
LATEST_FIRST = (
    SortKey("modified_at", is_descending=True, is_nullable=False),
    SortKey("pk", is_descending=True, is_nullable=False),
)


@dataclass(frozen=True)
class ShownColumn:
    """A lane with a page of its cards, and the count and totals of all that are in it.

    Totals are per currency because they don't add up across. `next_cursor` is where the cards that
    follow begin, '' at the end.
    """

    lane: BoardColumn
    cards: list[Any]
    count: int
    totals: list[tuple[Decimal, str]]
    next_cursor: str
    is_continued: bool


class BoardColumns:
    """What a board shows of a selection; with `is_mine` only what is the actor's and their teams'.

    Cards stand in the order of the board, whatever the order of the selection.
    """

    def __init__(self, selection: Selection, board: Board, *, is_mine: bool = False) -> None:
        self.selection, self.board, self.is_mine = selection, board, is_mine

    @cached_property
    def rows(self) -> Any:
        actor = self.selection.actor
        rows = self.board.select(self.selection.rows, actor)
        return rows.owned_by(actor.principal_ids) if self.is_mine else rows

    @cached_property
    def lanes(self) -> list[BoardColumn]:
        return list(self.board.lanes())

    def shown(self, lane_key: str = "", after: str = "") -> list[ShownColumn]:
        """All lanes from their beginning, but one from a cursor on. Raises BadCursor."""
        sums = sums_of(self.board, self.rows)
        return [
            self.lane(lane, sums.get(lane.value, []), after if lane.value == lane_key else "")
            for lane in self.lanes
        ]

    def lane(
        self, lane: BoardColumn, sums: list[tuple[int, Decimal, str]], after: str = ""
    ) -> ShownColumn:
        """Raises BadCursor."""
        actor, record_type = self.selection.actor, self.selection.record_type
        found = self.rows.filter(**{self.board.field: lane.value})
        page = paginate(
            found.select_related(*self.board.related).defer("search_text"),
            LATEST_FIRST,
            size=CARDS,
            after=after,
            find=sort if reaches_few(actor, record_type) else walk,
        )
        if self.board.decorate:
            self.board.decorate(actor, page.rows)
        return ShownColumn(
            lane=lane,
            cards=page.rows,
            count=sum(row[0] for row in sums),
            totals=[(total, code) for _count, total, code in sums if total],
            next_cursor=page.next_cursor,
            is_continued=bool(after),
        )


def sums_of(board: Board, rows: Any) -> dict[str, list[tuple[int, Decimal, str]]]:
    """BoardColumn value -> (count, total, currency) rows, in one query."""
    if not board.total:
        counted = rows.order_by().values_list(board.field).annotate(Count("pk"))
        return {value: [(count, Decimal(0), "")] for value, count in counted}
    grouped = rows.order_by("currency_id").values_list(board.field, "currency_id")
    found: dict[str, list[tuple[int, Decimal, str]]] = {}
    for value, code, count, total in grouped.annotate(Count("pk"), Sum(board.total)):
        found.setdefault(value, []).append((count, total or Decimal(0), code))
    return found
