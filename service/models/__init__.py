"""Contracts with what they allow, and what the company knows."""

from service.models.article import Article
from service.models.contract import Contract, ContractLine
from service.models.cover import AllotmentEntry, CaseCover

__all__ = ["AllotmentEntry", "Article", "CaseCover", "Contract", "ContractLine"]
