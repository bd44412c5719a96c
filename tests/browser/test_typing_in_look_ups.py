"""Somebody types faster than the server answers: Enter chooses only what was typed."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import make_account
from tests.factories.sales_docs import make_price_list, make_product, make_quote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def accounts(owner):
    """More than one answer holds, the one that was changed last first."""
    for name in ("Mergo", "Mergo Nord", "Vesper Systems", "Meridian", "Vesper Merchant"):
        make_account(owner, name=name)


def look_up(page, name):
    return page.locator(f"select[name={name}] + .ts-wrapper input")


def hold_answers(page):
    """The requests of look-ups from now on; each waits until the test lets it go on."""
    held = []

    def keep(route):
        held.append(route)

    page.route(re.compile(r"/lookup/account/"), keep)
    return held


def chosen(page, name):
    return page.locator(f"select[name={name}] + .ts-wrapper .item")


@pytest.mark.parametrize("pause", [0, 50, 100, 200, 300])
def test_enter_takes_what_was_typed_at_any_speed(accounts, owner, signed_in_page, pause):
    page = signed_in_page(owner)
    page.goto("/contacts/new/", wait_until="networkidle")
    field = look_up(page, "account")
    field.press_sequentially("Mergo", delay=pause)
    field.press("Enter")
    expect(chosen(page, "account")).to_have_text("Mergo")


def test_an_answer_that_comes_late_or_out_of_order_chooses_nothing(accounts, owner, signed_in_page):
    page = signed_in_page(owner)
    page.goto("/contacts/new/", wait_until="networkidle")
    held = hold_answers(page)
    field = look_up(page, "account")
    with page.expect_request(re.compile(r"/lookup/account/\?q=Ves$")):
        field.press_sequentially("Ves")
    field.fill("")
    with page.expect_request(re.compile(r"/lookup/account/\?q=Mergo$")):
        field.press_sequentially("Mergo")
    field.press("Enter")
    expect(chosen(page, "account")).to_have_count(0)
    for route in sorted(held, key=lambda one: "Ves" in one.request.url):
        route.continue_()
    expect(chosen(page, "account")).to_have_text("Mergo")
    expect(page.locator(".ts-dropdown:visible")).to_have_count(0)


def test_a_form_sent_before_the_answer_is_sent_with_it(accounts, owner, signed_in_page):
    page = signed_in_page(owner)
    page.goto("/contacts/new/", wait_until="networkidle")
    page.fill("[name=last_name]", "Berg")
    held = hold_answers(page)
    field = look_up(page, "account")
    with page.expect_request(re.compile(r"/lookup/account/\?q=Mergo$")):
        field.press_sequentially("Mergo")
    field.press("Enter")
    field.press("Control+Enter")
    expect(page).to_have_url(re.compile("/contacts/new/"))
    for route in held:
        route.continue_()
    expect(page).to_have_url(re.compile(r"/contacts/\d+/"))
    expect(page.locator("main")).to_contain_text("Mergo")


def test_the_grid_of_lines_takes_the_exact_code(owner, signed_in_page):
    solvent = make_product(owner, name="Solvent", code="FX-40")
    other = make_product(owner, name="Method transfer", code="FX-40-HR")
    price_list = make_price_list(owner, {solvent: 10, other: 20})
    quote = make_quote(owner, price_list=price_list)
    page = signed_in_page(owner)
    page.goto(f"/quotes/{quote.pk}/", wait_until="networkidle")
    field = look_up(page, "product")
    field.press_sequentially("FX-40")
    field.press("Enter")
    expect(page.locator("tr[data-line]")).to_have_count(1)
    expect(page.locator("tr[data-line]")).to_contain_text("Solvent")


def test_the_palette_opens_what_was_typed(accounts, owner, signed_in_page):
    page = signed_in_page(owner)
    page.goto("/cases/", wait_until="networkidle")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette li")
    page.keyboard.type("Vesper Systems")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/accounts/\d+/"))
    expect(page.locator("h1")).to_contain_text("Vesper Systems")


@pytest.mark.parametrize(
    ("typed", "address"), [("new lead", "/leads/new/"), ("log out", "/user/logout/")]
)
def test_the_palette_knows_commands(owner, signed_in_page, typed, address):
    page = signed_in_page(owner)
    page.goto("/cases/", wait_until="networkidle")
    page.keyboard.press("Control+k")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(address))
