"""A board's lanes: the rows of a list by one field, a page of cards and the totals of each."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Sum
from django.http import QueryDict

from crm.access.actor import Actor
from crm.records.lists.listing import Listing, canonical
from crm.records.lists.paging import SortKey, paginate, sort, walk
from crm.records.lists.reach import reaches_few
from crm.registry.declaration import Board, BoardColumn, RecordType

CARDS = 25
LATEST_FIRST = (
    SortKey("modified_at", is_descending=True, is_nullable=False),
    SortKey("pk", is_descending=True, is_nullable=False),
)
EVERY_VIEW = "all"  # a board shows all there is to move, whatever view the list opens with


@dataclass(frozen=True)
class ShownColumn:
    """A lane with a page of its cards, and the count and totals of all that are in it.

    Totals are per currency because they don't add up across. `more` is the address of the cards
    that follow, '' at the end.
    """

    lane: BoardColumn
    cards: list[Any]
    count: int
    totals: list[tuple[Decimal, str]]
    more: str
    is_continued: bool


class BoardColumns:
    """What a board shows, read from its address: the list's view and filters, and one's own only.

    Raises UnknownParameter and BadCursor.
    """

    def __init__(
        self, *, actor: Actor, record_type: RecordType, board: Board, query: QueryDict
    ) -> None:
        self.actor, self.record_type, self.board = actor, record_type, board
        self.state = canonical(query).copy()
        self.lane_key = (self.state.pop("lane", [""]))[-1]
        self.after = (self.state.pop("after", [""]))[-1]
        self.is_mine = "mine" in self.state
        asked = self.state.copy()
        asked.pop("mine", None)
        if "view" not in asked and EVERY_VIEW in {view.key for view in record_type.views}:
            asked["view"] = EVERY_VIEW
        self.listing = Listing(actor=actor, record_type=record_type, query=asked)

    @cached_property
    def rows(self) -> Any:
        rows = self.board.select(self.listing.rows, self.actor)
        return rows.owned_by(self.actor.principal_ids) if self.is_mine else rows

    @cached_property
    def lanes(self) -> list[BoardColumn]:
        return list(self.board.lanes())

    def shown(self) -> list[ShownColumn]:
        sums = sums_of(self.board, self.rows)
        return [self.lane(lane, sums.get(lane.value, [])) for lane in self.lanes]

    def lane(self, lane: BoardColumn, sums: list[tuple[int, Decimal, str]]) -> ShownColumn:
        is_continued = bool(self.after) and lane.value == self.lane_key
        found = self.rows.filter(**{self.board.field: lane.value})
        page = paginate(
            found.select_related(*self.board.related).defer("search_text"),
            LATEST_FIRST,
            size=CARDS,
            after=self.after if is_continued else "",
            find=sort if reaches_few(self.actor, self.record_type) else walk,
        )
        if self.board.decorate:
            self.board.decorate(self.actor, page.rows)
        return ShownColumn(
            lane=lane,
            cards=page.rows,
            count=sum(row[0] for row in sums),
            totals=[(total, code) for _count, total, code in sums if total],
            more=self._address(lane=lane.value, after=page.next_cursor) if page.next_cursor else "",
            is_continued=is_continued,
        )

    def _address(self, **more: str) -> str:
        query = self.state.copy()
        for name, value in more.items():
            query[name] = value
        return query.urlencode()

    @property
    def besides_mine(self) -> str:
        """The address with all cards where it is one's own only, and the other way round."""
        query = self.state.copy()
        if query.pop("mine", None) is None:
            query["mine"] = "1"
        return query.urlencode()


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
