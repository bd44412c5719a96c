"""Cards and lines, moved and filled by mouse and keyboard."""

import pytest

from opportunities.models import Opportunity
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_quote

pytestmark = [pytest.mark.browser]

PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const paste = { clipboardData: data, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", paste));
}"""

FIRST_NET = "net => document.querySelector('[id^=net-]').textContent === net"


def lane_of(page, opportunity):
    return page.evaluate(
        "id => document.querySelector(`[data-card='${id}']`).closest('[data-lane]').dataset.lane",
        str(opportunity.pk),
    )


def test_a_card_is_dragged_to_another_lane(signed_in_page, owner):
    opportunity = make_opportunity(owner)
    page = signed_in_page(owner)
    page.goto("/opportunities/board/")
    assert lane_of(page, opportunity) == "qualify"
    with page.expect_response("**/move/"):
        page.drag_and_drop(f"[data-card='{opportunity.pk}'] .name", "[data-lane=develop] header")
    page.wait_for_selector("#toasts .undo")
    assert lane_of(page, opportunity) == "develop"
    assert Opportunity.objects.get().stage == "develop"


def test_a_card_is_moved_by_its_menu_without_dragging(signed_in_page, owner):
    opportunity = make_opportunity(owner)
    page = signed_in_page(owner)
    page.goto("/opportunities/board/")
    page.focus(f"[data-card='{opportunity.pk}'] summary")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#toasts .undo")
    assert Opportunity.objects.get().stage == lane_of(page, opportunity) == "develop"


def test_a_card_stays_where_it_is_when_the_move_is_refused(signed_in_page, owner):
    opportunity = make_opportunity(owner)
    page = signed_in_page(owner)
    page.goto("/opportunities/board/")
    Opportunity.objects.update(deleted_at=opportunity.created_at)
    page.drag_and_drop(f"[data-card='{opportunity.pk}'] .name", "[data-lane=develop] header")
    page.wait_for_selector("#toasts .is-bad, [role=alert], main .refusal, .lane-empty >> nth=3")
    assert Opportunity.objects.get().stage == "qualify"


def open_lines(page, owner):
    quote = make_quote(owner, line("Bench", "9", "27600"), line("Training", "2", "1450"))
    page.goto(f"/quotes/{quote.pk}/lines/")
    return page.locator("[id^=quantity-]"), page.locator("[id^=price-]")


def focused(page):
    return page.evaluate("document.activeElement.id")


def test_enter_and_arrows_walk_a_column_of_lines(signed_in_page, owner):
    page = signed_in_page(owner)
    quantities, _prices = open_lines(page, owner)
    first, second = (quantities.nth(n).get_attribute("id") for n in (0, 1))
    quantities.nth(0).focus()
    page.keyboard.press("Enter")
    assert focused(page) == second
    page.keyboard.press("ArrowUp")
    assert focused(page) == first


def test_escape_takes_a_cell_back(signed_in_page, owner):
    page = signed_in_page(owner)
    _quantities, prices = open_lines(page, owner)
    before = prices.nth(0).input_value()
    prices.nth(0).focus()
    page.keyboard.type("1")
    page.keyboard.press("Escape")
    assert prices.nth(0).input_value() == before


def test_a_column_from_a_spreadsheet_fills_the_cells_below(signed_in_page, owner):
    page = signed_in_page(owner)
    quantities, _prices = open_lines(page, owner)
    quantities.nth(0).focus()
    page.evaluate(PASTE, "3\n4")
    assert [quantities.nth(n).input_value() for n in (0, 1)] == ["3", "4"]


def test_rows_from_a_spreadsheet_become_lines(signed_in_page, owner):
    page = signed_in_page(owner)
    quantities, _prices = open_lines(page, owner)
    quantities.nth(0).focus()
    with page.expect_response("**/lines/"):
        page.evaluate(PASTE, "Installation\t4\t1180\nFreight\t1\t90")
    page.wait_for_function("document.querySelectorAll('tr[data-line]').length === 4")
    assert quantities.nth(2).input_value() == "4"


def test_the_price_trace_opens_above_what_would_cut_it_off(signed_in_page, owner):
    page = signed_in_page(owner)
    open_lines(page, owner)
    page.click(".trace-menu summary >> nth=0")
    box = page.locator(".trace-menu[open] .trace").bounding_box()
    size = page.viewport_size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] + box["height"] <= size["height"]


def test_the_figures_of_a_line_follow_what_is_typed_there_and_back(signed_in_page, owner):
    quote = make_quote(owner, line("Training", price="100"), line("Travel", price="50"))
    page = signed_in_page(owner)
    page.goto(f"/quotes/{quote.pk}/lines/")
    nets = page.locator("[id^=net-]")
    quantities = page.locator("[id^=quantity-]")
    for typed, shown in (("5", ["500.00", "50.00"]), ("1", ["100.00", "50.00"])):
        with page.expect_response("**/lines/"):
            quantities.first.fill(typed)
            quantities.first.press("Tab")
        page.wait_for_function(FIRST_NET, arg=shown[0])
        assert nets.all_inner_texts() == shown
