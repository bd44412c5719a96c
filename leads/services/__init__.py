"""The verbs of leads."""

from leads.services.automatic import qualify_automatically
from leads.services.closing import disqualify_lead, mark_contacted, move_lead, reactivate_lead
from leads.services.qualifying import Qualification, qualify_lead
from leads.services.undoing import undo_qualification

__all__ = [
    "Qualification",
    "disqualify_lead",
    "mark_contacted",
    "move_lead",
    "qualify_automatically",
    "qualify_lead",
    "reactivate_lead",
    "undo_qualification",
]
