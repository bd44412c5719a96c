"""Many people at once: one order, one bill, numbers without gaps, no lost line."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction

from crm.access.actor import Actor
from crm.errors import CrmError
from crm.models import User
from sales_docs.line_merging import EditedLine
from sales_docs.models import Invoice, Order
from sales_docs.services.billing import create_invoice_from_order
from sales_docs.services.invoices import post_invoice
from sales_docs.services.orders import create_order_from_quote
from sales_docs.services.quotes import activate_quote, create_quote_from_opportunity, revise_quote
from tests.factories.accounts import make_account
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_invoice, make_order, make_quote, put_lines
from tests.services.sales_docs.test_document_lines import save

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 20


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Runs `work` on as many connections at the same moment; results or refusals, in order."""
    start = threading.Barrier(count)

    def one(number: int) -> Any:
        try:
            start.wait()
            return work(number)
        except CrmError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def actor_of(user: User) -> Actor:
    return Actor(user=User.objects.get(pk=user.pk))


def test_twenty_people_press_order_and_there_is_one(owner):
    opportunity = make_opportunity(owner, account=make_account(owner))
    quote = create_quote_from_opportunity(actor=actor_of(owner), record_id=opportunity.pk)
    put_lines(actor_of(owner), quote, line())
    activate_quote(actor=actor_of(owner), record_id=quote.pk)
    made = at_once(
        PEOPLE,
        lambda _: create_order_from_quote(
            actor=actor_of(owner), record_id=quote.pk, wins_opportunity=True
        ),
    )
    assert set(made) == {Order.objects.get()}
    opportunity.refresh_from_db()
    assert opportunity.state == "won"


def test_twenty_people_revise_and_there_is_one_revision(owner):
    quote = make_quote(owner, line())
    activate_quote(actor=actor_of(owner), record_id=quote.pk)
    made = at_once(PEOPLE, lambda _: revise_quote(actor=actor_of(owner), record_id=quote.pk))
    assert len(set(made)) == 1
    assert made[0].revision == 1


def test_twenty_people_bill_the_same_rest_and_there_is_one_bill(owner):
    order = make_order(owner, line(quantity="3", price="33.335"))
    results = at_once(
        PEOPLE,
        lambda _: create_invoice_from_order(
            actor=actor_of(owner), record_id=order.pk, request_key=uuid4()
        ),
    )
    bills = [each for each in results if isinstance(each, Invoice)]
    assert len(bills) == Invoice.objects.count() == 1
    order.refresh_from_db()
    assert order.billed_amount == order.total_amount == bills[0].total_amount


def test_parallel_parts_never_exceed_the_order(owner):
    order = make_order(owner, line(quantity="7", price="14.29"))
    (kept,) = order.lines.all()
    at_once(
        PEOPLE,
        lambda _: create_invoice_from_order(
            actor=actor_of(owner),
            record_id=order.pk,
            extent="quantities",
            quantities={kept.pk: Decimal(1)},
        ),
    )
    order.refresh_from_db()
    assert Invoice.objects.count() == 7
    assert sum(each.total_amount for each in Invoice.objects.all()) == order.total_amount


def test_numbers_have_no_gaps_though_a_third_of_the_postings_fail(owner):
    drafts = [make_invoice(owner, line()).pk for _ in range(60)]

    def post(number: int) -> str:
        actor = actor_of(owner)
        numbers = []
        for record_id in drafts[number::6]:
            try:
                with transaction.atomic():
                    numbers.append(post_invoice(actor=actor, record_id=record_id).number)
                    if record_id % 3 == 0:
                        numbers.pop()
                        raise CrmError("Taken back.")
            except CrmError:
                continue
        return " ".join(numbers)

    given = " ".join(at_once(6, post)).split()
    year = given[0][4:8]
    assert sorted(given) == [f"INV-{year}-{number:05}" for number in range(1, len(given) + 1)]
    assert sorted(Invoice.objects.posted().values_list("number", flat=True)) == sorted(given)
    assert 30 < len(given) < 50


def test_two_who_post_the_same_draft_get_one_number(owner):
    draft = make_invoice(owner, line())
    posted = at_once(8, lambda _: post_invoice(actor=actor_of(owner), record_id=draft.pk).number)
    assert set(posted) == {posted[0]}
    other = post_invoice(actor=actor_of(owner), record_id=make_invoice(owner, line()).pk)
    assert other.number.endswith("00002")


def test_lines_added_by_many_at_once_are_all_there(owner):
    quote = make_quote(owner)
    at_once(
        8,
        lambda number: save(
            actor_of(owner), quote, [EditedLine(entry=line(f"Line {number}", price="1"))]
        ),
    )
    quote.refresh_from_db()
    assert quote.lines.count() == 8
    assert quote.total_amount == 8
