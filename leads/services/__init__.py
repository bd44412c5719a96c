"""The verbs of leads."""

from leads.services.closing import disqualify_lead, mark_contacted, move_lead, reactivate_lead
from leads.services.qualifying import Qualification, qualify_lead

__all__ = [
    "Qualification",
    "disqualify_lead",
    "mark_contacted",
    "move_lead",
    "qualify_lead",
    "reactivate_lead",
]
