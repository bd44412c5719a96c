"""Records on which a verb can be carried out, where trying plain values does not lead there.

A verb that is missing here, and that `offered_record` finds no record for, fails the contract
tests: add how one gets there.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cases.models import Queue
from crm import clock
from crm.access.actor import Actor
from crm.models import User
from leads.services import qualify_automatically
from marketing.services import close_response
from opportunities.services import win_opportunity
from sales_docs.services.invoices import post_invoice
from service.models import Contract, ContractLine
from service.services import approve_article, publish_article, submit_article
from tests.factories.accounts import make_account
from tests.factories.cases import make_case, make_queue
from tests.factories.leads import make_lead
from tests.factories.marketing import make_response
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_invoice, make_order, make_quote
from tests.factories.service import make_article, make_contract, make_line

Make = Callable[[User, Actor], Any]


def _deal(owner: User, actor: Actor) -> Any:
    return make_opportunity(owner, account=make_account(owner))


def _won_deal(owner: User, actor: Actor) -> Any:
    return win_opportunity(actor=actor, record_id=_deal(owner, actor).pk)


def _qualified(owner: User, actor: Actor) -> Any:
    return qualify_automatically(actor=actor, record_id=make_lead(owner).pk)


def _posted(owner: User, actor: Actor) -> Any:
    day = clock.now().date()
    return post_invoice(
        actor=actor, record_id=make_invoice(owner, line()).pk, issued_on=day, due_on=day
    )


def _waiting(owner: User, actor: Actor) -> Any:
    return make_case(owner, queue=make_queue(owner, owner))


def _taken(owner: User, actor: Actor) -> Any:
    case = _waiting(owner, actor)
    case.queue_item.worked_by = owner
    case.queue_item.save()
    return case


def _escalated(owner: User, actor: Actor) -> Any:
    return make_case(owner, is_escalated=True, escalated_at=clock.now())


def _entitled(owner: User, actor: Actor) -> Any:
    """A case whose customer has a contract that runs today."""
    case = make_case(owner)
    make_line(_running(owner, actor, account=case.account))
    return case


def _running(owner: User, actor: Actor, **values: Any) -> Contract:
    day = clock.now().date()
    span = {"starts_on": day - timedelta(days=9), "ends_on": day + timedelta(days=90)}
    return make_contract(owner, state="active", **span, **values)


def _closed_response(owner: User, actor: Actor) -> Any:
    return close_response(actor=actor, record_id=make_response(owner).pk)


def _approved(owner: User, actor: Actor) -> Any:
    article = submit_article(actor=actor, record_id=make_article(owner).pk)
    return approve_article(actor=actor, record_id=article.pk)


def _published(owner: User, actor: Actor) -> Any:
    return publish_article(actor=actor, record_id=_approved(owner, actor).pk)


def _drafted(owner: User, actor: Actor) -> Contract:
    contract = make_contract(owner)
    make_line(contract)
    return contract


def _with_line(make: Callable[..., Any]) -> Make:
    return lambda owner, actor: make(owner, line())


READY: dict[tuple[str, str], Make] = {
    ("opportunity", "reopen"): _won_deal,
    ("opportunity", "quote"): _deal,
    ("lead", "undo-qualification"): _qualified,
    ("invoice", "post"): _with_line(make_invoice),
    ("invoice", "pay"): _posted,
    ("invoice", "credit"): _posted,
    ("order", "submit"): _with_line(make_order),
    ("order", "invoice"): _with_line(make_order),
    ("quote", "activate"): _with_line(make_quote),
    ("case", "pick"): _waiting,
    ("case", "release"): _taken,
    ("case", "unqueue"): _waiting,
    ("case", "calm"): _escalated,
    ("case", "cover"): _entitled,
    ("campaignresponse", "reopen"): _closed_response,
    ("article", "submit"): lambda owner, actor: make_article(owner),
    ("article", "publish"): _approved,
    ("article", "update"): _published,
    ("article", "archive"): _published,
    ("contract", "invoice"): _drafted,
    ("contract", "cancel"): _running,
}


def _line_for(case: Any) -> int:
    return int(ContractLine.objects.get(contract__account=case.account).pk)


def _other_queue(owner: User) -> Queue:
    found = Queue.objects.filter(name="Repairs").first()
    return found or make_queue(owner, owner, name="Repairs")


# Beyond the required fields of a dialog: (type, verb) -> field -> value for this record.
ANSWERS: dict[tuple[str, str], Callable[[User, Any], dict[str, Any]]] = {
    ("case", "route"): lambda owner, case: {"queue": _other_queue(owner).pk},
    ("case", "resolve"): lambda owner, case: {"minutes": "5", "billable_minutes": "5"},
    ("case", "stage"): lambda owner, case: {"value": "resolve"},
    ("case", "cover"): lambda owner, case: {"line": _line_for(case)},
}
