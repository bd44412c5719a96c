"""Contracts and articles for tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from crm.models import Principal
from service.models import Article, Contract, ContractLine
from tests.factories.accounts import make_account

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def make_contract(owner: Principal, **values: Any) -> Contract:
    """A draft over 2026 without lines."""
    given = {
        "name": "Gold support 2026",
        "starts_on": FIRST,
        "ends_on": LAST,
        "currency_id": "EUR",
        **values,
    }
    if "account" not in given:
        given["account"] = make_account(owner)
    contract = Contract.objects.create(owner=owner, **given)
    contract.refresh_from_db()
    return contract


def make_line(contract: Contract, **values: Any) -> ContractLine:
    """Twenty cases within the days of the contract."""
    given = {
        "title": "Twenty requests",
        "allotment": "cases",
        "total": 20,
        "starts_on": contract.starts_on,
        "ends_on": contract.ends_on,
        "price": Decimal(1000),
        **values,
    }
    return ContractLine.objects.create(contract=contract, **given)


def make_article(owner: Principal, **values: Any) -> Article:
    given = {"title": "Pump stops at 40 °C", "body": "Clean the filter first.", **values}
    article = Article.objects.create(owner=owner, **given)
    article.refresh_from_db()
    return article
