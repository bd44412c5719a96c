"""What must hold of contracts, their lines and articles, and which states follow on which."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case
from crm.errors import RuleViolation
from crm.ui.parts import day_text
from crm.values.money import currency_exponent
from sales_docs.models import Product
from service.models import Article, Contract, ContractLine

State = Contract.State
RUNNING = (State.INVOICED, State.ACTIVE, State.ON_HOLD)
RENEWABLE = (*RUNNING, State.CANCELED, State.EXPIRED)
UNDER_WAY = (Article.State.DRAFT, Article.State.IN_REVIEW, Article.State.APPROVED)


def refuse_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise RuleViolation(
            _("The last day lies before the first."),
            fields={"ends_on": _("Choose the same or a later day.")},
        )


def contract_lock(contract: Contract) -> object | None:
    """Only a draft is edited; what was agreed is changed by renewing or copying."""
    if contract.state == State.DRAFT:
        return None
    return gettext_lazy("What was agreed can't be edited. Renew or copy it instead.")


def refuse_unless_draft(contract: Contract) -> None:
    if contract.state != State.DRAFT:
        raise RuleViolation(
            _("Only a draft can be changed; this one is “%(state)s”.")
            % {"state": contract.get_state_display()}
        )


def refuse_deleting(contract: Contract) -> None:
    if contract.state != State.DRAFT:
        raise RuleViolation(_("Only a draft can be deleted; cancel this one instead."))


def refuse_state(contract: Contract, allowed: Collection[str]) -> None:
    if contract.state not in allowed:
        raise RuleViolation(
            _("This can't be done while it is “%(state)s”.")
            % {"state": contract.get_state_display()}
        )


def refuse_empty(count: int) -> None:
    if count == 0:
        raise RuleViolation(_("It grants nothing yet. Add a line first."))


def refuse_past(contract: Contract, today: date) -> None:
    if contract.ends_on < today:
        raise RuleViolation(
            _("Its last day is over already."),
            fields={"ends_on": _("Choose a later day.")},
        )


def refuse_cancellation_day(contract: Contract, day: date, today: date) -> None:
    if day > today:
        raise RuleViolation(
            _("It cannot be canceled ahead of time."),
            fields={"canceled_on": _("Choose today or an earlier day.")},
        )
    if day > contract.ends_on:
        raise RuleViolation(
            _("It ended before that day."),
            fields={"canceled_on": _("Choose a day before its end.")},
        )


def renewed_already() -> RuleViolation:
    return RuleViolation(_("It has been renewed already."))


def state_on(contract: Contract, day: date) -> State:
    """Where a contract that was invoiced stands on a day."""
    if day > contract.ends_on:
        return State.EXPIRED
    return State.ACTIVE if day >= contract.starts_on else State.INVOICED


def refuse_line(line: ContractLine) -> None:
    """A line grants a number, or everything between two days of its contract."""
    wrong = {**_wrong_amounts(line), **_wrong_days(line)}
    if line.allotment == ContractLine.Allotment.DATES:
        line.total = None
    elif not line.total:
        wrong["total"] = _("Say how many.")
    if wrong:
        raise RuleViolation(_("Some values need another look."), fields=wrong)


def _wrong_amounts(line: ContractLine) -> dict[str, object]:
    wrong: dict[str, object] = {}
    if line.discount > line.price:
        wrong["discount"] = _("The discount is larger than the price.")
    currency = line.contract.currency_id
    places = currency_exponent(currency)
    for name in ("price", "discount"):
        amount = getattr(line, name)
        if amount != amount.quantize(Decimal(1).scaleb(-places)):
            wrong[name] = _("%(currency)s has fewer decimals.") % {"currency": currency}
    return wrong


def _wrong_days(line: ContractLine) -> dict[str, object]:
    contract = line.contract
    if line.ends_on < line.starts_on:
        return {"ends_on": _("Choose the same or a later day.")}
    if contract.starts_on <= line.starts_on and line.ends_on <= contract.ends_on:
        return {}
    told = _("Stay between %(first)s and %(last)s, the days of the whole.") % {
        "first": day_text(contract.starts_on),
        "last": day_text(contract.ends_on),
    }
    name = "starts_on" if line.starts_on < contract.starts_on else "ends_on"
    return {name: told}


def refuse_unsold(product: Product | None) -> None:
    if product is not None and product.structure == Product.Structure.FAMILY:
        raise RuleViolation(
            _("Choose something that is sold."), fields={"product": _("A family can't be chosen.")}
        )


def refuse_closed_case(case: Case) -> None:
    if case.state != Case.State.ACTIVE:
        raise RuleViolation(_("It is closed: what it was served under stays as it is."))


def refuse_cover(line: ContractLine, account_id: int | None, day: date, left: int | None) -> None:
    """A case is served under a line that is in force, of its own customer, with something left."""
    contract = line.contract
    in_force = (
        line.state == ContractLine.State.EXISTING
        and contract.state == State.ACTIVE
        and line.starts_on <= day <= line.ends_on
    )
    if not in_force:
        raise _not_this_line(_("It is not in force today."))
    if contract.account_id != account_id:
        raise _not_this_line(_("It belongs to another customer."))
    if left is not None and left <= 0:
        raise _not_this_line(_("Nothing is left of it."))


def _not_this_line(why: str) -> RuleViolation:
    return RuleViolation(_("This line can't be used."), fields={"line": why})


def article_lock(article: Article) -> object | None:
    """Only a draft is edited; a published one by a new version."""
    if article.state == Article.State.DRAFT:
        return None
    if article.state == Article.State.PUBLISHED:
        return gettext_lazy("What is published can't be edited. Make a new version of it.")
    if article.state in UNDER_WAY:
        return gettext_lazy("It is being reviewed. Send it back to edit it.")
    return gettext_lazy("It is put away. Restore it to edit it.")


def refuse_article_state(article: Article, allowed: Collection[str]) -> None:
    if article.state not in allowed:
        raise RuleViolation(
            _("This can't be done while it is “%(state)s”.")
            % {"state": article.get_state_display()}
        )


def refuse_blank(article: Article) -> None:
    if not article.body.strip():
        raise RuleViolation(
            _("There is nothing to read yet."), fields={"body": _("Write the text first.")}
        )


def another_under_way(other: Article) -> RuleViolation:
    return RuleViolation(
        _("Version %(version)s is being worked on already.") % {"version": other.version_name}
    )
