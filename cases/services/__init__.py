"""The verbs of cases and queues."""

from cases.services.closing import cancel_case, reactivate_case, resolve_case
from cases.services.creating import create_case, note_first_response
from cases.services.merging import retire_merged
from cases.services.places import give_back
from cases.services.planned import open_work, worked_minutes
from cases.services.queues import (
    next_case,
    pick_case,
    queue_case,
    release_case,
    route_case,
    set_queue_members,
    unqueue_case,
)
from cases.services.standing import (
    calm_case,
    escalate_case,
    move_case_stage,
    set_case_reason,
)

__all__ = [
    "calm_case",
    "cancel_case",
    "create_case",
    "escalate_case",
    "give_back",
    "move_case_stage",
    "next_case",
    "note_first_response",
    "open_work",
    "pick_case",
    "queue_case",
    "reactivate_case",
    "release_case",
    "resolve_case",
    "retire_merged",
    "route_case",
    "set_case_reason",
    "set_queue_members",
    "unqueue_case",
    "worked_minutes",
]
