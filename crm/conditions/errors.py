"""What is wrong with a condition, and where in the tree it stands."""

from crm.errors import CrmError


class BadCondition(CrmError):
    """A condition the engine does not understand. `place` is the way to it: 'all.2.value'."""

    status = 400

    def __init__(self, message: object, *, place: str = "") -> None:
        super().__init__(message)
        self.place = place
