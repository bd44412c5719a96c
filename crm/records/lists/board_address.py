"""The address of a board: that of its list, and what is one's own only."""

from django.http import QueryDict

from crm.access.actor import Actor
from crm.records.lists.address import ListAddress, canonical
from crm.registry.declaration import RecordType

EVERY_VIEW = "all"  # a board shows all there is to move, whatever view the list opens with


class BoardAddress:
    """What the query string of a board says: view and filters of the list, and a page of a lane."""

    def __init__(self, *, actor: Actor, record_type: RecordType, query: QueryDict) -> None:
        self.state = canonical(query).copy()
        self.lane_key = self.state.pop("lane", [""])[-1]
        self.after = self.state.pop("after", [""])[-1]
        self.is_mine = "mine" in self.state
        asked = self.state.copy()
        asked.pop("mine", None)
        if "view" not in asked and EVERY_VIEW in {view.key for view in record_type.views}:
            asked["view"] = EVERY_VIEW
        self.list = ListAddress(actor=actor, record_type=record_type, query=asked)

    def lane_from(self, lane_key: str, cursor: str) -> str:
        """The address of the cards of a lane from a cursor on; '' without one."""
        if not cursor:
            return ""
        query = self.state.copy()
        query["lane"], query["after"] = lane_key, cursor
        return query.urlencode()

    @property
    def besides_mine(self) -> str:
        """The address with all cards where it is one's own only, and the other way round."""
        query = self.state.copy()
        if query.pop("mine", None) is None:
            query["mine"] = "1"
        return query.urlencode()
