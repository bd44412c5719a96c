"""The line grid through its address: as a plain form, as htmx fragments, and refused."""

import html
import json
import re
from decimal import Decimal

import pytest

from crm.registry.links import action_url, record_url
from sales_docs.services.editing import lines_of
from sales_docs.services.quotes import activate_quote
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_product, make_quote, make_tax_code

HTMX = {"HX-Request": "true"}


@pytest.fixture
def vat():
    return make_tax_code(is_default=True)


@pytest.fixture
def bench(owner):
    return make_product(owner, name="FX-40 bench", code="FX-40", list_price=Decimal(27600))


@pytest.fixture
def quote(owner, vat):
    return make_quote(owner, line("Training", quantity="2", price="1450", tax_code=vat))


@pytest.fixture
def page(sign_in, owner):
    return sign_in(owner)


def fields(response):
    """What a browser would send back: every field of the page's grid with its value."""
    text = response.content.decode()
    form = text[text.index('id="document-lines"') :]
    data = {}
    for tag in re.findall(r"<(?:input|textarea|select)[^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        if name and name[1] not in {"csrfmiddlewaretoken", "product", "product__text", "pasted"}:
            value = re.search(r'value="([^"]*)"', tag)
            data.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        if name in data:
            data[name] = [chosen[1] if chosen else ""]
    data.pop("had_errors", None)
    return data


def grid(client, record):
    response = client.get(action_url(record, "lines"))
    assert response.status_code == 200
    return fields(response)


def send(client, record, data, do, **headers):
    return client.post(action_url(record, "lines"), {**data, "do": do}, headers=headers or None)


def cell(data, name, row=0):
    return f"row-{data['row'][row]}-{name}"


def nets(record):
    return [str(each.net_amount) for each in lines_of(record)]


def test_the_record_page_holds_the_grid_while_a_draft_is_worked_on(page, quote):
    text = page.get(record_url(quote)).content.decode()
    assert 'id="document-lines"' in text
    assert "Training" in text
    assert "€3,480.00" in text


def test_the_grid_is_gone_from_a_page_one_may_only_read(sign_in, teammate, quote):
    client = sign_in(teammate)
    text = client.get(record_url(quote)).content.decode()
    assert 'id="document-lines"' not in text
    assert "2,900.00" in text


def test_saving_goes_back_to_the_record_with_the_new_figures(page, quote):
    data = grid(page, quote)
    data[cell(data, "quantity")] = ["3"]
    data[cell(data, "discount")] = ["10 %"]
    data["freight_amount"] = ["12,50"]
    response = send(page, quote, data, "save")
    assert (response.status_code, response["Location"]) == (302, record_url(quote))
    quote.refresh_from_db()
    assert nets(quote) == ["3915.0000"]
    assert str(quote.total_amount) == "4710.5000"


def test_computing_writes_nothing(page, quote):
    data = grid(page, quote)
    data[cell(data, "quantity")] = ["5"]
    text = send(page, quote, data, "preview").content.decode()
    assert "€8,700.00" in text
    assert nets(quote) == ["2900.0000"]


def test_htmx_gets_the_figures_alone(page, quote):
    data = grid(page, quote)
    data[cell(data, "quantity")] = ["5"]
    response = page.post(action_url(quote, "lines"), data, headers=HTMX)
    text = response.content.decode()
    assert "<html" not in text
    assert "€8,700.00" in text
    assert 'hx-swap-oob="true"' in text
    assert nets(quote) == ["2900.0000"]


def test_only_rows_with_other_figures_are_sent_again(owner, page):
    quote = make_quote(owner, line("Training", price="100"), line("Travel", price="50"))
    data = grid(page, quote)
    first, second = data["row"]
    data[cell(data, "quantity")] = ["5"]
    text = page.post(action_url(quote, "lines"), data, headers=HTMX).content.decode()
    assert f'<span id="net-{first}" hx-swap-oob="true">500.00</span>' in text
    assert f"net-{second}" not in text
    data["shown"] = re.findall('name="shown" id="lines-shown" value="([^"]+)"', text)
    data[cell(data, "quantity")] = ["1"]
    text = page.post(action_url(quote, "lines"), data, headers=HTMX).content.decode()
    assert f'<span id="net-{first}" hx-swap-oob="true">100.00</span>' in text
    assert f"net-{second}" not in text


@pytest.mark.parametrize("shown", ["", ":", "1:2:3 x", "\0"])
def test_rows_are_sent_again_when_the_page_does_not_say_what_it_shows(page, quote, shown):
    data = grid(page, quote) | {"shown": [shown]}
    text = page.post(action_url(quote, "lines"), data, headers=HTMX).content.decode()
    assert f'<span id="net-{data["row"][0]}" hx-swap-oob="true">2,900.00</span>' in text


def test_a_product_is_added_with_price_unit_and_tax(page, quote, bench):
    data = grid(page, quote)
    data["product"] = [str(bench.pk)]
    answer = send(page, quote, data, "add")
    assert "27,600.00" in answer.content.decode()
    assert nets(quote) == ["2900.0000"]
    response = send(page, quote, fields(answer), "save")
    assert response.status_code == 302
    added = lines_of(quote)[1]
    assert (added.product, added.price_source, added.tax_name) == (bench, "catalogue", "VAT 20%")
    assert nets(quote) == ["2900.0000", "27600.0000"]


def test_a_product_is_found_by_its_code_without_javascript(page, quote, bench):
    data = grid(page, quote) | {"product__text": ["fx-40"]}
    assert "27,600.00" in send(page, quote, data, "add").content.decode()


@pytest.mark.parametrize("chosen", ["0", "999999999999", "9" * 40, "x", "-1", ""])
def test_what_is_no_product_cannot_be_added(page, quote, chosen):
    data = grid(page, quote) | {"product": [chosen]}
    response = send(page, quote, data, "add")
    assert response.status_code == 200
    assert len(fields(response)["row"]) == 1


def test_a_retired_product_cannot_be_added_and_says_so(page, quote, bench):
    type(bench).objects.filter(pk=bench.pk).update(state="retired")
    data = grid(page, quote) | {"product": [str(bench.pk)]}
    assert "not active" in send(page, quote, data, "add").content.decode()


def test_rows_are_pasted_from_a_spreadsheet(page, quote, bench):
    pasted = "FX-40\t2\t\t5%\nData migration\t1\t3 800,00\nfx-40 bench;1"
    data = grid(page, quote) | {"pasted": [pasted]}
    response = send(page, quote, fields(send(page, quote, data, "paste")), "save")
    assert response.status_code == 302
    assert nets(quote) == ["2900.0000", "52440.0000", "3800.0000", "27600.0000"]
    assert [each.product for each in lines_of(quote)][1:] == [bench, None, bench]


def test_lines_are_moved_and_removed(page, quote):
    put_two = grid(page, quote)
    added = fields(send(page, quote, put_two, "write-in"))
    added[cell(added, "name", 1)] = ["Travel"]
    added[cell(added, "price", 1)] = ["80"]
    moved = fields(send(page, quote, added, f"up:{added['row'][1]}"))
    assert moved["row"] == added["row"][::-1]
    send(page, quote, moved, "save")
    assert [each.name for each in lines_of(quote)] == ["Travel", "Training"]
    data = grid(page, quote)
    rest = fields(send(page, quote, data, f"remove:{data['row'][1]}"))
    assert rest["row"] == data["row"][:1]
    send(page, quote, rest, "save")
    assert [each.name for each in lines_of(quote)] == ["Travel"]


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("quantity", "two", "not a number"),
        ("quantity", "0", "cannot be zero"),
        ("price", "1e9", "not a number"),
        ("discount", "5 %%", "not a number"),
        ("discount", "-4", "cannot be negative"),
        ("typed_tax", "abc", "not a number"),
        ("name", "", "Say what is sold"),
    ],
)
def test_a_cell_that_cannot_be_keeps_what_was_typed(page, quote, name, typed, message):
    data = grid(page, quote)
    data[cell(data, name)] = [typed]
    data[cell(data, "description")] = ["Keep me"]
    response = send(page, quote, data, "save")
    text = html.unescape(response.content.decode())
    assert response.status_code == 422
    assert message in text
    assert "Keep me" in text
    assert fields(response)[cell(data, name)] == [typed]
    assert nets(quote) == ["2900.0000"]


