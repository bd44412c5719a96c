"""Contracts of the demo company with what was used of them, and its knowledge."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count

from cases.models import Case
from crm.demo.fill import Fill
from service.demo_articles import ARTICLES, DRAFTS
from service.models import AllotmentEntry, Article, CaseCover, Contract, ContractLine

ONE_IN = 12
MOST = 20_000
PLANS = (
    ("Gold support", "gold", "cases", 40, "14300"),
    ("Silver support", "silver", "cases", 20, "6900"),
    ("Bronze support", "bronze", "minutes", 600, "3200"),
    ("Calibration plan", "", "dates", None, "9000"),
)
_CONTRACT = (
    "name", "account_id", "state", "level", "billing", "starts_on", "ends_on", "currency_id",
    "total", "owner_id",
)  # fmt: skip
_LINE = (
    "contract_id", "position", "title", "serial_number", "state", "allotment", "total",
    "starts_on", "ends_on", "price", "discount",
)  # fmt: skip


def fill_demo(fill: Fill) -> None:
    _articles(fill)
    count = min(fill.plan.accounts // ONE_IN, MOST)
    asking = Case.objects.order_by().values_list("account").annotate(n=Count("pk"))
    accounts = [pk for pk, _n in asking.exclude(account=None).order_by("-n", "account")[:count]]
    lines: list[Sequence[Any]] = []
    by_id = iter(accounts)
    fill.make(
        Contract,
        len(accounts),
        _CONTRACT,
        lambda one: _contract(fill, one, next(by_id), lines),
    )
    fill.copy(ContractLine, _LINE, lines)
    _use_up(fill)


def _contract(fill: Fill, one: int, account: int, lines: list[Sequence[Any]]) -> Sequence[Any]:
    name, level, allotment, total, price = fill.chance.choice(PLANS)
    first = fill.day(-420, 40).replace(day=1)
    last = first + timedelta(days=364)
    state = _state(fill, is_ahead=first > fill.today, is_over=last < fill.today)
    line_state = {"expired": "expired", "canceled": "canceled"}.get(state, "existing")
    lines.append((one, 1, name, "", line_state, allotment, total, first, last, price, 0))
    billing = fill.chance.choice(("once", "quarterly", "yearly"))
    return (
        f"{name} {first.year}", account, state, level, billing, first, last, "EUR", price,
        fill.agent(),
    )  # fmt: skip


def _state(fill: Fill, *, is_ahead: bool, is_over: bool) -> str:
    if is_over:
        return "expired"
    if is_ahead:
        return fill.chance.choice(("draft", "invoiced"))
    return fill.chance.choices(("active", "on_hold", "draft"), (88, 5, 7))[0]


def _use_up(fill: Fill) -> None:
    """Resolved cases of the last year were served under their customer's contract."""
    lines = ContractLine.objects.exclude(contract__state__in=("draft", "invoiced"))
    known = lines.values_list("contract__account", "pk", "allotment", "starts_on", "ends_on")
    covers, entries = [], []
    by_account: dict[int, list[Any]] = {account: rest for account, *rest in known}
    cases = Case.objects.resolved().filter(account__in=list(by_account))
    for case in cases.only("pk", "account", "resolved_at", "billable_minutes").iterator():
        line, allotment, first, last = by_account[case.account_id]
        if not first <= case.resolved_at.date() <= last:
            continue
        covers.append((case.pk, line))
        amount = {"cases": 1, "minutes": case.billable_minutes, "dates": 0}[allotment]
        if amount:
            entries.append((line, case.pk, -amount, "resolved", case.resolved_at))
    fill.copy(CaseCover, ("case_id", "line_id"), covers)
    fill.copy(AllotmentEntry, ("line_id", "case_id", "amount", "reason", "at"), entries)


def _articles(fill: Fill) -> None:
    owner = fill.people["agent"]
    for title, language, keywords, summary, body in ARTICLES:
        Article.objects.create(
            title=title,
            language=language,
            keywords=keywords,
            summary=summary,
            body=body,
            state=Article.State.PUBLISHED,
            published_at=fill.moment(-300, -10),
            owner=owner,
        )
    for state, title, summary, body in DRAFTS:
        Article.objects.create(title=title, summary=summary, body=body, state=state, owner=owner)
    fill.say(f"{len(ARTICLES) + len(DRAFTS):,} {Article._meta.verbose_name_plural}")
