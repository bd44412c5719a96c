"""A quote's life: from an opportunity, activated, revised, closed, won into an order."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from crm.errors import AccessDenied, NotVisible, RuleViolation, StaleVersion
from crm.models import JournalEntry
from crm.records.services import delete_records, update_record
from crm.registry.registry import registry
from opportunities.services import win_opportunity
from sales_docs.models import Order, Quote
from sales_docs.services.orders import create_order_from_quote
from sales_docs.services.quotes import (
    activate_quote,
    close_quote,
    create_quote_from_opportunity,
    revise_quote,
)
from tests.factories.accounts import make_account, make_contact
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import (
    line,
    make_price_list,
    make_product,
    make_quote,
    make_tax_code,
    put_lines,
)


@pytest.fixture
def opportunity(owner, as_actor):
    account = make_account(
        owner, line1="1 rue du Port", postcode="69002", city="Lyon", country="FR"
    )
    made = make_opportunity(owner, account=account, contact=make_contact(owner, account=account))
    bench = make_product(owner, list_price=Decimal(30000), tax_code=make_tax_code())
    return put_lines(as_actor(owner), made, line(product=bench, quantity="2"), line(price="500"))


@pytest.fixture
def quote(owner, as_actor, opportunity):
    return create_quote_from_opportunity(actor=as_actor(owner), record_id=opportunity.pk)


@pytest.fixture
def active(owner, as_actor, quote):
    return activate_quote(actor=as_actor(owner), record_id=quote.pk)


def verbs(record):
    entries = JournalEntry.objects.filter(record_type=record.type_key(), record_id=record.pk)
    return list(entries.order_by("id").values_list("verb", flat=True))


def test_a_quote_takes_customer_lines_and_taxes_from_its_opportunity(opportunity, quote):
    assert quote.number == "QUO-00001" or quote.number.startswith("QUO-")
    assert (quote.state, quote.revision) == ("draft", 0)
    assert (quote.account, quote.contact) == (opportunity.account, opportunity.contact)
    assert quote.billing_name == "Aurelis Diagnostics"
    assert quote.billing_address == "Nadia Belkacem\n1 rue du Port\n69002 Lyon\nFrance"
    assert [each.name for each in quote.lines.all()] == ["FX-40 bench", "Data migration"]
    assert str(quote.total_amount) == "72500.0000"
    assert str(quote.total_tax) == "12000.0000"


def test_the_default_tax_is_for_what_has_none_of_its_own(owner, as_actor, opportunity):
    make_tax_code("RED", name="Reduced", rate=Decimal(10), is_default=True)
    quote = create_quote_from_opportunity(actor=as_actor(owner), record_id=opportunity.pk)
    assert [str(each.tax_rate) for each in quote.lines.all()] == ["20.0000", "10.0000"]
    assert str(quote.total_tax) == "12050.0000"


def test_the_same_request_twice_makes_one_quote(owner, as_actor, opportunity):
    key = uuid4()
    made = [
        create_quote_from_opportunity(
            actor=as_actor(owner), record_id=opportunity.pk, request_key=key
        )
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert Quote.objects.count() == 1


def test_nobody_is_offered_anything_before_we_know_who_it_is(owner, as_actor):
    nameless = make_opportunity(owner, account=None, contact=None)
    with pytest.raises(RuleViolation, match="whom it is for"):
        create_quote_from_opportunity(actor=as_actor(owner), record_id=nameless.pk)
    assert not Quote.objects.exists()


def test_a_stranger_cannot_quote_what_they_do_not_see(stranger, as_actor, opportunity):
    with pytest.raises(NotVisible):
        create_quote_from_opportunity(actor=as_actor(stranger), record_id=opportunity.pk)
    assert not Quote.objects.exists()


def test_an_active_quote_cannot_be_changed(owner, as_actor, active):
    assert active.state == "active"
    assert active.activated_at is not None
    assert active.valid_from == date.today()  # noqa: DTZ011
    with pytest.raises(RuleViolation, match="Revise it first"):
        put_lines(as_actor(owner), active, line())
    with pytest.raises(RuleViolation, match="Revise it first"):
        update_record(
            actor=as_actor(owner),
            record_type=registry.get("quote"),
            record_id=active.pk,
            version=None,
            values={"name": "Other"},
        )
    active.refresh_from_db()
    assert (active.name, active.lines.count()) == ("Two benches", 2)


def test_activating_twice_is_activating_once(owner, as_actor, active):
    again = activate_quote(actor=as_actor(owner), record_id=active.pk)
    assert again.activated_at == active.activated_at
    assert verbs(active).count("activated") == 1


def test_an_empty_quote_is_not_sent(owner, as_actor):
    quote = make_quote(owner)
    with pytest.raises(RuleViolation, match="nothing on it"):
        activate_quote(actor=as_actor(owner), record_id=quote.pk)
    quote.refresh_from_db()
    assert quote.state == "draft"


def test_a_quote_without_a_price_is_not_sent(owner, as_actor):
    quote = put_lines(as_actor(owner), make_quote(owner), line(product=make_product(owner)))
    with pytest.raises(RuleViolation, match="no price") as refused:
        activate_quote(actor=as_actor(owner), record_id=quote.pk)
    assert list(refused.value.fields) == [f"line-{quote.lines.get().pk}-price"]


def test_what_changed_since_it_was_looked_at_is_not_frozen(owner, as_actor, quote):
    seen = quote.version
    put_lines(as_actor(owner), quote, line("Surprise"))
    with pytest.raises(StaleVersion):
        activate_quote(actor=as_actor(owner), record_id=quote.pk, version=seen)
    quote.refresh_from_db()
    assert quote.state == "draft"


def test_a_teammate_may_not_activate_it(teammate, as_actor, quote):
    with pytest.raises(AccessDenied):
        activate_quote(actor=as_actor(teammate), record_id=quote.pk)
    quote.refresh_from_db()
    assert quote.state == "draft"


def test_a_revision_keeps_number_and_lines_and_closes_the_old_one(owner, as_actor, active):
    draft = revise_quote(actor=as_actor(owner), record_id=active.pk)
    active.refresh_from_db()
    assert (active.state, active.reason) == ("closed", "revised")
    assert (draft.number, draft.revision, draft.state) == (active.number, 1, "draft")
    assert draft.revises == active
    assert draft.total_amount == active.total_amount
    assert [each.name for each in draft.lines.all()] == [each.name for each in active.lines.all()]
    assert revise_quote(actor=as_actor(owner), record_id=active.pk) == draft
    assert Quote.objects.count() == 2


def test_a_quote_can_be_revised_when_its_price_list_has_run_out(owner, as_actor):
    bench = make_product(owner)
    prices = make_price_list(owner, {bench: "10"})
    quote = make_quote(owner, line(product=bench), price_list=prices)
    activate_quote(actor=as_actor(owner), record_id=quote.pk)
    type(prices).objects.update(valid_until=date(2020, 1, 1))
    draft = revise_quote(actor=as_actor(owner), record_id=quote.pk)
    assert (draft.price_list, str(draft.total_amount)) == (prices, "10.0000")


def test_a_draft_cannot_be_revised(owner, as_actor, quote):
    with pytest.raises(RuleViolation, match="active"):
        revise_quote(actor=as_actor(owner), record_id=quote.pk)
    assert Quote.objects.count() == 1


@pytest.mark.parametrize("is_active", [False, True])
def test_draft_and_active_quotes_can_be_closed(owner, as_actor, quote, is_active):
    if is_active:
        activate_quote(actor=as_actor(owner), record_id=quote.pk)
    closed = close_quote(actor=as_actor(owner), record_id=quote.pk, reason="lost", note="Too dear.")
    assert (closed.state, closed.reason, closed.closing_note) == ("closed", "lost", "Too dear.")
    with pytest.raises(RuleViolation, match="closed already"):
        close_quote(actor=as_actor(owner), record_id=quote.pk, reason="canceled")


def test_a_reason_that_is_none_is_refused(owner, as_actor, quote):
    with pytest.raises(RuleViolation):
        close_quote(actor=as_actor(owner), record_id=quote.pk, reason="revised")
    quote.refresh_from_db()
    assert quote.state == "draft"


def test_closing_the_last_quote_can_lose_the_opportunity(owner, as_actor, opportunity, quote):
    close_quote(actor=as_actor(owner), record_id=quote.pk, reason="lost", loses_opportunity=True)
    opportunity.refresh_from_db()
    assert opportunity.state == "lost"


def test_an_opportunity_with_an_open_quote_is_not_closed(owner, as_actor, opportunity, quote):
    with pytest.raises(RuleViolation, match=quote.number):
        win_opportunity(actor=as_actor(owner), record_id=opportunity.pk)
    opportunity.refresh_from_db()
    assert opportunity.state == "open"


def test_an_order_takes_everything_from_the_quote_at_agreed_prices(owner, as_actor, active):
    order = create_order_from_quote(actor=as_actor(owner), record_id=active.pk)
    active.refresh_from_db()
    assert (active.state, order.quote) == ("won", active)
    assert order.are_prices_locked
    assert order.total_amount == active.total_amount
    assert order.account == active.account
    assert [
        (each.name, each.price_source, each.quote_line_id, each.net_amount)
        for each in order.lines.all()
    ] == [(each.name, "locked", each.pk, each.net_amount) for each in active.lines.all()]


def test_ordering_twice_gives_the_same_order(owner, as_actor, active):
    made = {create_order_from_quote(actor=as_actor(owner), record_id=active.pk) for _ in "ab"}
    assert len(made) == Order.objects.count() == 1


def test_a_draft_cannot_be_ordered(owner, as_actor, quote):
    with pytest.raises(RuleViolation, match="active"):
        create_order_from_quote(actor=as_actor(owner), record_id=quote.pk)
    assert not Order.objects.exists()


def test_ordering_can_close_the_siblings_and_win_the_opportunity(
    owner, as_actor, opportunity, active
):
    sibling = create_quote_from_opportunity(actor=as_actor(owner), record_id=opportunity.pk)
    create_order_from_quote(
        actor=as_actor(owner),
        record_id=active.pk,
        closes_siblings=True,
        wins_opportunity=True,
    )
    sibling.refresh_from_db()
    opportunity.refresh_from_db()
    assert (sibling.state, sibling.reason) == ("closed", "canceled")
    assert (opportunity.state, opportunity.actual_revenue) == ("won", Decimal(60500))
    opportunity.account.refresh_from_db()
    assert opportunity.account.relationship == "customer"


def test_winning_with_a_sibling_open_changes_nothing(owner, as_actor, opportunity, active):
    create_quote_from_opportunity(actor=as_actor(owner), record_id=opportunity.pk)
    with pytest.raises(RuleViolation, match="Close the open"):
        create_order_from_quote(actor=as_actor(owner), record_id=active.pk, wins_opportunity=True)
    active.refresh_from_db()
    opportunity.refresh_from_db()
    assert (active.state, opportunity.state) == ("active", "open")
    assert not Order.objects.exists()


def test_a_won_quote_stays(owner, as_actor, active):
    create_order_from_quote(actor=as_actor(owner), record_id=active.pk)
    with pytest.raises(RuleViolation):
        revise_quote(actor=as_actor(owner), record_id=active.pk)
    result = delete_records(
        actor=as_actor(owner), record_type=registry.get("quote"), ids=[active.pk]
    )
    assert (result.done, list(result.refused)) == (0, [active.pk])
    active.refresh_from_db()
    assert active.deleted_at is None