def test_the_other_persons_change_to_the_same_cell_is_shown_and_can_be_overruled(
    page, owner, as_actor, quote
):
    mine = grid(page, quote)
    theirs = grid(page, quote)
    theirs[cell(theirs, "quantity")] = ["7"]
    send(page, quote, theirs, "save")
    mine[cell(mine, "quantity")] = ["9"]
    response = send(page, quote, mine, "save")
    assert response.status_code == 409
    assert "Changed meanwhile to: 7" in response.content.decode()
    assert nets(quote) == ["10150.0000"]
    assert send(page, quote, fields(response), "save").status_code == 302
    assert nets(quote) == ["13050.0000"]


@pytest.mark.parametrize(
    "was", ["", "[]", "{", '{"lines": {"x": 1}}', '{"lines": {}, "header": {"a": 1}}', "null"]
)
def test_a_mangled_form_is_no_server_error(page, quote, was):
    data = grid(page, quote) | {"was": [was]}
    response = send(page, quote, data, "save")
    assert response.status_code in {302, 422}
    assert len(nets(quote)) in {1, 2}


def test_totals_and_states_posted_along_are_ignored(page, quote):
    data = grid(page, quote)
    data |= {"total_amount": ["1"], "state": ["won"], "number": ["X"], cell(data, "net"): ["1"]}
    send(page, quote, data, "save")
    quote.refresh_from_db()
    assert (quote.state, str(quote.total_amount)) == ("draft", "3480.0000")


