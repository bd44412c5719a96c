"""Interest that may become a deal."""

from leads.models.lead import Lead

__all__ = ["Lead"]
