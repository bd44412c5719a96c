"""Documents through their pages: printed, billed, revised, compared; price lists as one grid."""

import uuid
from decimal import Decimal

import pytest

from accounts.models import Account
from sales_docs.models import Invoice, PriceListItem, Quote
from tests.factories.sales_docs import (
    line,
    make_invoice,
    make_order,
    make_price_list,
    make_product,
    make_quote,
)
from tests.markup import tight
from tests.people import make_user

pytestmark = pytest.mark.django_db

MADE = {"quotes": make_quote, "orders": make_order, "invoices": make_invoice}


def text_of(answer):
    return tight(answer.content.decode())


def money(text):
    """Amounts as they stand, spaces of any width aside."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("slug", MADE)
def test_a_document_leaves_as_a_file_for_its_readers(slug, owner, sign_in):
    document = MADE[slug](owner, line(name="Data migration"))
    answer = sign_in(owner).get(f"/{slug}/{document.pk}/pdf/")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="')
    assert answer["Content-Disposition"].endswith('.pdf"')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("slug", MADE)
def test_a_document_is_printed_for_nobody_else(slug, owner, stranger, company, sign_in, client):
    document = MADE[slug](owner, line())
    address = f"/{slug}/{document.pk}/pdf/"
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/user/login/?next={address}")
    for user in (stranger, make_user("newcomer", company)):
        answer = sign_in(user).get(address)
        assert answer.status_code == 404, user
        assert b"%PDF" not in answer.content
    assert sign_in(owner).get(f"/{slug}/99999999/pdf/").status_code == 404


def test_the_name_of_a_file_holds_no_header(owner, sign_in):
    quote = make_quote(owner, line())
    Account.objects.filter(pk=quote.account_id).update(name='A"\r\nX-Made: 1')
    Quote.objects.filter(pk=quote.pk).update(name='A"\r\nX-Made: 1')
    answer = sign_in(owner).get(f"/quotes/{quote.pk}/pdf/")
    assert answer.status_code == 200
    assert "X-Made" not in answer
    assert answer["Content-Disposition"].count('"') == 2


# Billing


@pytest.fixture
def order(owner):
    return make_order(owner, line(quantity="10", price="100"))


def bill(client, order, **data):
    values = {"extent": "rest", "request_key": str(uuid.uuid4()), **data}
    return client.post(f"/orders/{order.pk}/invoice/", values)


def test_the_page_says_what_is_left_and_bills_parts_of_it(owner, order, sign_in):
    client, key = sign_in(owner), order.lines.get().pk
    page = text_of(client.get(f"/orders/{order.pk}/invoice/"))
    assert f'name="quantity-{key}" value="10"' in page
    answer = bill(client, order, extent="quantities", **{f"quantity-{key}": "4"})
    first = Invoice.objects.get()
    assert answer["Location"] == f"/invoices/{first.pk}/"
    assert first.total_amount == Decimal(400)
    assert f'name="quantity-{key}" value="6"' in text_of(client.get(f"/orders/{order.pk}/invoice/"))
    bill(client, order)
    assert sum(one.total_amount for one in Invoice.objects.all()) == order.total_amount


def test_more_than_is_left_is_refused_beside_the_line(owner, order, sign_in):
    key = order.lines.get().pk
    answer = bill(sign_in(owner), order, extent="quantities", **{f"quantity-{key}": "11"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Only 10 is left to bill." in page
    assert f'name="quantity-{key}" value="11"' in page
    answer = bill(sign_in(owner), order, extent="percent", percent="120")
    assert answer.status_code == 422
    assert 'value="120"' in text_of(answer)
    assert Invoice.objects.count() == 0


def test_the_same_form_twice_bills_once(owner, order, sign_in):
    client, key = sign_in(owner), str(uuid.uuid4())
    answers = [bill(client, order, request_key=key)["Location"] for _time in range(2)]
    assert len(set(answers)) == 1
    assert Invoice.objects.count() == 1


def test_who_may_only_read_bills_nothing(order, teammate, stranger, sign_in):
    assert bill(sign_in(teammate), order).status_code == 403
    assert bill(sign_in(stranger), order).status_code == 404
    assert Invoice.objects.count() == 0


def test_a_posted_bill_is_paid_and_credited_from_its_page(owner, sign_in, manager):
    invoice = make_invoice(owner, line(price="100"))
    client = sign_in(owner)
    page = f"/invoices/{invoice.pk}/"
    assert client.get(f"{page}post/").status_code == 200
    form = client.get(f"{page}post/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(f"{page}post/", data)
    assert answer["Location"] == page, text_of(answer)
    invoice.refresh_from_db()
    assert invoice.number != ""
    assert client.post(f"{page}lines/", {"do": "save"}).status_code == 422
    assert client.post(f"{page}delete/").status_code in (302, 422)
    assert Invoice.objects.alive().filter(pk=invoice.pk).exists()


# Revisions


def test_two_revisions_stand_side_by_side_for_who_sees_both(owner, stranger, sign_in):
    quote = make_quote(owner, line(name="Data migration", price="100"))
    client = sign_in(owner)
    assert client.get(f"/quotes/{quote.pk}/compare/").status_code == 404
    client.post(f"/quotes/{quote.pk}/activate/", {"version": quote.version})
    answer = client.post(f"/quotes/{quote.pk}/revise/")
    revision = Quote.objects.get(revises=quote)
    assert answer["Location"] == f"/quotes/{revision.pk}/"
    key = str(revision.lines.get().pk)
    form = client.get(f"/quotes/{revision.pk}/lines/").context["form"]
    data = {"do": "save", "row": key, "was": form.was, f"row-{key}-name": "Data migration"}
    data |= {f"row-{key}-quantity": "1", f"row-{key}-price": "150"}
    client.post(f"/quotes/{revision.pk}/lines/", data)
    page = money(text_of(client.get(f"/quotes/{revision.pk}/compare/")))
    assert "100" in page
    assert "150" in page
    assert sign_in(stranger).get(f"/quotes/{revision.pk}/compare/").status_code == 404


# Price lists


def test_prices_are_saved_as_one_grid(admin, sign_in):
    prices = make_price_list(admin)
    bench, pump = make_product(admin, name="Bench"), make_product(admin, name="Pump")
    client, address = sign_in(admin), f"/price-lists/{prices.pk}/prices/"
    data = {"do": "save", "version": prices.version, "row": ["a", "b"]}
    data |= {"row-a-product": bench.pk, "row-a-amount": "1,250.50"}
    data |= {"row-b-product": pump.pk, "row-b-amount": "80"}
    assert client.post(address, data)["Location"] == f"/price-lists/{prices.pk}/"
    stored = dict(PriceListItem.objects.values_list("product__name", "amount"))
    assert stored == {"Bench": Decimal("1250.50"), "Pump": Decimal(80)}
    page = text_of(client.get(address))
    assert 'value="1,250.50"' in page

    wrong = client.post(address, data | {"row-b-amount": "eighty"})
    assert wrong.status_code == 422
    assert 'value="eighty"' in text_of(wrong)
    assert PriceListItem.objects.get(product=pump).amount == 80


def test_readers_of_a_price_list_change_no_price(admin, owner, sign_in):
    product = make_product(admin)
    prices = make_price_list(admin, {product: "5"})
    data = {"do": "save", "version": prices.version, "row": "a"}
    data |= {"row-a-product": product.pk, "row-a-amount": "1"}
    answer = sign_in(owner).post(f"/price-lists/{prices.pk}/prices/", data)
    assert answer.status_code in (403, 404)
    assert PriceListItem.objects.get().amount == 5