def test_an_active_quote_shows_its_lines_and_refuses_the_grid(page, owner, as_actor, quote):
    data = grid(page, quote)
    activate_quote(actor=as_actor(owner), record_id=quote.pk)
    text = page.get(record_url(quote)).content.decode()
    assert 'id="document-lines"' not in text
    data[cell(data, "quantity")] = ["9"]
    assert send(page, quote, data, "save").status_code == 422
    assert page.get(action_url(quote, "lines")).status_code == 422
    assert nets(quote) == ["2900.0000"]


def test_a_teammate_may_not_edit_and_a_stranger_finds_nothing(
    client, sign_in, owner, teammate, stranger, quote
):
    data = grid(sign_in(owner), quote)
    data[cell(data, "quantity")] = ["9"]
    for person, status in ((teammate, 403), (stranger, 404)):
        sign_in(person)
        assert client.get(action_url(quote, "lines")).status_code == status
        for do in ("save", "preview", "add"):
            assert send(client, quote, data, do).status_code == status
    assert nets(quote) == ["2900.0000"]


def test_an_opportunity_has_a_grid_without_taxes(page, owner):
    opportunity = make_opportunity(owner, is_revenue_calculated=True)
    data = fields(send(page, opportunity, grid(page, opportunity), "write-in"))
    assert not any("tax" in name for name in data)
    data[cell(data, "name")] = ["Pilot"]
    data[cell(data, "price")] = ["900"]
    assert send(page, opportunity, data, "save").status_code == 302
    opportunity.refresh_from_db()
    assert opportunity.estimated_revenue == 900


def test_what_the_page_said_travels_as_text_never_as_a_binary_number(page, quote):
    was = json.loads(grid(page, quote)["was"][0])
    numbers = [value for entry in was["lines"].values() for value in entry.values()]
    assert not [value for value in numbers if isinstance(value, float)]


def test_a_name_full_of_markup_is_shown_as_text(page, owner):
    quote = make_quote(owner, line('"><script>alert(1)</script>'))
    text = page.get(record_url(quote)).content.decode()
    assert "<script>alert(1)" not in text
    assert html.escape('"><script>alert(1)</script>') in text
