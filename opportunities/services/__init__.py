"""The verbs of opportunities."""

from opportunities.services.closing import lose_opportunity, reopen_opportunity, win_opportunity
from opportunities.services.rivals import add_competitor, remove_competitor
from opportunities.services.stages import (
    hold_opportunity,
    move_stage,
    resume_opportunity,
    set_step,
)

__all__ = [
    "add_competitor",
    "hold_opportunity",
    "lose_opportunity",
    "move_stage",
    "remove_competitor",
    "reopen_opportunity",
    "resume_opportunity",
    "set_step",
    "win_opportunity",
]
