"""Grids that are posted cell by cell: whatever stands in a cell is refused beside it or saved."""

import json

import pytest
from django.db import transaction

from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.factories.sales_docs import line, make_order, make_price_list, make_product, make_quote

pytestmark = pytest.mark.django_db

NASTY = (
    *("", "-1", "0", "1e999", "NaN", "Infinity", "9" * 17, "9" * 400, "²", "1,2,3"),
    *("a\0b", "x" * 5000, "5 % + 3", "%", "0.00000000001"),
)
CELLS = ("name", "description", "unit", "quantity", "price", "discount", "tax_code", "typed_tax")
HEADER = ("discount_percent", "discount_amount", "freight_amount", "freight_tax_code")


@pytest.fixture
def boss(admin, sign_in):
    return sign_in(admin)


def tried(client, address, data):
    """The answer, with whatever it wrote taken back."""
    with transaction.atomic():
        response = client.post(address, data)
        transaction.set_rollback(True)
    return response


@pytest.mark.parametrize("command", ["save", "preview"])
def test_a_line_takes_or_refuses_any_cell(command, admin, boss):
    quote = make_quote(admin, line())
    address = f"/quotes/{quote.pk}/lines/"
    for value in NASTY:
        for cells in [(name,) for name in CELLS] if command == "save" else [CELLS]:
            row = {"row-a-name": "Work", "row-a-quantity": "1", "row-a-price": "5"}
            row |= {f"row-a-{name}": value for name in cells}
            response = tried(boss, address, {"do": command, "row": "a", **row})
            assert response.status_code in (200, 302, 422), (cells, value[:20])


def test_a_header_takes_or_refuses_any_cell(admin, boss):
    quote = make_quote(admin, line())
    for value in NASTY:
        for name in HEADER:
            response = tried(boss, f"/quotes/{quote.pk}/lines/", {"do": "save", name: value})
            assert response.status_code in (200, 302, 422), (name, value[:20])


def test_adding_and_pasting_take_anything(admin, boss):
    quote = make_quote(admin, line())
    prices = make_price_list(admin)
    for value in (*NASTY[4:10], "a\0b"):
        for data in (
            {"do": "add", "product": value},
            {"do": "add", "product__text": value},
            {"do": f"remove:{value}"},
            {"do": "paste", "pasted": f"{value}\t{value}\t{value}\t{value}"},
        ):
            for address in (f"/quotes/{quote.pk}/lines/", f"/price-lists/{prices.pk}/prices/"):
                response = tried(boss, address, data)
                assert response.status_code in (200, 302, 422), (address, data)


def test_what_the_page_said_before_may_be_anything(admin, boss):
    quote = make_quote(admin, line())
    entry = {"key": "1", "name": "Work", "quantity": {"decimal": "NaN"}}
    for was in (
        *("", "x", "[]", "{}", "null", "1", '"x"', '{"lines": []}', '{"lines": {"x": {}}}'),
        *('{"lines": {"1": 5}, "header": null}', '{"lines": {}, "header": 5}', "9" * 500),
        json.dumps({"lines": {"1": entry}, "header": None}),
        json.dumps({"lines": {"1": {**entry, "quantity": "5"}}, "header": None}),
        json.dumps({"lines": {"9" * 30: {**entry, "name": None}}, "header": {}}),
        json.dumps({"lines": {"1": {**entry, "id": "x", "name": "a\0b"}}, "header": None}),
        "[" * 3000,
    ):
        data = {"do": "save", "was": was, "row": "1", "row-1-name": "Work", "row-1-quantity": "2"}
        response = tried(boss, f"/quotes/{quote.pk}/lines/", data)
        assert response.status_code in (200, 302, 409, 422), was[:60]


def test_billing_takes_or_refuses_anything(admin, boss):
    order = make_order(admin, line(quantity="3"))
    data = {"extent": "rest", "request_key": "no key"}
    assert tried(boss, f"/orders/{order.pk}/invoice/", data).status_code == 422
    key = order.lines.get().pk
    for value in NASTY:
        for extent in ("quantities", "percent"):
            data = {"extent": extent, "percent": value, f"quantity-{key}": value}
            data["request_key"] = "7f0c5f3e-6c0e-4a5a-9a1e-2b8c6b6d9a01"
            response = tried(boss, f"/orders/{order.pk}/invoice/", data)
            assert response.status_code in (302, 422), (extent, value[:20])


def test_prices_take_or_refuse_anything(admin, boss):
    product = make_product(admin)
    prices = make_price_list(admin, {product: "5"})
    for value in NASTY:
        for product_id in (product.pk, value):
            data = {"do": "save", "version": value, "row": "a", "row-a-product": product_id}
            response = tried(
                boss, f"/price-lists/{prices.pk}/prices/", {**data, "row-a-amount": value}
            )
            assert response.status_code in (200, 302, 409, 422), value[:20]


def test_a_case_desk_asks_for_no_number_that_is_none(admin, boss):
    queue = make_record(registry.get("queue").model, admin)
    for value in ("x", "9" * 30, "-1", "²", "\0"):
        response = boss.get(f"/case-queue/{queue.pk}/", {"case": value, "taken": value})
        assert response.status_code in (200, 302, 404), value
