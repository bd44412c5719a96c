"""What cases, deals, documents and mailings tell their owners when others are at work."""

import pytest

from cases.services import reactivate_case, resolve_case
from crm import clock
from crm.access.actor import Actor
from crm.models import Notification
from crm.records.history.undo import undo_operation
from crm.records.running import run
from marketing.models import Send
from marketing.services.sending import complete_mailing, note_trouble
from opportunities.services import lose_opportunity, reopen_opportunity, win_opportunity
from sales_docs.services.billing import create_invoice_from_order
from sales_docs.services.invoices import post_invoice
from sales_docs.services.orders import create_order_from_quote
from sales_docs.services.payments import record_payment
from sales_docs.services.quotes import activate_quote
from tests.factories.accounts import make_account
from tests.factories.cases import make_case
from tests.factories.marketing import give_address, make_list, make_mailing
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_order, make_quote

pytestmark = pytest.mark.django_db


def told(kind):
    rows = Notification.objects.filter(kind=kind).order_by("pk")
    return list(rows.values_list("recipient__username", "actor__name", "record_type", "record_id"))


def test_a_case_somebody_else_opens_again(agent, admin, as_actor):
    case = make_case(agent)
    resolve_case(actor=as_actor(agent), record_id=case.pk)
    reactivate_case(actor=as_actor(admin), record_id=case.pk)
    assert told("case_reopened") == [("agent", "Boss", "case", case.pk)]
    resolve_case(actor=as_actor(agent), record_id=case.pk)
    reactivate_case(actor=as_actor(agent), record_id=case.pk)
    assert len(told("case_reopened")) == 1


def test_a_deal_somebody_else_closes_or_reopens(owner, manager, as_actor):
    deal = make_opportunity(owner)
    for service in (lose_opportunity, reopen_opportunity):
        service(actor=as_actor(manager), record_id=deal.pk)
    assert told("opportunity_closed") == [("owner", "Manager", "opportunity", deal.pk)] * 2
    rows = Notification.objects.order_by("pk")
    assert [row.data["what"] for row in rows] == ["lost", "reopened"]
    lose_opportunity(actor=as_actor(owner), record_id=deal.pk)
    assert Notification.objects.count() == 2


def test_undoing_a_win_takes_the_news_back(owner, manager, as_actor):
    deal = make_opportunity(owner, account=make_account(owner))
    _deal, operation_id = run(actor=as_actor(manager), service=win_opportunity, record_id=deal.pk)
    assert told("opportunity_closed") == [("owner", "Manager", "opportunity", deal.pk)]
    undo_operation(actor=as_actor(manager), operation_id=operation_id)
    assert told("opportunity_closed") == []


def test_a_quote_somebody_else_turns_into_an_order(owner, manager, as_actor):
    quote = make_quote(owner, line(), account=make_account(owner))
    activate_quote(actor=as_actor(owner), record_id=quote.pk)
    order = create_order_from_quote(actor=as_actor(manager), record_id=quote.pk)
    assert told("quote_won") == [("owner", "Manager", "quote", quote.pk)]
    assert order.owner_id == owner.pk
    assert told("assigned") == [("owner", "Manager", "order", order.pk)]


def test_an_order_somebody_else_invoices_and_sees_paid(owner, manager, as_actor):
    order = make_order(owner, line(), account=make_account(owner), state="active")
    actor = as_actor(manager)
    draft = create_invoice_from_order(actor=actor, record_id=order.pk)
    invoice = post_invoice(actor=actor, record_id=draft.pk)
    assert told("order_invoiced") == [("owner", "Manager", "order", order.pk)]
    assert invoice.owner_id == owner.pk
    record_payment(actor=actor, record_id=invoice.pk, amount=invoice.total_amount)
    assert told("invoice_paid") == [("owner", "Manager", "invoice", invoice.pk)]


@pytest.fixture
def mailing(marketer, as_actor):
    give_address()
    made = make_mailing(marketer, make_list(marketer), state="running")
    Send.objects.create(
        activity=made, launched_at=clock.now(), site_url="", next_claim_at=clock.now()
    )
    return made


def test_a_mailing_that_is_complete_tells_its_owner_once(mailing):
    for _time in range(2):
        complete_mailing(actor=Actor.system(), activity_id=mailing.pk)
    assert told("mailing_completed") == [("marketer", None, "campaignactivity", mailing.pk)]


def test_a_mail_server_that_stays_away_is_told_of_once(mailing):
    for number in range(5):
        note_trouble(actor=Actor.system(), activity_id=mailing.pk, told="421 too busy")
        assert len(told("mailing_in_trouble")) == (number >= 2)
    assert Send.objects.get(pk=mailing.pk).failures == 5
