"""Opportunities and competitors, declared."""

from opportunities.record_types import competitor, opportunity

__all__ = ["competitor", "opportunity"]
