"""Contracts and articles, declared."""

from service.record_types import article, contract

__all__ = ["article", "contract"]
