"""A value known by a key, made only when somebody needs it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Keyed:
    """Two of them are equal when their keys are; `make` must depend on nothing but the key.

    A template passes it on uncalled; `cached_part` calls it where the part is drawn.
    """

    do_not_call_in_templates = True  # read by Django's template engine

    key: Hashable
    make: Callable[[], Any] = field(compare=False)

    def __call__(self) -> Any:
        return self.make()
