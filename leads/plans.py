"""What a person decided to make of a lead: one step each for account, contact, opportunity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Choice(StrEnum):
    CREATE = "create"
    USE = "use"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class Step:
    """`record_id` names the record to use; `values` override what a new one takes over."""

    choice: Choice
    record_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def create(cls, **values: Any) -> "Step":
        return cls(choice=Choice.CREATE, values=values)

    @classmethod
    def use(cls, record_id: int) -> "Step":
        return cls(choice=Choice.USE, record_id=record_id)

    @classmethod
    def skip(cls) -> "Step":
        return cls(choice=Choice.SKIP)


@dataclass(frozen=True, kw_only=True)
class Plan:
    account: Step
    contact: Step
    opportunity: Step

    def steps(self) -> Iterator[tuple[str, Step]]:
        """By record type, in the order of locking and making."""
        yield "account", self.account
        yield "contact", self.contact
        yield "opportunity", self.opportunity

    def count(self, choice: Choice) -> int:
        return sum(step.choice is choice for _key, step in self.steps())
