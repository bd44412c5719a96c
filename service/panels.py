"""What record pages show of contracts and articles."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Account
from cases.models import Case
from crm import clock
from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.models.levels import Privilege
from service import rules
from service.models import Article, CaseCover, Contract, ContractLine
from service.rendering import rendered
from service.wording import said_allotment

SHOWN = 5
PERCENT = 100


def _today() -> Any:
    return clock.today(timezone.get_current_timezone())


def usable_lines(actor: Actor, account_id: int | None) -> list[ContractLine]:
    """Lines of the account's active contracts that cover today, as far as the actor sees them."""
    if account_id is None:
        return []
    lines = _lines_of(actor, account_id).usable(_today())
    ordered = lines.with_used().select_related("contract")
    return list(ordered.order_by("ends_on", "pk")[: SHOWN * 2])


def entitlement(actor: Actor, case: Case) -> dict[str, Any] | None:
    """What service the customer is entitled to, and which line this case is served under."""
    if case.account_id is None:
        return None
    lines = _lines_for(actor, case.pk, case.account_id, _today())
    return {
        "lines": [(line, said_allotment(line), percent_left(line)) for line in lines],
        "may_choose": bool(lines)
        and case.state == Case.State.ACTIVE
        and actor.allows(Privilege.WRITE, case),
    }


@prepared
def _lines_for(actor: Actor, case_id: int, account_id: int, today: date) -> QuerySet[Any]:
    """What may serve the case today, and what serves it, also when it is no longer in force."""
    covers = CaseCover.objects.filter(case=case_id, line=OuterRef("pk"))
    lines = _lines_of(actor, account_id).annotate(serves=Exists(covers))
    shown = lines.usable(today) | lines.filter(serves=True)
    ordered = shown.with_used().select_related("contract")
    return ordered.order_by("ends_on", "pk")[: SHOWN * 2]


def _lines_of(actor: Actor, account_id: int) -> Any:
    """Lines of contracts one sees; naming the account twice spares a walk through all lines."""
    contracts = Contract.objects.visible_to(actor).filter(account_id=account_id)
    return ContractLine.objects.filter(contract__in=contracts, contract__account=account_id)


def percent_left(line: Any) -> int | None:
    if not line.total:
        return None
    return max(0, line.total - line.used) * PERCENT // line.total


def contracts_at_account(actor: Actor) -> QuerySet[Any]:
    """The rows of the panel; whether there are any is read along with the account."""
    return Contract.objects.visible_to(actor).filter(account=OuterRef("pk"))


def no_contracts(actor: Actor, _account: Account) -> dict[str, Any] | None:
    """The panel where there are none: left out for who can't make one."""
    may_create = actor.can("contract", Privilege.CREATE)
    empty: dict[str, Any] = {"contracts": [], "has_more": False, "may_create": True}
    return empty if may_create else None


def contracts_of_account(actor: Actor, account: Account) -> dict[str, Any] | None:
    """Active ones by their end, then the latest others; left out where there are none."""
    found = _active_contracts(actor, account.pk)
    if len(found) < SHOWN:
        found += _other_contracts(actor, account.pk)
    may_create = actor.can("contract", Privilege.CREATE)
    if not found and not may_create:
        return None
    return {
        "contracts": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "may_create": may_create,
    }


@prepared
def _active_contracts(actor: Actor, account_id: int) -> QuerySet[Any]:
    rows = Contract.objects.visible_to(actor).active().filter(account=account_id)
    return rows.defer("search_text").order_by("ends_on", "pk")[: SHOWN + 1]


@prepared
def _other_contracts(actor: Actor, account_id: int) -> QuerySet[Any]:
    rows = Contract.objects.visible_to(actor).filter(account=account_id)
    others = rows.exclude(state=Contract.State.ACTIVE).order_by("-ends_on", "-pk")
    return others.defer("search_text")[: SHOWN + 1]


def lines_of_contract(actor: Actor, contract: Contract) -> dict[str, Any]:
    """Everything the contract grants, with what was used of it."""
    lines = list(contract.lines.with_used().select_related("product"))
    may_write = actor.allows(Privilege.WRITE, contract)
    return {
        "lines": [(line, said_allotment(line), percent_left(line)) for line in lines],
        "may_edit": may_write and contract.state == Contract.State.DRAFT,
        "may_cancel": may_write and contract.state in rules.RUNNING,
    }


def used_by(actor: Actor, contract: Contract) -> dict[str, Any] | None:
    """The cases that are served under the contract, the latest first."""
    rows = Case.objects.visible_to(actor).filter(cover__line__contract=contract)
    found = list(rows.defer("search_text").order_by("-created_at", "-pk")[: SHOWN + 1])
    return {"cases": found[:SHOWN], "has_more": len(found) > SHOWN} if found else None


def terms(actor: Actor, contract: Contract) -> dict[str, Any] | None:
    """The terms before and after, where a contract was renewed."""
    rows = Contract.objects.visible_to(actor).filter(number=contract.number)
    others = list(rows.exclude(pk=contract.pk).order_by("-term")[: SHOWN * 2])
    return {"contracts": others} if others else None


def fitting_articles(actor: Actor, case: Case) -> dict[str, Any] | None:
    """Published articles that fit the title of a case that is still worked on."""
    if case.state != Case.State.ACTIVE:
        return None
    rows = Article.objects.visible_to(actor).fitting(case.title)
    found = list(rows.defer("body", "search_text", "ranked_text")[:SHOWN])
    return {"articles": found} if found else None


def article_text(actor: Actor, article: Article) -> dict[str, Any]:
    return {"html": rendered(article.body)}


def versions(actor: Actor, article: Article) -> dict[str, Any] | None:
    """The other versions under the same number."""
    rows = Article.objects.visible_to(actor).filter(number=article.number)
    others = rows.exclude(pk=article.pk).defer("body", "search_text", "ranked_text")
    found = list(others.order_by("-major", "-minor")[: SHOWN * 2])
    return {"articles": found} if found else None
