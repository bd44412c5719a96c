"""Writing the lines of a document: figures, catalogue, taxes, and two people at once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import JournalEntry
from crm.models.levels import Privilege
from crm.records.services import share_record, update_record
from crm.registry.registry import registry
from sales_docs.entries import HeaderEntry
from sales_docs.line_merging import EditedLine
from sales_docs.models import PriceListItem, Product, QuoteLine
from sales_docs.services.editing import (
    Edited,
    LinesConflict,
    entry_of,
    lines_of,
    save_document_lines,
)
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import (
    line,
    make_currency,
    make_price_list,
    make_product,
    make_quote,
    make_tax_code,
    put_lines,
)

QUOTE = "quote"


def save(actor, document, rows, *, removed=(), header=None, header_was=None):
    return save_document_lines(
        actor=actor,
        record_type=registry.of(document),
        record_id=document.pk,
        edited=Edited(
            rows=tuple(rows), removed=tuple(removed), header=header, header_was=header_was
        ),
    )


def as_seen(document):
    """The rows of a form that was just made, untouched."""
    return [EditedLine(entry=entry_of(each), was=entry_of(each)) for each in lines_of(document)]


def change(row, **values):
    return replace(row, entry=replace(row.entry, **values))


def figures(document):
    return [str(each.net_amount) for each in lines_of(document)]


def test_lines_and_header_are_priced_and_kept(owner, as_actor):
    vat = make_tax_code()
    quote = make_quote(owner)
    saved = put_lines(
        as_actor(owner),
        quote,
        line(quantity="3", price="33.335", tax_code=vat),
        line("Training", quantity="2", price="50", discount_amount="10"),
        header=HeaderEntry(
            discount_percent=Decimal(10),
            freight_amount=Decimal("12.50"),
            freight_tax_code_id=vat.pk,
        ),
    )
    assert str(saved.detail_amount) == "190.0100"
    assert str(saved.header_discount) == "19.0000"
    assert str(saved.freight_tax) == "2.5000"
    assert str(saved.total_tax) == "20.5000"
    assert str(saved.total_amount) == "204.0100"
    assert figures(saved) == ["90.0100", "81.0000"]
    assert saved.lines_version == 2
    entry = JournalEntry.objects.get(record_type=QUOTE, verb="lines_changed")
    assert entry.data == {"added": 2, "changed": 0, "removed": 0}


def test_a_product_comes_at_the_price_of_the_list_and_follows_it_in_a_draft(owner, as_actor):
    bench = make_product(owner, list_price=Decimal(30000))
    prices = make_price_list(owner, {bench: "27600"})
    quote = put_lines(as_actor(owner), make_quote(owner, price_list=prices), line(product=bench))
    kept = quote.lines.get()
    assert (str(kept.price_per_unit), kept.code) == ("27600.000000", bench.code)
    assert kept.price_trace[0] == {
        "kind": "list_price",
        "amount": "27600",
        "source": "Europe 2026",
    }
    PriceListItem.objects.update(amount=28000)
    save(as_actor(owner), quote, [change(row, quantity=Decimal(2)) for row in as_seen(quote)])
    assert figures(quote) == ["56000.0000"]


def test_without_an_item_in_the_list_the_products_own_price_counts(owner, as_actor):
    bench = make_product(owner, list_price=Decimal("99.5"))
    quote = put_lines(as_actor(owner), make_quote(owner), line(product=bench))
    assert figures(quote) == ["99.5000"]


def test_a_price_in_another_currency_is_no_price(owner, as_actor):
    make_currency("JPY")
    bench = make_product(owner, list_price=Decimal(30000), currency_id="JPY")
    quote = put_lines(as_actor(owner), make_quote(owner), line(product=bench))
    kept = quote.lines.get()
    assert kept.is_price_missing
    assert kept.price_per_unit == 0


def test_a_typed_price_stays_when_the_catalogue_moves(owner, as_actor):
    bench = make_product(owner, list_price=Decimal(100))
    quote = put_lines(as_actor(owner), make_quote(owner), line(product=bench, price="90"))
    Product.objects.filter(pk=bench.pk).update(list_price=200)
    save(as_actor(owner), quote, [change(row, quantity=Decimal(2)) for row in as_seen(quote)])
    assert figures(quote) == ["180.0000"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"state": "retired"}, "not active"),
        ({"state": "draft"}, "not active"),
        ({"structure": "family", "list_price": None}, "is a family"),
        ({"valid_from": date.today() + timedelta(days=2)}, "not sold yet"),  # noqa: DTZ011
        ({"valid_until": date.today() - timedelta(days=2)}, "no longer sold"),  # noqa: DTZ011
    ],
)
def test_what_is_not_for_sale_cannot_be_put_on_a_new_line(owner, as_actor, values, sentence):
    bench = make_product(owner, **{"list_price": Decimal(100), **values})
    quote = make_quote(owner)
    with pytest.raises(RuleViolation, match=sentence) as refused:
        put_lines(as_actor(owner), quote, line(product=bench, key="7"))
    assert list(refused.value.fields) == ["line-7-name"]
    assert not quote.lines.exists()


def test_a_line_keeps_a_product_that_was_retired_since(owner, as_actor):
    bench = make_product(owner, list_price=Decimal(100))
    quote = put_lines(as_actor(owner), make_quote(owner), line(product=bench))
    Product.objects.filter(pk=bench.pk).update(state="retired")
    save(as_actor(owner), quote, [change(row, quantity=Decimal(3)) for row in as_seen(quote)])
    assert figures(quote) == ["300.0000"]


def test_an_expired_price_list_takes_no_new_line(owner, as_actor):
    bench = make_product(owner)
    prices = make_price_list(owner, {bench: "10"})
    quote = make_quote(owner, price_list=prices)
    type(prices).objects.update(valid_until=date(2020, 1, 1))
    with pytest.raises(RuleViolation, match="no longer in force"):
        put_lines(as_actor(owner), quote, line(product=bench))
    assert not quote.lines.exists()


@pytest.mark.parametrize(
    ("values", "cell"),
    [
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1.123456"}, "quantity"),
        ({"price": "1.1234567"}, "price"),
        ({"price": "99999999999999"}, "price"),
        ({"quantity": "9999999999", "price": "9999999999"}, "quantity"),
        ({"discount_amount": "-1"}, "discount"),
        ({"discount_amount": "101"}, "discount"),
        ({"discount_percent": "101"}, "discount"),
        ({"name": "  "}, "name"),
        ({"typed_tax": "1.00001"}, "tax"),
    ],
)
def test_a_line_that_cannot_be_names_its_cell_and_changes_nothing(owner, as_actor, values, cell):
    quote = make_quote(owner)
    with pytest.raises(RuleViolation) as refused:
        put_lines(as_actor(owner), quote, line(key="3", **values))
    assert list(refused.value.fields) == [f"line-3-{cell}"]
    assert not quote.lines.exists()
    quote.refresh_from_db()
    assert quote.lines_version == 1


def test_a_product_sold_whole_cannot_be_sold_by_halves(owner, as_actor):
    bench = make_product(owner, list_price=Decimal(1), quantity_decimals=0)
    with pytest.raises(RuleViolation) as refused:
        put_lines(as_actor(owner), make_quote(owner), line(product=bench, quantity="1.5", key="k"))
    assert "whole" in str(refused.value.fields["line-k-quantity"])


def test_a_discount_above_the_whole_is_refused(owner, as_actor):
    quote = make_quote(owner)
    with pytest.raises(RuleViolation) as refused:
        put_lines(as_actor(owner), quote, line(), header=HeaderEntry(discount_amount=Decimal(101)))
    assert list(refused.value.fields) == ["discount_amount"]
    quote.refresh_from_db()
    assert quote.discount_amount == 0


def test_a_currency_without_decimals_is_counted_in_whole_units(owner, as_actor):
    quote = make_quote(owner, currency=make_currency("JPY"))
    saved = put_lines(
        as_actor(owner), quote, line(quantity="2.5", price="133", tax_code=make_tax_code())
    )
    assert str(saved.total_amount) == "400.0000"
    assert saved.decimal_places == 0


def test_the_currency_is_fixed_with_the_first_line(owner, as_actor):
    quote = put_lines(as_actor(owner), make_quote(owner), line())
    with pytest.raises(RuleViolation, match="currency"):
        update_record(
            actor=as_actor(owner),
            record_type=registry.get(QUOTE),
            record_id=quote.pk,
            version=None,
            values={"currency": make_currency("JPY")},
        )
    quote.refresh_from_db()
    assert quote.currency_id == "EUR"


def test_an_opportunity_takes_its_revenue_from_the_lines(owner, as_actor):
    opportunity = make_opportunity(owner, is_revenue_calculated=True)
    saved = put_lines(as_actor(owner), opportunity, line(price="1500"), line(price="20"))
    assert saved.estimated_revenue == Decimal("1520.00")
    plain = make_opportunity(owner, estimated_revenue=Decimal(7))
    assert put_lines(as_actor(owner), plain, line()).estimated_revenue == 7


def test_revenue_follows_as_soon_as_it_is_asked_to(owner, as_actor):
    opportunity = put_lines(as_actor(owner), make_opportunity(owner), line(price="1500"))
    changed = update_record(
        actor=as_actor(owner),
        record_type=registry.get("opportunity"),
        record_id=opportunity.pk,
        version=None,
        values={"is_revenue_calculated": True},
    )
    changed.refresh_from_db()
    assert changed.estimated_revenue == Decimal("1500.00")


def test_another_price_list_gives_other_prices(owner, as_actor):
    bench = make_product(owner)
    first = make_price_list(owner, {bench: "10"})
    second = make_price_list(owner, {bench: "12"}, name="Winter")
    quote = make_quote(owner, line(product=bench), price_list=first)
    changed = update_record(
        actor=as_actor(owner),
        record_type=registry.get(QUOTE),
        record_id=quote.pk,
        version=None,
        values={"price_list": second},
    )
    changed.refresh_from_db()
    assert (figures(changed), str(changed.total_amount)) == (["12.0000"], "12.0000")


# Two people at once


def two_lines(owner, as_actor):
    return put_lines(
        as_actor(owner), make_quote(owner), line("One", quantity="1"), line("Two", quantity="1")
    )


def test_changes_to_different_cells_are_both_kept(owner, as_actor):
    quote = two_lines(owner, as_actor)
    mine, theirs = as_seen(quote), as_seen(quote)
    save(as_actor(owner), quote, [change(theirs[0], quantity=Decimal(5)), theirs[1]])
    save(as_actor(owner), quote, [mine[0], change(mine[1], price=Decimal(7))])
    assert figures(quote) == ["500.0000", "7.0000"]


def test_changes_to_the_same_cell_ask_who_is_right(owner, as_actor):
    quote = two_lines(owner, as_actor)
    mine, theirs = as_seen(quote), as_seen(quote)
    save(as_actor(owner), quote, [change(theirs[0], quantity=Decimal(5)), theirs[1]])
    with pytest.raises(LinesConflict) as refused:
        save(as_actor(owner), quote, [change(mine[0], quantity=Decimal(9)), mine[1]])
    (conflict,) = refused.value.conflicts
    assert (conflict.field, conflict.was.quantity, conflict.now.quantity) == ("quantity", 1, 5)
    assert figures(quote) == ["500.0000", "100.0000"]


def test_the_same_change_twice_is_no_conflict(owner, as_actor):
    quote = two_lines(owner, as_actor)
    rows = as_seen(quote)
    for _ in range(2):
        save(as_actor(owner), quote, [change(rows[0], quantity=Decimal(5)), rows[1]])
    assert figures(quote) == ["500.0000", "100.0000"]


def test_lines_that_others_added_stay(owner, as_actor):
    quote = two_lines(owner, as_actor)
    mine = as_seen(quote)
    put_lines(as_actor(owner), quote, line("Theirs", price="3"))
    save(as_actor(owner), quote, [*mine, EditedLine(entry=line("Mine", price="4"))])
    assert figures(quote) == ["100.0000", "100.0000", "4.0000", "3.0000"]


def test_a_removed_line_is_gone_unless_somebody_has_changed_it(owner, as_actor):
    quote = two_lines(owner, as_actor)
    first, second = as_seen(quote)
    save(as_actor(owner), quote, [second], removed=[first.was])
    assert figures(quote) == ["100.0000"]
    stale = as_seen(quote)[0]
    save(as_actor(owner), quote, [change(stale, quantity=Decimal(2))])
    with pytest.raises(LinesConflict):
        save(as_actor(owner), quote, [], removed=[stale.was])
    assert figures(quote) == ["200.0000"]


def test_saving_what_was_not_changed_changes_nothing(owner, as_actor):
    quote = two_lines(owner, as_actor)
    saved = save(as_actor(owner), quote, as_seen(quote))
    assert (saved.version, saved.lines_version) == (quote.version, quote.lines_version)


# Who may


def test_a_teammate_sees_the_lines_but_may_not_change_them(owner, teammate, as_actor):
    quote = two_lines(owner, as_actor)
    with pytest.raises(AccessDenied):
        save(as_actor(teammate), quote, [])
    assert quote.lines.count() == 2


def test_a_stranger_finds_no_document(owner, stranger, as_actor):
    quote = two_lines(owner, as_actor)
    with pytest.raises(NotVisible):
        save(as_actor(stranger), quote, as_seen(quote))
    assert quote.lines.count() == 2


def test_a_line_of_another_document_is_not_moved_here(owner, as_actor):
    quote, other = two_lines(owner, as_actor), two_lines(owner, as_actor)
    foreign = as_seen(other)
    save(as_actor(owner), quote, [*as_seen(quote), *foreign])
    assert (quote.lines.count(), other.lines.count()) == (2, 2)
    assert QuoteLine.objects.count() == 4


def test_a_product_nobody_showed_me_cannot_be_put_on_a_line(owner, admin, as_actor):
    from crm.models import RolePrivilege

    hidden = make_product(admin, list_price=Decimal(5))
    RolePrivilege.objects.filter(record_type="product").update(level=1)
    quote = make_quote(owner)
    with pytest.raises(RuleViolation) as refused:
        put_lines(as_actor(owner), quote, line(product=hidden, key="x"))
    assert list(refused.value.fields) == ["line-x-name"]
    share_record(
        actor=as_actor(admin),
        record_type=registry.get("product"),
        record_id=hidden.pk,
        principal_id=owner.pk,
        privileges=[Privilege.READ, Privilege.APPEND_TO],
    )
    assert figures(put_lines(as_actor(owner), quote, line(product=hidden))) == ["5.0000"]
