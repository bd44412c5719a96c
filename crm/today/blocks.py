"""What the start page shows: the blocks that apps declare as `App.blocks`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.access.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of the start page; `load(actor)` returns its context, or None to leave it out."""

    key: str
    label: Any
    icon: str
    template: str
    load: Callable[[Actor], Mapping[str, Any] | None]
    order: int = 50


_blocks: list[Block] = []


def add_block(block: Block) -> None:
    _blocks.append(block)


def loaded_blocks(actor: Actor) -> list[tuple[Block, Mapping[str, Any]]]:
    found: list[tuple[Block, Mapping[str, Any]]] = []
    for block in sorted(_blocks, key=lambda one: one.order):
        context = block.load(actor)
        if context is not None:
            found.append((block, {"block": block, "actor": actor, **context}))
    return found
