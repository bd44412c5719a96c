"""Changing cells by keyboard, and the pane beside a list."""

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import make_account

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/accounts/?view=all&sort=name&cols=name,city,phone"


@pytest.fixture
def accounts(owner):
    return [make_account(owner, name=name, city="Lyon") for name in ("Aurelis", "Borealis")]


def test_cells_are_changed_one_after_the_other_by_keyboard(accounts, owner, signed_in_page):
    page = signed_in_page(owner)
    page.goto(LIST, wait_until="networkidle")
    row = page.locator("tbody tr").first
    field = page.locator("#cell-editor input:visible")

    page.keyboard.press("j")
    page.keyboard.press("i")
    expect(field).to_have_value("Aurelis")
    page.keyboard.press("Tab")  # nothing to save, so only on
    expect(field).to_have_value("Lyon")
    page.keyboard.type("Nantes")
    page.keyboard.press("Tab")
    expect(field).to_have_attribute("name", "phone")
    expect(row).to_contain_text("Nantes")
    expect(page.locator("#toasts")).to_contain_text("Saved “Aurelis”.")
    page.keyboard.type("+33 1")
    page.keyboard.press("Tab")  # over the end of the row
    expect(field).to_have_value("Borealis")
    page.keyboard.press("Shift+Tab")
    expect(field).to_have_value("+33 1")
    page.keyboard.type("+33 2")
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(row).to_contain_text("+33 1")
    expect(row.locator("th a").first).to_be_focused()
    page.keyboard.press("F2")
    page.keyboard.type("Aurelis Diagnostics")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Aurelis Diagnostics")
    expect(row.locator("th a").first).to_be_focused()
    page.keyboard.press("F2")
    for _column in range(3):  # name, city, phone: on to the next row
        page.keyboard.press("Tab")
    page.keyboard.type("Borealis Labs")
    page.keyboard.press("Enter")
    expect(page.locator("tbody th a:first-child")).to_have_text(
        ["Aurelis Diagnostics", "Borealis Labs"]
    )

    accounts[0].refresh_from_db()
    found = (accounts[0].name, accounts[0].city, accounts[0].phone)
    assert found == ("Aurelis Diagnostics", "Nantes", "+33 1")


def test_what_two_people_typed_is_for_one_of_them_to_choose(accounts, owner, signed_in_page):
    page = signed_in_page(owner)
    page.goto(LIST, wait_until="networkidle")
    editor, cell = page.locator("#cell-editor"), page.locator("tbody tr").first.locator("td").nth(1)
    cell.hover()
    page.locator(".cell-pencil").click()
    page.locator("#cell-city").fill("Nantes")
    type(accounts[0]).objects.filter(pk=accounts[0].pk).update(city="Paris")
    page.keyboard.press("Enter")
    expect(editor).to_contain_text("This was changed meanwhile. What you typed is still here.")
    expect(page.locator("#cell-city")).to_have_value("Nantes")
    page.get_by_role("button", name="Take theirs").click()
    expect(cell).to_have_text("Paris")

    cell.dblclick()
    page.locator("#cell-city").fill("x" * 200)
    page.locator("#cell-city").evaluate("field => field.removeAttribute('maxlength')")
    page.locator("#cell-city").fill("x" * 200)
    page.keyboard.press("Enter")
    expect(editor.locator(".invalid-feedback")).to_be_visible()
    page.locator("#cell-city").fill("Nice")
    page.locator("#quick-find").click()  # elsewhere: that was it
    expect(cell).to_have_text("Nice")
    expect(page.locator("#quick-find")).to_be_focused()
    accounts[0].refresh_from_db()
    assert accounts[0].city == "Nice"


def test_the_pane_follows_the_keyboard_and_stands_in_the_address(accounts, owner, signed_in_page):
    second = accounts[1]
    page = signed_in_page(owner)
    page.goto(LIST, wait_until="networkidle")
    title = page.locator("#preview-title")

    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(title).to_have_text("Aurelis")
    page.keyboard.press("j")
    expect(title).to_have_text("Borealis")
    expect(page.locator("tr.on")).to_contain_text("Borealis")
    assert page.url.endswith(f"&preview={second.pk}")
    page.reload()
    expect(title).to_have_text("Borealis")
    page.locator("#sort-name").click()
    page.wait_for_url(f"**sort=-name**preview={second.pk}")
    expect(title).to_have_text("Borealis")
    page.keyboard.press("Escape")
    expect(title).to_have_count(0)
    assert "preview" not in page.url
    page.go_back()
    expect(title).to_have_text("Borealis")


def test_on_a_narrow_screen_the_pane_is_a_sheet(accounts, owner, signed_in_page):
    page = signed_in_page(owner)
    page.set_viewport_size({"width": 320, "height": 720})
    page.goto(LIST, wait_until="networkidle")
    page.locator("a.peek").first.click()
    title = page.locator("#preview-title")
    expect(title).to_be_focused()
    assert page.locator(".list-aside").bounding_box()["width"] == 320
    expect(page.locator("tbody a").first).not_to_be_visible()
    page.get_by_role("link", name="Close the preview").click()
    expect(page.locator("tbody a").first).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_cell_one_may_not_change_says_so_and_leaves_the_keyboard_where_it_was(
    owner, teammate, accounts, signed_in_page
):
    make_account(teammate, name="Zenith")
    page = signed_in_page(owner)
    page.goto(LIST.replace("sort=name", "sort=-name"), wait_until="networkidle")
    first = page.locator("tbody th a").first
    expect(first).to_have_text("Zenith")

    page.keyboard.press("j")
    page.keyboard.press("i")
    expect(page.locator("#toasts")).to_contain_text("You may not do this.")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("i")
    expect(page.locator("#cell-editor input:visible")).to_have_value("Borealis")
