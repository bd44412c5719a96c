"""What people are notified of. Apps declare theirs as `App.kinds`, and notify in subscribers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm import labels
from crm.models import Notification

Text = Any  # a string or a lazy translation


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One thing people are told of, and choose to hear of or not.

    A sentence may use %(name)s of who did it, %(count)s, the names of the record's type, and what
    the notification's data hold; or it is a function of the data. `many` stands where several
    records came at once. What is about no record says in `place` what it is called and where it is.
    """

    key: str
    label: Text
    icon: str
    sentence: Text | Callable[[Mapping[str, Any]], Text]
    many: Text = ""
    label_type: str = ""  # the type whose names the label holds
    place: Callable[[Notification], tuple[str, str]] | None = None


_kinds: dict[str, Kind] = {}


def add_kinds(*kinds: Kind) -> None:
    _kinds.update({kind.key: kind for kind in kinds})


def every_kind() -> list[Kind]:
    return list(_kinds.values())


def kind_of(key: str) -> Kind | None:
    """None for one whose app is no longer installed."""
    return _kinds.get(key)


def label_of(kind: Kind) -> str:
    """How its owner's choice of it is called."""
    if not kind.label_type:
        return str(kind.label)
    return labels.with_names(kind.label, kind.label_type)
