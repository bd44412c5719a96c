"""Bills of an order: in parts that add up, posted without gaps, credited, paid."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import CompanySettings
from crm.records.services import delete_records
from crm.registry.registry import registry
from sales_docs.entries import HeaderEntry
from sales_docs.models import Invoice, InvoiceLine
from sales_docs.services.billing import create_invoice_from_order
from sales_docs.services.invoices import cancel_invoice, create_credit_note, post_invoice
from sales_docs.services.orders import fulfil_order
from sales_docs.services.payments import record_payment
from tests.factories.sales_docs import (
    line,
    make_currency,
    make_invoice,
    make_order,
    make_tax_code,
    put_lines,
)

COLUMNS = (
    "detail_amount",
    "total_line_discount",
    "header_discount",
    "freight_amount",
    "freight_tax",
    "total_tax",
    "total_amount",
)


@pytest.fixture
def order(owner, as_actor):
    return awkward_order(owner, as_actor, "EUR")


def awkward_order(owner, as_actor, currency):
    """Nothing in it divides evenly."""
    vat, reduced = make_tax_code(), make_tax_code("RED", name="Reduced", rate=Decimal("5.5"))
    order = make_order(owner, currency=make_currency(currency))
    return put_lines(
        as_actor(owner),
        order,
        line("One", quantity="3", price="33.335", tax_code=vat, discount_percent="3"),
        line("Two", quantity="7", price="19", tax_code=reduced),
        line("Three", quantity="1.5", price="7", typed_tax="2"),
        header=HeaderEntry(
            discount_percent=Decimal("2.5"),
            freight_amount=Decimal(10),
            freight_tax_code_id=vat.pk,
        ),
    )


def bill(actor, order, **values):
    return create_invoice_from_order(actor=actor, record_id=order.pk, **values)


def totals(*documents):
    return {name: sum(getattr(each, name) for each in documents) for name in COLUMNS}


def ids(order):
    return list(order.lines.values_list("pk", flat=True))


@pytest.mark.parametrize("currency", ["EUR", "JPY", "BHD"])
def test_parts_by_percentage_add_up_to_the_order(owner, as_actor, currency):
    order = awkward_order(owner, as_actor, currency)
    parts = [
        bill(as_actor(owner), order, extent="percent", percent=Decimal(percent))
        for percent in ("33.33", "33.33", "33.34")
    ]
    order.refresh_from_db()
    assert totals(*parts) == totals(order)
    assert (order.state, order.billed_amount, order.bill_count) == (
        "invoiced",
        order.total_amount,
        3,
    )


@pytest.mark.parametrize("currency", ["EUR", "JPY", "BHD"])
def test_parts_by_quantity_add_up_to_the_order(owner, as_actor, currency):
    order = awkward_order(owner, as_actor, currency)
    one, two, three = ids(order)
    parts = [
        bill(as_actor(owner), order, extent="quantities", quantities=quantities)
        for quantities in (
            {one: Decimal(1), two: Decimal(3)},
            {one: Decimal(1), three: Decimal("0.7")},
        )
    ]
    parts.append(bill(as_actor(owner), order))
    order.refresh_from_db()
    assert totals(*parts) == totals(order)
    assert order.state == "invoiced"


def test_each_bill_adds_up_in_itself(owner, as_actor, order):
    part = bill(as_actor(owner), order, extent="percent", percent=Decimal(37))
    lines = list(part.lines.all())
    assert sum(each.net_amount for each in lines) == part.detail_amount - part.header_discount
    assert sum(each.tax_amount for each in lines) + part.freight_tax == part.total_tax
    assert part.total_amount == (
        part.detail_amount - part.header_discount + part.freight_amount + part.total_tax
    )
    assert (part.account, part.order, part.state) == (order.account, order, "draft")


def test_the_same_request_twice_makes_one_bill(owner, as_actor, order):
    key = uuid4()
    made = {bill(as_actor(owner), order, request_key=key) for _ in "ab"}
    assert len(made) == Invoice.objects.count() == 1


def test_more_than_is_left_is_refused_and_says_what_is(owner, as_actor, order):
    one = ids(order)[0]
    bill(as_actor(owner), order, extent="quantities", quantities={one: Decimal(2)})
    with pytest.raises(RuleViolation, match="Only 1 is left") as refused:
        bill(as_actor(owner), order, extent="quantities", quantities={one: Decimal(2)})
    assert list(refused.value.fields) == [f"line-{one}-quantity"]
    assert Invoice.objects.count() == 1


def test_a_billed_order_is_not_billed_again(owner, as_actor, order):
    bill(as_actor(owner), order)
    with pytest.raises(RuleViolation, match="billed already"):
        bill(as_actor(owner), order)
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("percent", [None, "0", "-5", "100.01"])
def test_a_percentage_that_cannot_be_is_refused(owner, as_actor, order, percent):
    with pytest.raises(RuleViolation) as refused:
        bill(as_actor(owner), order, extent="percent", percent=percent and Decimal(percent))
    assert list(refused.value.fields) == ["percent"]
    assert not Invoice.objects.exists()


def test_what_a_canceled_bill_took_can_be_billed_again(owner, as_actor, order):
    first = bill(as_actor(owner), order)
    cancel_invoice(actor=as_actor(owner), record_id=first.pk)
    order.refresh_from_db()
    assert (order.state, order.billed_amount, order.bill_count) == ("active", 0, 0)
    assert totals(bill(as_actor(owner), order)) == totals(order)


def test_fulfilled_then_billed_is_invoiced_and_back(owner, as_actor, order):
    fulfil_order(actor=as_actor(owner), record_id=order.pk)
    first = bill(as_actor(owner), order)
    order.refresh_from_db()
    assert order.state == "invoiced"
    cancel_invoice(actor=as_actor(owner), record_id=first.pk)
    order.refresh_from_db()
    assert order.state == "fulfilled"


def test_lines_of_a_part_are_not_edited(owner, as_actor, order):
    part = bill(as_actor(owner), order)
    with pytest.raises(RuleViolation, match="part of another"):
        put_lines(as_actor(owner), part, line())
    assert part.lines.count() == 3


def test_a_teammate_may_not_bill(teammate, as_actor, order):
    with pytest.raises(AccessDenied):
        bill(as_actor(teammate), order)
    assert not Invoice.objects.exists()


def test_a_stranger_finds_no_order_to_bill(stranger, as_actor, order):
    with pytest.raises(NotVisible):
        bill(as_actor(stranger), order)


# Posting


def test_posting_gives_number_dates_and_address(owner, as_actor):
    draft = make_invoice(owner, line())
    posted = post_invoice(actor=as_actor(owner), record_id=draft.pk)
    today = timezone.localdate()
    assert posted.number == f"INV-{today.year}-00001"
    assert (posted.state, posted.issued_on) == ("posted", today)
    assert posted.due_on == today + timedelta(days=30)
    assert posted.billing_name == "Aurelis Diagnostics"
    again = post_invoice(actor=as_actor(owner), record_id=draft.pk)
    assert again.number == posted.number


def test_numbers_follow_each_other_and_a_refusal_takes_none(owner, as_actor):
    drafts = [make_invoice(owner, line()), make_invoice(owner), make_invoice(owner, line())]
    first = post_invoice(actor=as_actor(owner), record_id=drafts[0].pk)
    with pytest.raises(RuleViolation, match="nothing on it"):
        post_invoice(actor=as_actor(owner), record_id=drafts[1].pk)
    third = post_invoice(actor=as_actor(owner), record_id=drafts[2].pk)
    assert [first.number[-5:], third.number[-5:]] == ["00001", "00002"]


def test_numbers_begin_again_with_the_fiscal_year(owner, as_actor):
    CompanySettings.objects.update_or_create(pk=1, defaults={"fiscal_year_start": 4})
    days = (date(2025, 3, 31), date(2025, 4, 1), date(2026, 3, 31))
    numbers = [
        post_invoice(
            actor=as_actor(owner), record_id=make_invoice(owner, line()).pk, issued_on=day
        ).number
        for day in days
    ]
    assert numbers == ["INV-2024-00001", "INV-2025-00001", "INV-2025-00002"]


def test_a_number_never_goes_to_an_earlier_day(owner, as_actor):
    later, earlier = make_invoice(owner, line()), make_invoice(owner, line())
    post_invoice(actor=as_actor(owner), record_id=later.pk, issued_on=date(2026, 6, 15))
    with pytest.raises(RuleViolation) as refused:
        post_invoice(actor=as_actor(owner), record_id=earlier.pk, issued_on=date(2026, 6, 14))
    assert list(refused.value.fields) == ["issued_on"]
    earlier.refresh_from_db()
    assert (earlier.state, earlier.number) == ("draft", "")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"issued_on": date(2999, 1, 1)}, "issued_on"),
        ({"issued_on": date(2025, 5, 1), "due_on": date(2025, 4, 30)}, "due_on"),
    ],
)
def test_dates_that_cannot_be_are_refused(owner, as_actor, values, field):
    draft = make_invoice(owner, line())
    with pytest.raises(RuleViolation) as refused:
        post_invoice(actor=as_actor(owner), record_id=draft.pk, **values)
    assert list(refused.value.fields) == [field]
    draft.refresh_from_db()
    assert draft.number == ""


@pytest.fixture
def posted(owner, as_actor):
    return post_invoice(
        actor=as_actor(owner), record_id=make_invoice(owner, line(tax_code=make_tax_code())).pk
    )


def test_a_posted_invoice_is_not_changed_by_any_path(owner, as_actor, posted):
    with pytest.raises(RuleViolation, match="no longer a draft"):
        put_lines(as_actor(owner), posted, line())
    with pytest.raises(RuleViolation, match="credit note"):
        cancel_invoice(actor=as_actor(owner), record_id=posted.pk)
    result = delete_records(
        actor=as_actor(owner), record_type=registry.get("invoice"), ids=[posted.pk]
    )
    assert result.done == 0
    for change in (
        lambda: Invoice.objects.filter(pk=posted.pk).update(total_amount=1),
        lambda: Invoice.objects.filter(pk=posted.pk).update(number="INV-9"),
        lambda: Invoice.objects.filter(pk=posted.pk).update(deleted_at=timezone.now()),
        lambda: Invoice.objects.filter(pk=posted.pk).delete(),
        lambda: InvoiceLine.objects.filter(document=posted).update(name="Other"),
        lambda: InvoiceLine.objects.filter(document=posted).delete(),
    ):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            change()
    posted.refresh_from_db()
    assert str(posted.total_amount) == "120.0000"


# Credit notes


def test_a_credit_note_nets_to_zero_and_frees_the_order(owner, as_actor, order):
    first = post_invoice(actor=as_actor(owner), record_id=bill(as_actor(owner), order).pk)
    credit = create_credit_note(actor=as_actor(owner), record_id=first.pk)
    assert create_credit_note(actor=as_actor(owner), record_id=first.pk) == credit
    assert totals(first, credit) == dict.fromkeys(COLUMNS, 0)
    credit = post_invoice(actor=as_actor(owner), record_id=credit.pk)
    first.refresh_from_db()
    order.refresh_from_db()
    assert credit.number == f"CRN-{credit.issued_on.year}-00001"
    assert (first.state, first.balance) == ("credited", 0)
    assert (credit.state, credit.balance) == ("paid", 0)
    assert (order.state, order.billed_amount) == ("active", 0)
    assert totals(bill(as_actor(owner), order)) == totals(order)


def test_a_part_by_percentage_can_be_billed_again_after_its_credit(owner, as_actor, order):
    part = bill(as_actor(owner), order, extent="percent", percent=Decimal(60))
    post_invoice(actor=as_actor(owner), record_id=part.pk)
    credit = create_credit_note(actor=as_actor(owner), record_id=part.pk)
    post_invoice(actor=as_actor(owner), record_id=credit.pk)
    again = [
        bill(as_actor(owner), order, extent="percent", percent=Decimal(percent))
        for percent in (60, 40)
    ]
    assert totals(*again) == totals(order)


def test_an_order_tells_what_is_posted_from_what_is_in_drafts(owner, as_actor, order):
    def amounts():
        order.refresh_from_db()
        return (order.posted_amount, order.draft_amount)

    part = bill(as_actor(owner), order, extent="percent", percent=Decimal(40))
    assert amounts() == (0, part.total_amount)
    part = post_invoice(actor=as_actor(owner), record_id=part.pk)
    assert amounts() == (part.total_amount, 0)
    rest = bill(as_actor(owner), order)
    assert amounts() == (part.total_amount, rest.total_amount)
    cancel_invoice(actor=as_actor(owner), record_id=rest.pk)
    assert amounts() == (part.total_amount, 0)
    credit = create_credit_note(actor=as_actor(owner), record_id=part.pk)
    assert amounts() == (part.total_amount, 0)
    post_invoice(actor=as_actor(owner), record_id=credit.pk)
    assert amounts() == (0, 0)


def test_what_was_paid_of_a_credited_bill_remains_to_be_given_back(owner, as_actor, posted):
    record_payment(actor=as_actor(owner), record_id=posted.pk, amount=Decimal(50))
    credit = create_credit_note(actor=as_actor(owner), record_id=posted.pk)
    credit = post_invoice(actor=as_actor(owner), record_id=credit.pk)
    posted.refresh_from_db()
    assert (posted.state, posted.balance) == ("credited", 0)
    assert (credit.state, credit.balance) == ("posted", Decimal(-50))
    settled = record_payment(actor=as_actor(owner), record_id=credit.pk, amount=Decimal(-50))
    assert (settled.state, settled.balance) == ("paid", 0)


def test_a_draft_is_not_credited(owner, as_actor):
    draft = make_invoice(owner, line())
    with pytest.raises(RuleViolation, match="posted"):
        create_credit_note(actor=as_actor(owner), record_id=draft.pk)
    assert Invoice.objects.count() == 1


# Payments


def test_payments_settle_an_invoice_and_can_be_taken_back(owner, as_actor, posted):
    part = record_payment(actor=as_actor(owner), record_id=posted.pk, amount=Decimal(20))
    assert (part.state, part.balance, part.paid_on) == ("posted", Decimal(100), None)
    paid = record_payment(
        actor=as_actor(owner), record_id=posted.pk, amount=Decimal(100), reference="SEPA"
    )
    assert (paid.state, paid.balance) == ("paid", 0)
    assert paid.paid_on is not None
    back = record_payment(actor=as_actor(owner), record_id=posted.pk, amount=Decimal(-100))
    assert (back.state, back.balance, back.paid_on) == ("posted", Decimal(100), None)
    assert [str(each.amount) for each in posted.payments.all()] == [
        "20.0000",
        "100.0000",
        "-100.0000",
    ]


@pytest.mark.parametrize("amount", ["120.01", "-0.01", "0", "0.001"])
def test_a_payment_that_does_not_fit_is_refused(owner, as_actor, posted, amount):
    with pytest.raises(RuleViolation) as refused:
        record_payment(actor=as_actor(owner), record_id=posted.pk, amount=Decimal(amount))
    assert list(refused.value.fields) == ["amount"]
    assert not posted.payments.exists()


def test_a_draft_takes_no_payment(owner, as_actor):
    draft = make_invoice(owner, line())
    with pytest.raises(RuleViolation, match="posted"):
        record_payment(actor=as_actor(owner), record_id=draft.pk, amount=Decimal(1))
